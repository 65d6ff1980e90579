package dev.meridian.engine;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.Lsn;
import dev.meridian.clock.VersionVector;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Writes full memtables out as tables and merges tables, on a thread of its own. A table counts
 * once the manifest names it; whatever a crash leaves unnamed is removed at the next start.
 *
 * <p>The writer waits in {@link #freeze} while the memtable before is still being written: so at
 * most two are in memory, and writes slow to the speed of the disk instead of filling the heap.
 */
final class Checkpointer {

  private static final System.Logger LOG = System.getLogger(Checkpointer.class.getName());

  private static final long RETRY_MILLIS = 1000;

  private final EngineState state;
  private final TableStore store;
  private final ManifestStore manifests;
  private final TableMerge merge;
  private Manifest manifest;
  private Optional<Frozen> pending = Optional.empty();
  private boolean stopped;
  private boolean failing;
  private long stalls;

  /** A memtable that takes no more writes, with all that the manifest will say of it. */
  private record Frozen(
      Memtable memtable,
      Lsn upTo,
      VersionVector vector,
      HlcTimestamp clockFloor,
      List<CollectionState> collections) {}

  Checkpointer(
      EngineState state,
      TableStore store,
      ManifestStore manifests,
      Manifest manifest,
      TableMerge merge) {
    this.state = state;
    this.store = store;
    this.manifests = manifests;
    this.manifest = manifest;
    this.merge = merge;
  }

  /** Hands the memtable over. Writer only; waits while the one before is being written. */
  synchronized void freeze(Lsn upTo, HlcTimestamp clockFloor) {
    if (pending.isPresent()) {
      stalls++;
    }
    while (pending.isPresent() && !stopped && !failing) {
      await(0);
    }
    if (stopped || pending.isPresent()) {
      return; // the log holds it all; the next start writes the table
    }
    Memtable memtable = state.freeze();
    pending =
        Optional.of(new Frozen(memtable, upTo, state.vector(), clockFloor, state.collections()));
    notifyAll();
  }

  /** Ends the thread after the table it is writing. */
  synchronized void stopWriting() {
    stopped = true;
    notifyAll();
  }

  /** The thread's body. */
  void run() {
    while (true) {
      Optional<Frozen> next = next();
      if (next.isEmpty()) {
        return;
      }
      try {
        checkpoint(next.get());
        done();
        mergeIfMany();
      } catch (IOException | RuntimeException failed) {
        // The log has everything. Reads go on; writes too, while memory lasts.
        LOG.log(
            System.Logger.Level.ERROR,
            "event=checkpoint-failed a table could not be written, trying again in {0} ms: {1}",
            Long.toString(RETRY_MILLIS),
            failed.toString());
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

  private synchronized Optional<Frozen> next() {
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

  private void checkpoint(Frozen frozen) throws IOException {
    long number = manifest.tableNumber() + 1;
    TableFile file = store.write(name(number), frozen.memtable().from(new byte[0]));
    Table table = store.open(file);
    List<TableFile> files = new ArrayList<>(manifest.tables());
    files.add(file);
    replace(
        new Manifest(
            manifest.region(),
            number,
            frozen.upTo(),
            frozen.vector(),
            frozen.clockFloor(),
            files,
            frozen.collections()));
    List<Table> tables = new ArrayList<>(state.view().tables());
    tables.add(table);
    state.install(tables, Optional.of(frozen.memtable()));
    LOG.log(
        System.Logger.Level.INFO,
        "event=checkpoint region={0} table={1} entries={2} bytes={3} lsn={4}",
        manifest.region(),
        file.name(),
        Long.toString(file.entries()),
        Long.toString(file.bytes()),
        frozen.upTo());
  }

  private void mergeIfMany() throws IOException {
    List<Table> tables = state.view().tables();
    Optional<Integer> from = merge.firstToMerge(tables);
    if (from.isEmpty()) {
      return;
    }
    List<Table> kept = tables.subList(0, from.get());
    List<Table> merged = tables.subList(from.get(), tables.size());
    long number = manifest.tableNumber() + 1;
    TableFile file = store.write(name(number), merge.entries(merged));
    List<Table> after = new ArrayList<>(kept);
    after.add(store.open(file));
    replace(
        new Manifest(
            manifest.region(),
            number,
            manifest.checkpoint(),
            manifest.vector(),
            manifest.clockFloor(),
            after.stream().map(Table::file).toList(),
            manifest.collections()));
    state.install(after, Optional.empty());
    store.keepOnly(names(manifest));
    LOG.log(
        System.Logger.Level.INFO,
        "event=merge region={0} tables={1} into={2} entries={3}",
        manifest.region(),
        Integer.toString(merged.size()),
        file.name(),
        Long.toString(file.entries()));
  }

  private void replace(Manifest next) throws IOException {
    manifests.write(next);
    synchronized (this) {
      manifest = next;
    }
  }

  /** The last log position whose effect is in the tables. */
  synchronized Lsn checkpoint() {
    return manifest.checkpoint();
  }

  /** How often the writer had to wait for a table. */
  synchronized long stalls() {
    return stalls;
  }

  static Set<String> names(Manifest manifest) {
    Set<String> names = new HashSet<>();
    manifest.tables().forEach(table -> names.add(table.name()));
    return names;
  }

  private static String name(long number) {
    return String.format("%016d", number);
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
