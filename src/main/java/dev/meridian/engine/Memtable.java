package dev.meridian.engine;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.document.Change;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * The changes that are in the log but in no table yet, sorted. One thread writes, any thread reads.
 */
final class Memtable {

  /** What an entry costs on the heap besides its change's bytes, as measured. */
  private static final int ENTRY_OVERHEAD_BYTES = 440;

  private final ConcurrentSkipListMap<byte[], Change> entries =
      new ConcurrentSkipListMap<>(TableKey.ORDER);

  /** The newest version under each document's prefix: reads of one document need no search. */
  private final ConcurrentHashMap<DocumentPrefix, Change> newest = new ConcurrentHashMap<>();

  private volatile HlcTimestamp latest = HlcTimestamp.ZERO;
  private volatile long bytes;
  private volatile int size;

  /** Writer only. Putting the same change twice does no harm. */
  @SuppressWarnings("NonAtomicOperationOnVolatileField") // one writer
  void put(Change change) {
    latest = HlcTimestamp.max(latest, change.hlc());
    DocumentPrefix prefix = new DocumentPrefix(TableKey.prefix(change));
    byte[] key = TableKey.of(prefix.bytes(), change);
    boolean isNew = entries.put(key, change) == null;
    Change before = newest.get(prefix);
    if (before == null || change.version().compareTo(before.version()) > 0) {
      newest.put(prefix, change);
    }
    if (isNew) {
      bytes += change.encoded().length() + key.length + ENTRY_OVERHEAD_BYTES;
      size++;
    }
  }

  /** The newest version of a document, by the prefix of its keys. */
  Optional<Change> newest(DocumentPrefix prefix) {
    return Optional.ofNullable(newest.get(prefix));
  }

  Iterator<Table.Entry> from(byte[] key) {
    Iterator<Map.Entry<byte[], Change>> tail = entries.tailMap(key, true).entrySet().iterator();
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return tail.hasNext();
      }

      @Override
      public Table.Entry next() {
        Map.Entry<byte[], Change> entry = tail.next();
        return new Table.Entry(entry.getKey(), entry.getValue());
      }
    };
  }

  /** The highest timestamp in it. */
  HlcTimestamp latest() {
    return latest;
  }

  /** An estimate of the heap it takes. */
  long bytes() {
    return bytes;
  }

  /** How many versions it holds. */
  int size() {
    return size;
  }
}
