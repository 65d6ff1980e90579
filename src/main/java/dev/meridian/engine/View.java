package dev.meridian.engine;

import dev.meridian.document.Change;
import dev.meridian.document.CollectionName;
import dev.meridian.document.DocumentId;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * Where the data lies at one moment: the memtable that takes writes, those being written out, and
 * the tables. Replaced as a whole, so a reader that took one works on a complete set.
 */
record View(Memtable active, List<Memtable> frozen, List<Table> tables) {

  /**
   * The newest version of a document, tombstones and settings included. A version that arrived late
   * may lie in a newer place than one that wins over it, so every place is asked unless all it
   * holds is older than what was found.
   */
  Optional<Change> newest(byte space, CollectionName collection, DocumentId id) {
    byte[] prefix = TableKey.prefix(space, collection, id);
    Optional<Change> best = newestInMemory(prefix);
    for (int i = tables.size() - 1; i >= 0; i--) {
      Table table = tables.get(i);
      if (mayHoldNewer(best, table)) {
        best = newer(best, table.first(prefix));
      }
    }
    return best;
  }

  /** The newest version if memory alone can tell; empty when a table has to be asked. */
  Optional<Optional<Change>> newestIfInMemory(CollectionName collection, DocumentId id) {
    Optional<Change> best = newestInMemory(TableKey.prefix(TableKey.DOCUMENTS, collection, id));
    for (int i = tables.size() - 1; i >= 0; i--) {
      if (mayHoldNewer(best, tables.get(i))) {
        return Optional.empty();
      }
    }
    return Optional.of(best);
  }

  /** All entries from {@code key} on, in key order. */
  Iterator<Table.Entry> from(byte[] key) {
    List<Iterator<Table.Entry>> sources = new ArrayList<>();
    sources.add(active.from(key));
    frozen.forEach(memtable -> sources.add(memtable.from(key)));
    tables.forEach(table -> sources.add(table.from(key)));
    return new MergedEntries(sources);
  }

  private Optional<Change> newestInMemory(byte[] prefix) {
    Optional<Change> best = active.first(prefix);
    for (int i = frozen.size() - 1; i >= 0; i--) {
      best = newer(best, frozen.get(i).first(prefix));
    }
    return best;
  }

  private static boolean mayHoldNewer(Optional<Change> best, Table table) {
    return best.isEmpty() || !best.get().hlc().isAfter(table.file().latest());
  }

  private static Optional<Change> newer(Optional<Change> a, Optional<Change> b) {
    if (a.isEmpty() || b.isEmpty()) {
      return a.isPresent() ? a : b;
    }
    return a.get().version().compareTo(b.get().version()) >= 0 ? a : b;
  }
}
