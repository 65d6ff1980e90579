package dev.meridian.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.meridian.document.Change;
import dev.meridian.document.CollectionName;
import dev.meridian.document.DocumentId;
import dev.meridian.engine.DocumentPrefix;
import dev.meridian.engine.Table;
import dev.meridian.engine.TableFile;
import dev.meridian.engine.TableKey;
import dev.meridian.engine.TableStore;
import dev.meridian.simulation.Changes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What every {@link TableStore} does. Subclasses say which one. */
public abstract class TableStoreContract {

  protected abstract TableStore store() throws IOException;

  @Test
  void whatWasWrittenIsFoundAndNothingElse() throws IOException {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    NavigableMap<byte[], Change> model = new TreeMap<>(TableKey.ORDER);
    for (int i = 0; i < 3000; i++) {
      int size = random.nextInt(200) == 0 ? random.nextInt(300_000) : random.nextInt(400);
      Change change =
          Changes.put(
              random.nextBoolean() ? "eu" : "us",
              i + 1,
              1000 + random.nextInt(5000),
              "id-" + random.nextInt(800),
              "x".repeat(1 + size));
      model.put(TableKey.of(change), change);
    }
    Table table = written(model);
    assertEquals(model.size(), table.file().entries(), "seed " + seed);
    for (int i = 0; i < 1600; i++) {
      byte[] prefix =
          TableKey.prefix(TableKey.DOCUMENTS, new CollectionName("c"), new DocumentId("id-" + i));
      Map.Entry<byte[], Change> expected = model.ceilingEntry(prefix);
      boolean found = expected != null && TableKey.startsWith(expected.getKey(), prefix);
      assertEquals(
          found ? Optional.of(expected.getValue()) : Optional.empty(),
          table.first(new DocumentPrefix(prefix)),
          "seed " + seed + " id " + i);
    }
    byte[] from = model.keySet().stream().skip(model.size() / 2).findFirst().orElseThrow();
    assertEquals(List.copyOf(model.tailMap(from).values()), all(table.from(from)), "seed " + seed);
    assertEquals(List.copyOf(model.values()), all(table.from(new byte[0])), "seed " + seed);
  }

  @Test
  void anEmptyTableFindsNothing() throws IOException {
    Table table = written(new TreeMap<>(TableKey.ORDER));
    byte[] prefix =
        TableKey.prefix(TableKey.DOCUMENTS, new CollectionName("c"), new DocumentId("x"));
    assertEquals(Optional.empty(), table.first(new DocumentPrefix(prefix)));
    assertEquals(List.of(), all(table.from(new byte[0])));
  }

  @Test
  void documentsAsLargeAsTheyCanBeShareATableWithSmallOnes() throws IOException {
    NavigableMap<byte[], Change> model = new TreeMap<>(TableKey.ORDER);
    for (int i = 0; i < 12; i++) {
      Change change = Changes.put("eu", i + 1, 1000 + i, "big-" + i, "y".repeat(1 << 20));
      model.put(TableKey.of(change), change);
      Change small = Changes.put("eu", i + 100, 1000 + i, "big-" + i + "-small", "z");
      model.put(TableKey.of(small), small);
    }
    assertEquals(List.copyOf(model.values()), all(written(model).from(new byte[0])));
  }

  @Test
  void tablesThatAreNotNamedAreGone() throws IOException {
    TableStore store = store();
    assertTrue(store.isEmpty());
    TableFile one =
        store.write(
            "0000000000000001", TableStore.Packing.SMALL, 0, List.<Table.Entry>of().iterator());
    TableFile two =
        store.write(
            "0000000000000002", TableStore.Packing.SMALL, 0, List.<Table.Entry>of().iterator());
    assertFalse(store.isEmpty());
    store.keepOnly(Set.of(two.name()));
    assertEquals(0, store.open(two).file().entries());
    assertThrows(IOException.class, () -> store.open(one));
  }

  private Table written(NavigableMap<byte[], Change> entries) throws IOException {
    TableStore store = store();
    Iterator<Table.Entry> sorted = entries.values().stream().map(Table.Entry::of).iterator();
    return store.open(
        store.write("0000000000000001", TableStore.Packing.SMALL, entries.size(), sorted));
  }

  private static List<Change> all(Iterator<Table.Entry> entries) {
    List<Change> changes = new ArrayList<>();
    entries.forEachRemaining(entry -> changes.add(entry.change()));
    return changes;
  }
}
