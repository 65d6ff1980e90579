package dev.meridian.engine;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.VersionVector;
import dev.meridian.wal.LogDamagedException;
import dev.meridian.wal.LogRecord;
import dev.meridian.wal.WriteAheadLog;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * What a store finds when it opens: the manifest and its tables, then the log after the checkpoint,
 * replayed over them. Used once, by the thread that opens the store.
 */
final class Opening {

  private static final System.Logger LOG = System.getLogger(Opening.class.getName());

  private final LogStructuredEngine.Parts parts;
  private EngineState state;
  private TableCatalog catalog;
  private Damages damages;
  private Replay replay;
  private WriteAheadLog log;
  private TableRebuild rebuild;

  /** A segment's header must not know less than what stands before it, forced or not. */
  private volatile Supplier<VersionVector> decided;

  /**
   * Opens what there is. A table that turns out to be damaged in the middle of it is written anew
   * from the log, as one that is found damaged at once.
   *
   * @throws IOException when something is damaged or belongs to another region; it says what and
   *     where
   */
  static Opening of(LogStructuredEngine.Parts parts) throws IOException {
    Map<String, DamagedFileException> damaged = new HashMap<>();
    while (true) {
      Opening opening = new Opening(parts);
      try {
        opening.open(damaged);
        return opening;
      } catch (DamagedTableException met) {
        opening.abandon();
        if (damaged.put(met.table(), met.getCause()) != null) {
          throw new IOException("table " + met.table() + " stays damaged", met);
        }
      } catch (IOException | RuntimeException failed) {
        opening.abandon();
        throw failed;
      }
    }
  }

  private Opening(LogStructuredEngine.Parts parts) {
    this.parts = parts;
  }

  private void open(Map<String, DamagedFileException> known) throws IOException {
    Manifest manifest =
        TablesAtStart.manifest(
            parts.region(), parts.manifests(), parts.logDirectory(), parts.tables());
    parts.tables().keepOnly(TableCatalog.names(manifest));
    RowCache rows = new RowCache(parts.settings().cacheBytes());
    state =
        new EngineState(
            new View(new Memtable(), List.of(), List.of(), rows),
            manifest.vector(),
            manifest.collections(),
            parts.history());
    decided = state::vector;
    catalog = new TableCatalog(state, parts.tables(), parts.manifests(), manifest, parts.wall());
    damages = new Damages(parts.wall());
    TablesAtStart tables = new TablesAtStart(state, parts.tables(), catalog, damages);
    List<TableFile> damaged = tables.open(manifest, known);
    HlcTimestamp latest = HlcTimestamp.ZERO;
    for (TableFile file : manifest.tables()) {
      latest = HlcTimestamp.max(latest, file.latest());
    }
    state.latest(latest);
    replay = new Replay(state, manifest.clockFloor(), latest, parts.progress());
    if (damaged.isEmpty()) {
      loadTrees();
    }
    // What comes after the checkpoint asks the tables, so it has to wait for those that are
    // rebuilt.
    List<LogRecord> deferred = new ArrayList<>();
    log = openLog(manifest, damaged.isEmpty() ? replay::accept : deferred::add);
    rebuild =
        new TableRebuild(
            log,
            parts.tables(),
            parts.settings().memtableBytes(),
            catalog,
            lsn ->
                parts.progress().accept("rebuilding damaged tables from the log, record " + lsn));
    tables.rebuild(damaged, rebuild);
    if (!damaged.isEmpty()) {
      loadTrees();
    }
    deferred.forEach(replay::accept);
    state.settle();
    state.latest(replay.latest());
  }

  /** Lets go of what was opened. */
  private void abandon() {
    if (log != null) {
      try {
        log.close();
      } catch (IOException unclosed) {
        LOG.log(System.Logger.Level.WARNING, "event=log-not-closed " + unclosed);
      }
    }
    if (catalog != null) {
      catalog.closeAll();
    }
  }

  private void loadTrees() {
    state.loadTrees(
        name -> parts.progress().accept("hashing the documents of '" + name + "' again"));
  }

  private WriteAheadLog openLog(Manifest manifest, Consumer<LogRecord> reader) throws IOException {
    return WriteAheadLog.open(
        parts.logDirectory(),
        parts.walSettings(),
        parts.wall(),
        parts.threads(),
        manifest.checkpoint(),
        () -> LogFeed.context(decided.get()),
        reader,
        (damage, first, last) -> {
          boolean inTables = last.compareTo(manifest.checkpoint()) <= 0;
          if (!inTables && parts.members().size() == 1) {
            throw damage;
          }
          found(damage);
          if (!inTables) {
            replay.gap();
          }
        });
  }

  private void found(LogDamagedException damage) {
    DamagedFileException file =
        new DamagedFileException(Path.of(damage.file()), damage.offset(), damage.getMessage());
    damages.found(file.file(), file);
    damages.state(file.file(), Damage.State.UNREPAIRED);
  }

  /** From now on somebody decides changes that are in no log yet: who tells of them. */
  void decidedBy(Supplier<VersionVector> writer) {
    decided = writer;
  }

  EngineState state() {
    return state;
  }

  TableCatalog catalog() {
    return catalog;
  }

  Damages damages() {
    return damages;
  }

  Replay replay() {
    return replay;
  }

  WriteAheadLog log() {
    return log;
  }

  TableRebuild rebuild() {
    return rebuild;
  }
}
