package dev.meridian.engine;

import dev.meridian.clock.Lsn;
import dev.meridian.env.WallClock;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;

/**
 * The tables that count: the manifest on disk and the {@link View} in memory change together, here.
 * Any thread; a change holds the lock while the manifest is forced, which takes milliseconds.
 */
final class TableCatalog {

  /** A table that was replaced is closed after this: a point read takes far less. */
  private static final Duration GRACE = Duration.ofSeconds(30);

  private static final System.Logger LOG = System.getLogger(TableCatalog.class.getName());

  private final EngineState state;
  private final TableStore store;
  private final ManifestStore manifests;
  private final WallClock clock;
  private final Queue<Retired> retired = new ArrayDeque<>();

  /** Tables whose files are to go: replaced, or never put in force. */
  private final Set<String> leftovers = new HashSet<>();

  /** The last manifest could not be written for certain: which one is on disk is not known. */
  private boolean doubtful;

  private volatile Manifest manifest;
  private long lastNumber;
  private volatile long checkpointMillis;
  private volatile Lsn checkpoint;
  private volatile long flushedBytes;
  private volatile long writtenBytes;

  private record Retired(Table table, long nanos) {}

  TableCatalog(
      EngineState state,
      TableStore store,
      ManifestStore manifests,
      Manifest manifest,
      WallClock clock) {
    this.state = state;
    this.store = store;
    this.manifests = manifests;
    this.manifest = manifest;
    this.checkpoint = manifest.checkpoint();
    this.lastNumber = manifest.tableNumber();
    this.clock = clock;
  }

  /**
   * A name that no table ever had.
   *
   * @throws IOException while it is not known which manifest is on disk: what was written now could
   *     not be removed if that failed, too
   */
  synchronized String nextName() throws IOException {
    removeLeftovers();
    lastNumber++;
    return String.format("%016d", lastNumber);
  }

  /** Adds the table of a memtable, which is let go, and moves the checkpoint. */
  @SuppressWarnings("NonAtomicOperationOnVolatileField") // under the lock
  synchronized void add(TableFile file, FrozenMemtable frozen) throws IOException {
    Table table = store.open(file);
    List<TableFile> files = new ArrayList<>(manifest.tables());
    files.add(file);
    replace(
        new Manifest(
            manifest.region(),
            lastNumber,
            frozen.upTo(),
            frozen.vector(),
            frozen.clockFloor(),
            files,
            frozen.collections()),
        List.of(table));
    List<Table> tables = new ArrayList<>(state.view().tables());
    tables.add(table);
    state.install(tables, Optional.of(frozen.memtable()));
    checkpoint = manifest.checkpoint();
    checkpointMillis = clock.millis();
    flushedBytes += file.rawBytes();
    writtenBytes += file.bytes();
  }

  /** Puts tables in the place of others that stand side by side. */
  @SuppressWarnings("NonAtomicOperationOnVolatileField") // under the lock
  synchronized void replace(List<Table> old, List<TableFile> fresh) throws IOException {
    List<Table> opened = new ArrayList<>();
    for (TableFile file : fresh) {
      opened.add(store.open(file));
    }
    List<Table> tables = new ArrayList<>(state.view().tables());
    int at = tables.indexOf(old.getFirst());
    tables.subList(at, at + old.size()).clear();
    tables.addAll(at, opened);
    name(tables.stream().map(Table::file).toList(), opened);
    state.install(tables, Optional.empty());
    fresh.forEach(file -> writtenBytes += file.bytes());
    for (Table table : old) {
      leftovers.add(table.file().name());
      retired.add(new Retired(table, clock.nanos()));
    }
    removeLeftovers();
  }

  /** Puts tables in the place of one that cannot be opened. At start only. */
  synchronized void replaceUnopened(TableFile damaged, List<TableFile> fresh) throws IOException {
    List<TableFile> files = new ArrayList<>(manifest.tables());
    int at = files.indexOf(damaged);
    files.remove(at);
    files.addAll(at, fresh);
    name(files, List.of());
    leftovers.add(damaged.name());
    removeLeftovers();
  }

  /**
   * A table that was begun is not needed. Its files go when no manifest on disk can name it; a
   * failure before leaves them until then, or until the next start.
   */
  synchronized void abandon(String name) {
    leftovers.add(name);
    try {
      removeLeftovers();
    } catch (IOException later) {
      LOG.log(System.Logger.Level.DEBUG, "table {0} stays for now: {1}", name, later.toString());
    }
  }

  /** Only a failing manifest is a failure; files that will not go are told and tried again. */
  private void removeLeftovers() throws IOException {
    if (doubtful) {
      replace(manifest, List.of());
    }
    leftovers.removeAll(names(manifest));
    for (String name : List.copyOf(leftovers)) {
      try {
        store.delete(name);
        leftovers.remove(name);
      } catch (IOException stays) {
        LOG.log(
            System.Logger.Level.WARNING,
            "event=table-files-left table={0} they could not be removed: {1}",
            name,
            stays.toString());
      }
    }
  }

  /** Opens what the manifest names. At start only, before anything else. */
  synchronized void openAll() throws IOException {
    List<Table> tables = new ArrayList<>();
    for (TableFile file : manifest.tables()) {
      tables.add(store.open(file));
    }
    state.install(tables, Optional.empty());
  }

  private void name(List<TableFile> files, List<Table> opened) throws IOException {
    replace(
        new Manifest(
            manifest.region(),
            lastNumber,
            manifest.checkpoint(),
            manifest.vector(),
            manifest.clockFloor(),
            files,
            manifest.collections()),
        opened);
  }

  /**
   * @param opened for the new manifest, and closed again when it cannot be written
   */
  private void replace(Manifest next, List<Table> opened) throws IOException {
    doubtful = true;
    try {
      manifests.write(next);
    } catch (IOException failed) {
      opened.forEach(TableCatalog::close);
      throw failed;
    }
    doubtful = false;
    manifest = next;
  }

  /** Closes what was replaced a while ago, which frees its disk space. */
  synchronized void closeRetired() {
    while (!retired.isEmpty() && clock.nanos() - retired.peek().nanos() > GRACE.toNanos()) {
      close(retired.remove().table());
    }
  }

  /** Closes everything; reads fail from now on. */
  synchronized void closeAll() {
    retired.forEach(each -> close(each.table()));
    retired.clear();
    state.view().tables().forEach(TableCatalog::close);
  }

  private static void close(Table table) {
    try {
      table.close();
    } catch (RuntimeException failed) {
      LOG.log(System.Logger.Level.WARNING, "table " + table.file().name() + " stays open", failed);
    }
  }

  /** The last log position whose effect is in the tables, and read from there. */
  Lsn checkpoint() {
    return checkpoint;
  }

  Manifest manifest() {
    return manifest;
  }

  /** Wall time of the newest checkpoint; 0 before the first since the start. */
  long checkpointMillis() {
    return checkpointMillis;
  }

  /** Bytes of changes, uncompressed, that became tables since the start. */
  long flushedBytes() {
    return flushedBytes;
  }

  /** Bytes of tables written since the start, merges included. */
  long writtenBytes() {
    return writtenBytes;
  }

  static Set<String> names(Manifest manifest) {
    Set<String> names = new HashSet<>();
    manifest.tables().forEach(table -> names.add(table.name()));
    return names;
  }
}
