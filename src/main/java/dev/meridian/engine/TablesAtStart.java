package dev.meridian.engine;

import dev.meridian.clock.ReplicaId;
import dev.meridian.wal.LogDirectory;
import dev.meridian.wal.WriteAheadLog;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a start does about tables before the log is replayed over them: finds the manifest, opens
 * the tables it names, and has damaged ones rebuilt. Used once, by the thread that opens the store.
 */
final class TablesAtStart {

  private final EngineState state;
  private final TableStore store;
  private final TableCatalog catalog;
  private final Damages damages;

  TablesAtStart(EngineState state, TableStore store, TableCatalog catalog, Damages damages) {
    this.state = state;
    this.store = store;
    this.catalog = catalog;
    this.damages = damages;
  }

  /**
   * The manifest of a region's data, or a new one where there is no data at all.
   *
   * @throws IOException when there is data without a manifest, or another region's
   */
  static Manifest manifest(
      ReplicaId region, ManifestStore manifests, LogDirectory logDirectory, TableStore store)
      throws IOException {
    Optional<Manifest> found = manifests.read();
    if (found.isEmpty()) {
      boolean log = WriteAheadLog.exists(logDirectory);
      if (log || !store.isEmpty()) {
        throw new IOException(
            (log ? "there is a log" : "there are tables")
                + " but no manifest beside it: the data directory is incomplete. Restore the"
                + " manifest, or move the directory away to fetch everything from a peer.");
      }
      Manifest fresh = Manifest.empty(region);
      manifests.write(fresh);
      return fresh;
    }
    Manifest manifest = found.get();
    if (!manifest.region().equals(region)) {
      throw new IOException(
          "the data directory belongs to region '"
              + manifest.region()
              + "', but this node is region '"
              + region
              + "'");
    }
    return manifest;
  }

  /**
   * Opens all tables, or none when some are damaged: returns those.
   *
   * @param known tables that are known to be damaged, by name
   */
  List<TableFile> open(Manifest manifest, Map<String, DamagedFileException> known)
      throws IOException {
    List<TableFile> damaged = new ArrayList<>();
    List<Table> opened = new ArrayList<>();
    for (TableFile file : manifest.tables()) {
      try {
        if (known.containsKey(file.name())) {
          throw known.get(file.name());
        }
        opened.add(store.open(file));
      } catch (DamagedFileException damage) {
        damages.found(file.name(), damage);
        damaged.add(file);
      }
    }
    if (damaged.isEmpty()) {
      state.install(opened, Optional.empty());
    } else {
      opened.forEach(Table::close);
    }
    return damaged;
  }

  /**
   * Writes damaged tables anew from the log, then opens all.
   *
   * @throws IOException when the log does not reach back so far
   */
  void rebuild(List<TableFile> damaged, TableRebuild rebuild) throws IOException {
    for (TableFile file : damaged) {
      Optional<List<TableFile>> fresh = rebuild.rebuild(file);
      if (fresh.isEmpty()) {
        throw new IOException(
            "table "
                + file.name()
                + " is damaged and the log does not have its changes any more. Move the data"
                + " directory away and start again to fetch everything from a peer.");
      }
      catalog.replaceUnopened(file, fresh.get());
      damages.state(file.name(), Damage.State.REBUILT);
    }
    if (!damaged.isEmpty()) {
      catalog.openAll();
    }
  }
}
