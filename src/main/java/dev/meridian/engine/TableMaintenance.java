package dev.meridian.engine;

import dev.meridian.env.Threads;
import dev.meridian.env.WallClock;
import dev.meridian.env.Worker;
import dev.meridian.env.Worker.Next;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.function.BooleanSupplier;

/**
 * Merges tables and rebuilds damaged ones, beside checkpoints and reads. It yields: while writes
 * wait for the log, it pauses between pieces of work, unless tables are so many that reads would
 * suffer more.
 */
final class TableMaintenance {

  private static final System.Logger LOG = System.getLogger(TableMaintenance.class.getName());

  private static final Duration LOOK_EVERY = Duration.ofSeconds(1);
  private static final long IDLE_NANOS = 3_000_000_000L;

  /** Work between two looks at whether to yield or stop. */
  private static final int PIECE_BYTES = 128 << 10;

  private static final Duration YIELD = Duration.ofMillis(1);

  private static final int MAX_DRILLS = 4;

  /** With so many times the tables at which neighbours are merged, checkpoints wait. */
  private static final int ROOM_FACTOR = 4;

  private final EngineState state;
  private final TableStore store;
  private final TableCatalog catalog;
  private final TableMerge merge;
  private final TableRebuild rebuild;
  private final Damages damages;
  private final BooleanSupplier writersWait;
  private final WallClock clock;
  private final Threads threads;
  private final Worker self;
  private final Worker checkpoint;
  private final Queue<String> damaged = new ArrayDeque<>();
  private final Queue<TableDrill> drills = new ArrayDeque<>();
  private Optional<Merged> merged = Optional.empty();
  private boolean stopped;
  private boolean failing;
  private long wokenNanos;
  private volatile boolean running;
  private volatile long inputBytes;
  private volatile long doneBytes;
  private volatile long merges;

  /** A table that is on disk, and those whose place it takes. */
  private record Merged(List<Table> old, TableFile file, Runnable inForce) {}

  /** Ends a merge when the engine stops. */
  private static final class Stopped extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /**
   * @param writersWait whether mutations are waiting for the log right now
   * @param self whose steps are these
   * @param checkpoint woken when there is room for tables
   */
  TableMaintenance(
      EngineState state,
      TableStore store,
      TableCatalog catalog,
      TableMerge merge,
      TableRebuild rebuild,
      Damages damages,
      BooleanSupplier writersWait,
      WallClock clock,
      Threads threads,
      Worker self,
      Worker checkpoint) {
    this.state = state;
    this.store = store;
    this.catalog = catalog;
    this.merge = merge;
    this.rebuild = rebuild;
    this.damages = damages;
    this.writersWait = writersWait;
    this.clock = clock;
    this.threads = threads;
    this.self = self;
    this.checkpoint = checkpoint;
    this.wokenNanos = clock.nanos();
  }

  /** Rebuilds what is damaged, then merges once, or puts what was merged in force. */
  Next step() {
    if (isStopped() && merged.isEmpty()) {
      return Next.END;
    }
    try {
      boolean worked = putMergedInForce();
      if (!worked) {
        rebuildDamaged();
        worked = mergeOnce();
      }
      failed(false);
      return worked ? Next.AGAIN : rest();
    } catch (Stopped end) {
      return Next.END;
    } catch (IOException | RuntimeException | Error failed) { // one who ends does nothing more
      if (!isFailing()) {
        LOG.log(
            System.Logger.Level.ERROR,
            "event=table-maintenance-failed tables could not be merged or rebuilt, trying again",
            failed);
      }
      failed(true);
      return rest();
    }
  }

  private Next rest() {
    catalog.closeRetired();
    return new Next.Pause(LOOK_EVERY);
  }

  /** There is a new table. */
  synchronized void wake() {
    wokenNanos = clock.nanos();
    self.wake();
  }

  /** A table was found damaged: rebuild it. Any thread; saying it again does no harm. */
  synchronized void rebuild(String table) {
    if (!damaged.contains(table)) {
      damaged.add(table);
      self.wake();
    }
  }

  /** Damages tables on purpose, once all it is about is in tables. At most {@link #MAX_DRILLS}. */
  synchronized boolean drill(TableDrill drill) {
    if (drills.size() == MAX_DRILLS || stopped) {
      return false;
    }
    drills.add(drill);
    self.wake();
    return true;
  }

  private synchronized Optional<TableDrill> nextDrill() {
    return Optional.ofNullable(drills.peek()).filter(drill -> drill.isReady(state.view()));
  }

  private synchronized void drilled(TableDrill drill) {
    drills.remove(drill);
    state.view().rows().clear();
  }

  synchronized void stop() {
    stopped = true;
    self.wake();
  }

  /** False while there are far too many tables. */
  synchronized boolean hasRoom() {
    return stopped || failing || state.view().tables().size() < merge.maxTables() * ROOM_FACTOR;
  }

  private synchronized boolean isStopped() {
    return stopped;
  }

  private synchronized boolean isFailing() {
    return failing;
  }

  private synchronized void failed(boolean now) {
    failing = now;
  }

  private synchronized Optional<String> nextDamaged() {
    return Optional.ofNullable(damaged.peek());
  }

  private synchronized void settled(String table) {
    damaged.remove(table);
  }

  private void rebuildDamaged() throws IOException {
    for (Optional<String> name = nextDamaged(); name.isPresent(); name = nextDamaged()) {
      String wanted = name.get();
      Optional<Table> table =
          state.view().tables().stream()
              .filter(each -> each.file().name().equals(wanted))
              .findFirst();
      if (table.isPresent()) {
        damages.state(wanted, Damage.State.REBUILDING);
        Optional<List<TableFile>> fresh = rebuild.rebuild(table.get().file());
        if (fresh.isPresent()) {
          putInForce(table.get(), fresh.get());
        }
        damages.state(wanted, fresh.isPresent() ? Damage.State.REBUILT : Damage.State.UNREPAIRED);
      }
      settled(wanted);
    }
  }

  private void putInForce(Table damaged, List<TableFile> fresh) throws IOException {
    try {
      catalog.replace(List.of(damaged), fresh);
    } catch (IOException | RuntimeException | Error failed) {
      fresh.forEach(file -> catalog.abandon(file.name()));
      throw failed;
    }
  }

  /** False when there was nothing to merge. */
  private boolean mergeOnce() throws IOException {
    List<Table> tables = state.view().tables();
    Optional<TableDrill> drill = nextDrill().filter(each -> !tables.isEmpty());
    Optional<Integer> from =
        drill.isPresent() ? Optional.of(0) : merge.firstToMerge(tables, isIdle());
    if (from.isEmpty()) {
      return false;
    }
    List<Table> old = List.copyOf(tables.subList(from.get(), tables.size()));
    inputBytes = old.stream().mapToLong(table -> table.file().rawBytes()).sum();
    doneBytes = 0;
    running = true;
    String name = catalog.nextName();
    try {
      long expected = old.stream().mapToLong(table -> table.file().entries()).sum();
      TableFile.LogRange range = old.getFirst().file().log().through(old.getLast().file().log());
      Iterator<Table.Entry> entries = merge.entries(old, this::progress);
      Runnable inForce = () -> {};
      if (drill.isPresent()) {
        TableDrill.Damaged damage = drill.get().through(entries);
        entries = damage;
        inForce =
            () -> {
              drilled(drill.get());
              drill.get().done().complete(damage.count());
            };
      }
      TableFile file = store.write(name, packing(from.get()), expected, entries).covering(range);
      merged = Optional.of(new Merged(old, file, inForce));
    } catch (DamagedTableException met) {
      catalog.abandon(name);
      damages.found(met.table(), met.getCause());
      rebuild(met.table());
    } catch (IOException | RuntimeException | Error failed) {
      catalog.abandon(name);
      throw failed;
    } finally {
      running = merged.isPresent();
    }
    return true;
  }

  /** False when nothing was merged. */
  @SuppressWarnings("NonAtomicOperationOnVolatileField") // one thread
  private boolean putMergedInForce() throws IOException {
    if (merged.isEmpty()) {
      return false;
    }
    List<Table> old = merged.get().old();
    TableFile file = merged.get().file();
    Runnable inForce = merged.get().inForce();
    merged = Optional.empty();
    try {
      catalog.replace(old, List.of(file));
    } catch (IOException | RuntimeException | Error failed) {
      catalog.abandon(file.name());
      throw failed;
    } finally {
      running = false;
    }
    merges++;
    inForce.run();
    LOG.log(
        System.Logger.Level.INFO,
        "event=merge tables={0} into={1} entries={2} bytes={3}",
        Integer.toString(old.size()),
        file.name(),
        Long.toString(file.entries()),
        Long.toString(file.bytes()));
    checkpoint.wake();
    return true;
  }

  /** What a merge leaves for the next one to read is not worth compressing; what stays is. */
  private static TableStore.Packing packing(int firstTable) {
    return firstTable == 0 ? TableStore.Packing.SMALL : TableStore.Packing.FAST;
  }

  private synchronized boolean isIdle() {
    return clock.nanos() - wokenNanos > IDLE_NANOS;
  }

  /** Called by the merge for each entry that it reads. */
  private void progress(long bytes) {
    long before = doneBytes;
    long after = before + bytes;
    doneBytes = after;
    if (before / PIECE_BYTES != after / PIECE_BYTES) {
      betweenPieces();
    }
  }

  private void betweenPieces() {
    if (isStopped()) {
      throw new Stopped();
    }
    if (writersWait.getAsBoolean() && state.view().tables().size() < merge.maxTables() * 2) {
      threads.pause(YIELD);
    }
  }

  /** Figures of the running merge, or of none. */
  MergeStats stats() {
    List<Table> tables = state.view().tables();
    return new MergeStats(
        running,
        running ? inputBytes : 0,
        running ? doneBytes : 0,
        merge.debtBytes(tables),
        merges,
        catalog.flushedBytes(),
        catalog.writtenBytes());
  }
}
