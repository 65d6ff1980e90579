package dev.meridian.engine.mapdb;

import dev.meridian.document.Bytes;
import dev.meridian.document.Change;
import dev.meridian.document.ChangeCodecV1;
import dev.meridian.engine.Table;
import dev.meridian.engine.TableFile;
import dev.meridian.engine.TableKey;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import org.mapdb.SortedTableMap;

/** One MapDB file with its filter and its large values. Lock-free for any number of readers. */
final class MapDbTable implements Table {

  private final TableFile file;
  private final SortedTableMap<byte[], byte[]> map;
  private final BloomFilter filter;
  private final LargeValues values;

  MapDbTable(
      TableFile file, SortedTableMap<byte[], byte[]> map, BloomFilter filter, LargeValues values) {
    this.file = file;
    this.map = map;
    this.filter = filter;
    this.values = values;
  }

  @Override
  public TableFile file() {
    return file;
  }

  @Override
  public Optional<Change> first(byte[] prefix) {
    if (!filter.mightContain(BloomFilter.hash(prefix, prefix.length))) {
      return Optional.empty();
    }
    Map.Entry<byte[], byte[]> entry = map.ceilingEntry(prefix);
    return entry != null && TableKey.startsWith(entry.getKey(), prefix)
        ? Optional.of(change(entry.getValue()))
        : Optional.empty();
  }

  @Override
  public Iterator<Entry> from(byte[] key) {
    Iterator<Map.Entry<byte[], byte[]>> tail = map.tailMap(key, true).entrySet().iterator();
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return tail.hasNext();
      }

      @Override
      public Entry next() {
        Map.Entry<byte[], byte[]> entry = tail.next();
        return new Entry(entry.getKey(), change(entry.getValue()));
      }
    };
  }

  private Change change(byte[] value) {
    Bytes encoded = LargeValues.isReference(value) ? values.read(value) : new Bytes(value);
    return ChangeCodecV1.decode(encoded);
  }
}
