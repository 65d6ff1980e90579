package dev.meridian.engine;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.Lsn;
import dev.meridian.env.WallClock;
import java.io.IOException;
import java.util.Optional;

/**
 * Writes full memtables out as tables, on a thread of its own. A table counts once the manifest
 * names it; whatever a crash leaves unnamed is removed at the next start.
 *
 * <p>At most two memtables are in memory. While the one before is being written, the writer is
 * slowed, the more the fuller the new one is, and waits when that is full: so writes fall to the
 * speed of the disk smoothly instead of filling the heap or stopping at a cliff.
 */
final class Checkpointer {

  private static final System.Logger LOG = System.getLogger(Checkpointer.class.getName());

  private static final long RETRY_MILLIS = 1000;

  /** The longest pause between two batches while the new memtable fills. */
  private static final long MAX_PAUSE_MILLIS = 8;

  private final EngineState state;
  private final TableStore store;
  private final TableCatalog catalog;
  private final TableMaintenance maintenance;
  private final WallClock clock;
  private Optional<FrozenMemtable> pending = Optional.empty();
  private boolean stopped;
  private boolean failing;
  private boolean held;
  private long stalls;
  private long stalledNanos;

  Checkpointer(
      EngineState state,
      TableStore store,
      TableCatalog catalog,
      TableMaintenance maintenance,
      WallClock clock) {
    this.state = state;
    this.store = store;
    this.catalog = catalog;
    this.maintenance = maintenance;
    this.clock = clock;
  }

  /** Hands the memtable over. Writer only; waits while the one before is being written. */
  synchronized void freeze(Lsn upTo, HlcTimestamp clockFloor) {
    if (held) {
      return;
    }
    long start = clock.nanos();
    if (pending.isPresent()) {
      stalls++;
    }
    while (pending.isPresent() && !stopped && !failing) {
      await(0);
    }
    stalledNanos += clock.nanos() - start;
    if (stopped || pending.isPresent()) {
      return; // the log holds it all; the next start writes the table
    }
    Memtable memtable = state.freeze();
    pending =
        Optional.of(
            new FrozenMemtable(memtable, upTo, state.vector(), clockFloor, state.collections()));
    notifyAll();
  }

  /**
   * Slows the writer between two batches if the memtable before is still being written.
   *
   * @param fill how full the memtable is, 0 to 1
   */
  synchronized void pace(double fill) {
    long pause = Math.round((fill - 0.5) * 2 * MAX_PAUSE_MILLIS);
    if (pending.isEmpty() || stopped || failing || pause <= 0) {
      return;
    }
    long start = clock.nanos();
    await(Math.min(pause, MAX_PAUSE_MILLIS));
    stalledNanos += clock.nanos() - start;
  }

  /** While held, nothing is handed over: the log still has something that the memtable lacks. */
  synchronized void hold(boolean on) {
    held = on;
  }

  /** Ends the thread after the table it is writing. */
  synchronized void stopWriting() {
    stopped = true;
    notifyAll();
  }

  /** The thread's body. */
  void run() {
    while (true) {
      Optional<FrozenMemtable> next = next();
      if (next.isEmpty()) {
        return;
      }
      maintenance.awaitRoom();
      try {
        checkpoint(next.get());
        done();
      } catch (IOException | RuntimeException failed) {
        // The log has everything. Reads go on; writes too, while memory lasts.
        if (!isFailing()) {
          LOG.log(
              System.Logger.Level.ERROR,
              "event=checkpoint-failed a table could not be written, trying again each {0} ms: {1}",
              Long.toString(RETRY_MILLIS),
              failed.toString());
        }
        pauseAfterFailure();
      }
    }
  }

  /** True while tables cannot be written. */
  synchronized boolean isFailing() {
    return failing;
  }

  private synchronized void pauseAfterFailure() {
    failing = true;
    notifyAll();
    if (!stopped) {
      await(RETRY_MILLIS);
    }
  }

  private synchronized Optional<FrozenMemtable> next() {
    while (pending.isEmpty() && !stopped) {
      await(0);
    }
    return stopped ? Optional.empty() : pending;
  }

  private synchronized void done() {
    pending = Optional.empty();
    failing = false;
    notifyAll();
  }

  private void checkpoint(FrozenMemtable frozen) throws IOException {
    Memtable memtable = frozen.memtable();
    TableFile.LogRange range = new TableFile.LogRange(catalog.checkpoint().next(), frozen.upTo());
    String name = catalog.nextName();
    TableFile file;
    try {
      file =
          store
              .write(name, TableStore.Packing.FAST, memtable.size(), memtable.from(new byte[0]))
              .covering(range);
      catalog.add(file, frozen);
    } catch (IOException | RuntimeException failed) {
      catalog.abandon(name);
      throw failed;
    }
    maintenance.wake();
    LOG.log(
        System.Logger.Level.INFO,
        "event=checkpoint table={0} entries={1} bytes={2} lsn={3}",
        file.name(),
        Long.toString(file.entries()),
        Long.toString(file.bytes()),
        frozen.upTo());
  }

  /** How often the writer had to wait for a table. */
  synchronized long stalls() {
    return stalls;
  }

  /** How long the writer waited and paused, in sum. */
  synchronized long stalledMillis() {
    return stalledNanos / 1_000_000;
  }

  /** Waits for a change, at most so long; 0 is for ever. Holds the monitor. */
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
