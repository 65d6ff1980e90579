package dev.meridian.engine;

import dev.meridian.env.WallClock;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.function.BooleanSupplier;

/**
 * Merges tables and rebuilds damaged ones, on a thread of its own, beside checkpoints and reads. It
 * yields: while writes wait for the log, it pauses between pieces of work, unless tables are so
 * many that reads would suffer more.
 */
final class TableMaintenance {

  private static final System.Logger LOG = System.getLogger(TableMaintenance.class.getName());

  private static final long LOOK_EVERY_MILLIS = 1000;
  private static final long IDLE_NANOS = 3_000_000_000L;

  /** Work between two looks at whether to yield or stop. */
  private static final int PIECE_BYTES = 128 << 10;

  private static final long YIELD_MILLIS = 1;

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
  private final Queue<String> damaged = new ArrayDeque<>();
  private boolean stopped;
  private boolean failing;
  private long wokenNanos;
  private volatile boolean running;
  private volatile long inputBytes;
  private volatile long doneBytes;
  private volatile long merges;

  /** Ends a merge when the engine stops. */
  private static final class Stopped extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /**
   * @param writersWait whether mutations are waiting for the log right now
   */
  TableMaintenance(
      EngineState state,
      TableStore store,
      TableCatalog catalog,
      TableMerge merge,
      TableRebuild rebuild,
      Damages damages,
      BooleanSupplier writersWait,
      WallClock clock) {
    this.state = state;
    this.store = store;
    this.catalog = catalog;
    this.merge = merge;
    this.rebuild = rebuild;
    this.damages = damages;
    this.writersWait = writersWait;
    this.clock = clock;
    this.wokenNanos = clock.nanos();
  }

  /** The thread's body. */
  void run() {
    while (!isStopped()) {
      try {
        rebuildDamaged();
        if (!mergeOnce()) {
          pause();
        }
        failing = false;
      } catch (Stopped end) {
        return;
      } catch (IOException | RuntimeException failed) {
        if (!failing) {
          LOG.log(
              System.Logger.Level.ERROR,
              "event=table-maintenance-failed tables could not be merged or rebuilt, trying again",
              failed);
        }
        failing = true;
        pause();
      }
    }
  }

  /** There is a new table. */
  synchronized void wake() {
    wokenNanos = clock.nanos();
    notifyAll();
  }

  /** A table was found damaged: rebuild it. Any thread; saying it again does no harm. */
  synchronized void rebuild(String table) {
    if (!damaged.contains(table)) {
      damaged.add(table);
      notifyAll();
    }
  }

  synchronized void stop() {
    stopped = true;
    notifyAll();
  }

  /** Waits while there are far too many tables. */
  synchronized void awaitRoom() {
    while (!stopped
        && !failing
        && state.view().tables().size() >= merge.maxTables() * ROOM_FACTOR) {
      await(LOOK_EVERY_MILLIS);
    }
  }

  private synchronized boolean isStopped() {
    return stopped;
  }

  private synchronized void pause() {
    catalog.closeRetired();
    if (!stopped && damaged.isEmpty()) {
      await(LOOK_EVERY_MILLIS);
    }
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
    } catch (IOException | RuntimeException failed) {
      fresh.forEach(file -> catalog.abandon(file.name()));
      throw failed;
    }
  }

  /** False when there was nothing to merge. */
  private boolean mergeOnce() throws IOException {
    List<Table> tables = state.view().tables();
    Optional<Integer> from = merge.firstToMerge(tables, isIdle());
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
      TableFile file =
          store
              .write(name, packing(from.get()), expected, merge.entries(old, this::progress))
              .covering(range);
      catalog.replace(old, List.of(file));
      merges++;
      LOG.log(
          System.Logger.Level.INFO,
          "event=merge tables={0} into={1} entries={2} bytes={3}",
          Integer.toString(old.size()),
          file.name(),
          Long.toString(file.entries()),
          Long.toString(file.bytes()));
    } catch (DamagedTableException met) {
      catalog.abandon(name);
      damages.found(met.table(), met.getCause());
      rebuild(met.table());
    } catch (IOException | RuntimeException failed) {
      catalog.abandon(name);
      throw failed;
    } finally {
      running = false;
      wakeWaiting();
    }
    return true;
  }

  /** What a merge leaves for the next one to read is not worth compressing; what stays is. */
  private static TableStore.Packing packing(int firstTable) {
    return firstTable == 0 ? TableStore.Packing.SMALL : TableStore.Packing.FAST;
  }

  private synchronized void wakeWaiting() {
    notifyAll();
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

  private synchronized void betweenPieces() {
    if (!stopped
        && writersWait.getAsBoolean()
        && state.view().tables().size() < merge.maxTables() * 2) {
      await(YIELD_MILLIS);
    }
    if (stopped) {
      throw new Stopped();
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

  private void await(long millis) {
    boolean interrupted = false;
    try {
      wait(millis);
    } catch (InterruptedException stop) {
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
      stopped = true;
    }
  }
}
