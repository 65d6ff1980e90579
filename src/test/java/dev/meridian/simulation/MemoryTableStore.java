package dev.meridian.simulation;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.document.Change;
import dev.meridian.engine.DocumentPrefix;
import dev.meridian.engine.Table;
import dev.meridian.engine.TableFile;
import dev.meridian.engine.TableKey;
import dev.meridian.engine.TableStore;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongConsumer;

/** Tables on the heap: what the simulation runs on. Passes the same contract as the real store. */
public final class MemoryTableStore implements TableStore {

  private final Map<String, NavigableMap<byte[], Change>> tables = new ConcurrentHashMap<>();

  @Override
  public TableFile write(
      String name, Packing packing, long expectedEntries, Iterator<Table.Entry> entries) {
    NavigableMap<byte[], Change> table = new TreeMap<>(TableKey.ORDER);
    HlcTimestamp latest = HlcTimestamp.ZERO;
    long bytes = 0;
    while (entries.hasNext()) {
      Table.Entry entry = entries.next();
      if (!table.isEmpty() && TableKey.ORDER.compare(table.lastKey(), entry.key()) >= 0) {
        throw new IllegalArgumentException("entries must come in key order, each key once");
      }
      table.put(entry.key(), entry.change());
      latest = HlcTimestamp.max(latest, entry.change().hlc());
      bytes += entry.key().length + entry.encoded().length();
    }
    tables.put(name, table);
    return new TableFile(
        name,
        table.size(),
        bytes,
        latest,
        TableFile.LogRange.UNKNOWN,
        List.of(new TableFile.Part(name, bytes, 0, List.of())));
  }

  @Override
  public Table open(TableFile file) throws IOException {
    NavigableMap<byte[], Change> table = tables.get(file.name());
    if (table == null) {
      throw new IOException("the table " + file.name() + " is missing");
    }
    return new Table() {
      @Override
      public TableFile file() {
        return file;
      }

      @Override
      public long touch(DocumentPrefix prefix) {
        return 0;
      }

      @Override
      public boolean mayContain(DocumentPrefix prefix) {
        return first(prefix).isPresent();
      }

      @Override
      public void close() {}

      @Override
      public Optional<Change> first(DocumentPrefix prefix) {
        Map.Entry<byte[], Change> entry = table.ceilingEntry(prefix.bytes());
        return entry != null && TableKey.startsWith(entry.getKey(), prefix.bytes())
            ? Optional.of(entry.getValue())
            : Optional.empty();
      }

      @Override
      public Iterator<Entry> from(byte[] key) {
        return table.tailMap(key, true).values().stream().map(Entry::of).iterator();
      }
    };
  }

  @Override
  public void verify(TableFile file, LongConsumer progress) {
    progress.accept(file.bytes());
  }

  @Override
  public boolean isEmpty() {
    return tables.isEmpty();
  }

  @Override
  public void delete(String name) {
    tables.remove(name);
  }

  @Override
  public void keepOnly(Set<String> names) {
    tables.keySet().retainAll(names);
  }
}
