package dev.meridian.simulation;

import dev.meridian.document.Change;
import dev.meridian.engine.Table;
import dev.meridian.engine.TableFile;
import dev.meridian.engine.TableStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.function.Predicate;

/** A store whose tables lack some of what was written, and do not know. */
record LossyTableStore(TableStore tables, Predicate<Change> lost) implements TableStore {

  @Override
  public TableFile write(
      String name, Packing packing, long expectedEntries, Iterator<Table.Entry> entries)
      throws IOException {
    List<Table.Entry> kept = new ArrayList<>();
    entries.forEachRemaining(
        entry -> {
          if (!lost.test(entry.change())) {
            kept.add(entry);
          }
        });
    return tables.write(name, packing, expectedEntries, kept.iterator());
  }

  @Override
  public Table open(TableFile file) throws IOException {
    return tables.open(file);
  }

  @Override
  public void verify(TableFile file, LongConsumer progress) throws IOException {
    tables.verify(file, progress);
  }

  @Override
  public boolean isEmpty() throws IOException {
    return tables.isEmpty();
  }

  @Override
  public void delete(String name) throws IOException {
    tables.delete(name);
  }

  @Override
  public void keepOnly(Set<String> names) throws IOException {
    tables.keepOnly(names);
  }
}
