package dev.meridian.engine;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.document.Change;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * The changes that are in the log but in no table yet, sorted. One thread writes, any thread reads.
 */
final class Memtable {

  /** What an entry costs on the heap besides its change's bytes, as measured. */
  private static final int ENTRY_OVERHEAD_BYTES = 320;

  private final ConcurrentSkipListMap<byte[], Change> entries =
      new ConcurrentSkipListMap<>(TableKey.ORDER);
  private volatile HlcTimestamp latest = HlcTimestamp.ZERO;
  private volatile long bytes;
  private volatile int size;

  /** Writer only. Putting the same change twice does no harm. */
  @SuppressWarnings("NonAtomicOperationOnVolatileField") // one writer
  void put(Change change) {
    latest = HlcTimestamp.max(latest, change.hlc());
    byte[] key = TableKey.of(change);
    if (entries.put(key, change) == null) {
      bytes += change.encoded().length() + key.length + ENTRY_OVERHEAD_BYTES;
      size++;
    }
  }

  /** The first entry whose key starts with {@code prefix}. */
  Optional<Change> first(byte[] prefix) {
    Map.Entry<byte[], Change> entry = entries.ceilingEntry(prefix);
    return entry != null && TableKey.startsWith(entry.getKey(), prefix)
        ? Optional.of(entry.getValue())
        : Optional.empty();
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
