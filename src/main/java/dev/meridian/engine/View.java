package dev.meridian.engine;

import dev.meridian.clock.Lsn;
import dev.meridian.clock.VersionId;
import dev.meridian.document.Change;
import dev.meridian.document.ChangeCodecV1;
import dev.meridian.document.CollectionName;
import dev.meridian.document.DocumentId;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Where the data lies at one moment: the memtable that takes writes, those being written out, and
 * the tables. Replaced as a whole, so a reader that took one works on a complete set.
 *
 * @param tables oldest first
 * @param rows what tables said before
 */
record View(Memtable active, List<Memtable> frozen, List<Table> tables, RowCache rows) {

  /**
   * The newest version of a document, tombstones and settings included. A version that arrived late
   * may lie in a newer place than one that wins over it, so every place is asked unless all it
   * holds is older than what was found.
   */
  Optional<Change> newest(byte space, CollectionName collection, DocumentId id) {
    return newest(new DocumentPrefix(space, collection, id), true);
  }

  /** The same for one who is about to replace it: what tables say is not worth keeping. */
  Optional<Change> newestToReplace(DocumentPrefix prefix) {
    return newest(prefix, false);
  }

  /**
   * Touches what {@link #newestToReplace} would read first. Such reads wait for memory; those of
   * several documents wait together when one follows another with nothing in between.
   *
   * @return of no meaning; used, it keeps the reads from being optimized away
   */
  long touch(DocumentPrefix prefix) {
    long touched = active.touch(prefix);
    for (Table table : tables) {
      touched += table.touch(prefix);
    }
    return touched;
  }

  private Optional<Change> newest(DocumentPrefix prefix, boolean remember) {
    Optional<Change> best = newestInMemory(prefix);
    if (!anyMayHoldNewer(best)) {
      return best;
    }
    Optional<RowCache.Row> row = rows.find(prefix);
    Optional<Change> stored = row.flatMap(RowCache.Row::newest);
    Optional<Change> found = Optional.empty();
    boolean asked = false;
    for (int i = tables.size() - 1; i >= 0; i--) {
      Table table = tables.get(i);
      if (isNews(table, row) && mayHoldNewer(newer(found, stored), table)) {
        found = newer(found, table.first(prefix));
        asked = true;
      }
    }
    stored = newer(found, stored); // of one version the younger copy: it may have been repaired
    if (asked && remember) {
      rows.put(prefix, new RowCache.Row(stored, upTo()));
    }
    return newer(best, stored);
  }

  /** The newest version if memory alone can tell; empty when a table has to be read. */
  Optional<Optional<Change>> newestIfInMemory(
      byte space, CollectionName collection, DocumentId id) {
    DocumentPrefix prefix = new DocumentPrefix(space, collection, id);
    Optional<Change> best = newestInMemory(prefix);
    if (!anyMayHoldNewer(best)) {
      return Optional.of(best);
    }
    Optional<RowCache.Row> row = rows.find(prefix);
    best = newer(best, row.flatMap(RowCache.Row::newest));
    for (int i = tables.size() - 1; i >= 0; i--) {
      Table table = tables.get(i);
      if (isNews(table, row) && mayHoldNewer(best, table) && table.mayContain(prefix)) {
        return Optional.empty();
      }
    }
    return Optional.of(best);
  }

  /** All entries from {@code key} on, in key order. */
  Iterator<Table.Entry> from(byte[] key) {
    return merged(key, table -> true);
  }

  /** The same in one document: tables that have nothing of it are not read. */
  Iterator<Table.Entry> of(DocumentPrefix prefix, byte[] key) {
    return merged(key, table -> table.mayContain(prefix));
  }

  private Iterator<Table.Entry> merged(byte[] key, Predicate<Table> asked) {
    List<Iterator<Table.Entry>> sources = new ArrayList<>();
    tables.stream().filter(asked).forEach(table -> sources.add(table.from(key)));
    frozen.forEach(memtable -> sources.add(memtable.from(key)));
    sources.add(active.from(key));
    return new MergedEntries(sources);
  }

  /**
   * The highest versions of a document, highest first; walks only what is settled.
   *
   * @param limit at most so many
   */
  List<Change> versions(DocumentPrefix prefix, int limit) {
    List<Change> versions = new ArrayList<>();
    Iterator<Table.Entry> entries = of(prefix, prefix.bytes());
    while (versions.size() < limit && entries.hasNext()) {
      Table.Entry entry = entries.next();
      if (!TableKey.startsWith(entry.key(), prefix.bytes())) {
        break;
      }
      versions.add(entry.change());
    }
    return versions;
  }

  /** The highest version of a document that is no operation; walks only what is settled. */
  Optional<Change> write(DocumentPrefix prefix) {
    Iterator<Table.Entry> entries = of(prefix, prefix.bytes());
    while (entries.hasNext()) {
      Table.Entry entry = entries.next();
      if (!TableKey.startsWith(entry.key(), prefix.bytes())) {
        break;
      }
      if (!ChangeCodecV1.isOperation(entry.encoded())) {
        return Optional.of(entry.change());
      }
    }
    return Optional.empty();
  }

  /** One version of a document; finds only what is settled. */
  Optional<Change> version(DocumentPrefix prefix, VersionId version) {
    byte[] key = TableKey.of(prefix.bytes(), version);
    Iterator<Table.Entry> entries = of(prefix, key);
    if (!entries.hasNext()) {
      return Optional.empty();
    }
    Table.Entry entry = entries.next();
    return TableKey.ORDER.compare(entry.key(), key) == 0
        ? Optional.of(entry.change())
        : Optional.empty();
  }

  /** What is known of a document whose versions collided. */
  Optional<ConflictRecord> conflicts(CollectionName collection, DocumentId id) {
    return newest(TableKey.HEADS, collection, id)
        .map(record -> ConflictRecordCodecV1.decode(record.body()));
  }

  /** The same as it is now, and as it was when each memtable began: a start begins with one. */
  List<ConflictRecord> conflictsSinceTables(CollectionName collection, DocumentId id) {
    DocumentPrefix prefix = new DocumentPrefix(TableKey.HEADS, collection, id);
    Optional<Change> stored = Optional.empty();
    for (Table table : tables) {
      stored = newer(stored, table.first(prefix));
    }
    List<Change> records = new ArrayList<>(stored.stream().toList());
    frozen.forEach(memtable -> memtable.newest(prefix).ifPresent(records::add));
    active.newest(prefix).ifPresent(records::add);
    return records.stream().map(record -> ConflictRecordCodecV1.decode(record.body())).toList();
  }

  /** Everything up to here is in the tables. */
  private Lsn upTo() {
    return tables.getLast().file().log().last();
  }

  /** Whether a memtable has something of a document. */
  boolean isInMemory(DocumentPrefix prefix) {
    return newestInMemory(prefix).isPresent();
  }

  private Optional<Change> newestInMemory(DocumentPrefix prefix) {
    Optional<Change> best = active.newest(prefix);
    for (int i = frozen.size() - 1; i >= 0; i--) {
      best = newer(best, frozen.get(i).newest(prefix));
    }
    return best;
  }

  private boolean anyMayHoldNewer(Optional<Change> best) {
    for (Table table : tables) {
      if (mayHoldNewer(best, table)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isNews(Table table, Optional<RowCache.Row> row) {
    return row.isEmpty() || table.file().log().last().isAfter(row.get().upTo());
  }

  private static boolean mayHoldNewer(Optional<Change> best, Table table) {
    return best.isEmpty() || !best.get().hlc().isAfter(table.file().latest());
  }

  /** The higher version; of two copies of one the first. */
  private static Optional<Change> newer(Optional<Change> a, Optional<Change> b) {
    if (a.isEmpty() || b.isEmpty()) {
      return a.isPresent() ? a : b;
    }
    return a.get().version().compareTo(b.get().version()) >= 0 ? a : b;
  }
}
