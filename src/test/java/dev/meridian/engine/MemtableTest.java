package dev.meridian.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.meridian.document.Change;
import dev.meridian.document.CollectionName;
import dev.meridian.document.DocumentId;
import dev.meridian.simulation.Changes;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The memtable against a sorted map, and under readers. */
class MemtableTest {

  private static DocumentPrefix prefix(String id) {
    return new DocumentPrefix(
        TableKey.prefix(TableKey.DOCUMENTS, new CollectionName("c"), new DocumentId(id)));
  }

  private static List<Change> all(Iterator<Table.Entry> entries) {
    List<Change> found = new ArrayList<>();
    while (entries.hasNext()) {
      Table.Entry entry = entries.next();
      Change change = entry.change();
      assertEquals(0, TableKey.ORDER.compare(TableKey.of(change), entry.key()));
      found.add(change);
    }
    return found;
  }

  /** Ids in order, in random order, versions that come late or twice, changes of every size. */
  @Test
  void holdsWhatWasPutInKeyOrder() {
    for (int round = 0; round < 20; round++) {
      long seed = Long.getLong("meridian.seed", new Random().nextLong());
      Random random = new Random(seed);
      Memtable memtable = new Memtable();
      NavigableMap<byte[], Change> model = new TreeMap<>(TableKey.ORDER);
      int batch = 1 << random.nextInt(10);
      int ids = 1 + random.nextInt(3000);
      List<Change> put = new ArrayList<>();
      for (int i = 0; i < 3000; i++) {
        int number = random.nextInt(3) > 0 ? random.nextInt(ids) : i;
        int size = random.nextInt(200) == 0 ? random.nextInt(300_000) : random.nextInt(100);
        Change change =
            !put.isEmpty() && random.nextInt(20) == 0
                ? put.get(random.nextInt(put.size()))
                : Changes.put(
                    random.nextBoolean() ? "eu" : "us",
                    i + 1,
                    random.nextInt(5000),
                    String.format("id-%05d", number),
                    "x".repeat(1 + size));
        put.add(change);
        memtable.put(change);
        if (random.nextInt(batch) == 0) {
          memtable.settle();
        }
        model.put(TableKey.of(change), change);
      }
      memtable.settle();
      assertEquals(model.size(), memtable.size(), "seed " + seed);
      assertEquals(List.copyOf(model.values()), all(memtable.from(new byte[0])), "seed " + seed);
      for (int i = 0; i < 200; i++) {
        DocumentPrefix prefix = prefix(String.format("id-%05d", random.nextInt(3500)));
        Map.Entry<byte[], Change> next = model.ceilingEntry(prefix.bytes());
        boolean there = next != null && TableKey.startsWith(next.getKey(), prefix.bytes());
        assertEquals(
            there ? Optional.of(next.getValue()) : Optional.empty(),
            memtable.newest(prefix),
            "seed " + seed);
        if (i < 10) {
          assertEquals(
              List.copyOf(model.tailMap(prefix.bytes()).values()),
              all(memtable.from(prefix.bytes())),
              "seed " + seed);
        }
      }
    }
  }

  /** A reader sees all that was put before it began, in order, and nothing half written. */
  @Test
  void readersSeeWhatWasPutBefore() throws Exception {
    long seed = Long.getLong("meridian.seed", new Random().nextLong());
    int changes = 60_000;
    int documents = 20_000;
    Random random = new Random(seed);
    int[] order = IntStream.range(0, changes).map(i -> random.nextInt(documents)).toArray();
    Memtable memtable = new Memtable();
    AtomicInteger done = new AtomicInteger();
    try (ExecutorService readers = Executors.newFixedThreadPool(2)) {
      Future<?> points =
          readers.submit(
              () -> {
                Random own = new Random(seed + 1);
                while (done.get() < changes) {
                  int before = done.get();
                  if (before > 0) {
                    int at = own.nextInt(before);
                    Change found = memtable.newest(prefix("id-" + order[at])).orElseThrow();
                    assertTrue(found.hlc().packed() > at, "seed " + seed);
                    assertEquals("id-" + order[at], found.id().value());
                  }
                }
              });
      Future<?> walks =
          readers.submit(
              () -> {
                while (done.get() < changes) {
                  int before = done.get();
                  List<Change> found = all(memtable.from(new byte[0]));
                  assertTrue(found.size() >= before, "seed " + seed);
                  for (int i = 1; i < found.size(); i++) {
                    assertTrue(
                        TableKey.ORDER.compare(
                                TableKey.of(found.get(i - 1)), TableKey.of(found.get(i)))
                            < 0,
                        "seed " + seed);
                  }
                }
              });
      for (int i = 0; i < changes; i++) {
        memtable.put(Changes.put("eu", i + 1, i + 1, "id-" + order[i], "{\"n\":" + i + "}"));
        if (i % 7 == 0 || i == changes - 1) {
          memtable.settle();
          done.set(i + 1);
        }
      }
      points.get(60, TimeUnit.SECONDS);
      walks.get(60, TimeUnit.SECONDS);
    }
  }
}
