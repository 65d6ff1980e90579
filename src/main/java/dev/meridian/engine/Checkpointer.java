package dev.meridian.engine;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.Lsn;
import dev.meridian.env.Worker;
import dev.meridian.env.Worker.Next;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/**
 * Writes full memtables out as tables, beside the writer. A table counts once the manifest names
 * it; whatever a crash leaves unnamed is removed at the next start. At most two memtables are in
 * memory; {@link WriterPace} sees to that.
 */
final class Checkpointer {

  private static final System.Logger LOG = System.getLogger(Checkpointer.class.getName());

  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);
  private static final Duration LOOK_FOR_ROOM_EVERY = Duration.ofSeconds(1);

  private final EngineState state;
  private final TableStore store;
  private final TableCatalog catalog;
  private final TableMaintenance maintenance;
  private final Worker self;
  private final Worker writer;
  private Optional<FrozenMemtable> pending = Optional.empty();

  /** The pending memtable's table, on disk and named by no manifest yet. */
  private Optional<TableFile> written = Optional.empty();

  private boolean stopped;
  private boolean failing;
  private boolean held;

  /**
   * @param self whose steps are these
   * @param writer woken when it may go on
   */
  Checkpointer(
      EngineState state,
      TableStore store,
      TableCatalog catalog,
      TableMaintenance maintenance,
      Worker self,
      Worker writer) {
    this.state = state;
    this.store = store;
    this.catalog = catalog;
    this.maintenance = maintenance;
    this.self = self;
    this.writer = writer;
  }

  /**
   * Takes the memtable over, unless the one before is not written yet. Writer only.
   *
   * @return false when it stays: the log holds it all, too
   */
  synchronized boolean freeze(Lsn upTo, HlcTimestamp clockFloor) {
    if (held || stopped || pending.isPresent()) {
      return false;
    }
    Memtable memtable = state.freeze(catalog.manifest().region(), upTo);
    pending =
        Optional.of(
            new FrozenMemtable(memtable, upTo, state.vector(), clockFloor, state.collections()));
    self.wake();
    return true;
  }

  /** True while a memtable waits to be written, and there is hope that it will be. */
  synchronized boolean isWriting() {
    return pending.isPresent() && !stopped && !failing;
  }

  /** While held, nothing is taken over: the log still has something that the memtable lacks. */
  synchronized void hold(boolean on) {
    held = on;
  }

  /** Ends the work after the table it is writing. */
  synchronized void stopWriting() {
    stopped = true;
    self.wake();
    writer.wake();
  }

  /** Writes a table, or puts the one that was written in force. */
  Next step() {
    Optional<FrozenMemtable> next = next();
    if (next.isEmpty()) {
      return isStopped() ? Next.END : Next.SLEEP;
    }
    if (written.isEmpty() && !maintenance.hasRoom()) {
      return new Next.Pause(LOOK_FOR_ROOM_EVERY);
    }
    try {
      checkpoint(next.get());
      return Next.AGAIN;
    } catch (IOException | RuntimeException | Error failed) {
      // The log has everything. Reads go on; writes too, while memory lasts.
      if (!isFailing()) {
        LOG.log(
            System.Logger.Level.ERROR,
            "event=checkpoint-failed a table could not be written, trying again each {0} ms: {1}",
            Long.toString(RETRY_AFTER.toMillis()),
            failed.toString());
      }
      fail();
      return new Next.Pause(RETRY_AFTER);
    }
  }

  /** The last log record whose effect is in the tables. Any thread. */
  Lsn checkpoint() {
    return catalog.checkpoint();
  }

  /** True while tables cannot be written. */
  synchronized boolean isFailing() {
    return failing;
  }

  private synchronized boolean isStopped() {
    return stopped;
  }

  private synchronized void fail() {
    failing = true;
    writer.wake();
  }

  private synchronized Optional<FrozenMemtable> next() {
    return stopped && written.isEmpty() ? Optional.empty() : pending;
  }

  private synchronized void done() {
    pending = Optional.empty();
    failing = false;
    writer.wake();
  }

  private void checkpoint(FrozenMemtable frozen) throws IOException {
    if (written.isEmpty()) {
      written = Optional.of(write(frozen));
    } else {
      putInForce(written.get(), frozen);
      done();
    }
  }

  private TableFile write(FrozenMemtable frozen) throws IOException {
    Memtable memtable = frozen.memtable();
    TableFile.LogRange range = new TableFile.LogRange(catalog.checkpoint().next(), frozen.upTo());
    String name = catalog.nextName();
    try {
      return store
          .write(name, TableStore.Packing.FAST, memtable.size(), memtable.from(new byte[0]))
          .covering(range);
    } catch (IOException | RuntimeException | Error failed) {
      catalog.abandon(name);
      throw failed;
    }
  }

  private void putInForce(TableFile file, FrozenMemtable frozen) throws IOException {
    written = Optional.empty();
    try {
      catalog.add(file, frozen);
    } catch (IOException | RuntimeException | Error failed) {
      catalog.abandon(file.name());
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
}
