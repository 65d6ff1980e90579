package dev.meridian.engine.mapdb;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.meridian.contract.TableStoreContract;
import dev.meridian.engine.DocumentPrefix;
import dev.meridian.engine.Table;
import dev.meridian.engine.TableClosedException;
import dev.meridian.engine.TableFile;
import dev.meridian.engine.TableKey;
import dev.meridian.engine.TableStore;
import dev.meridian.simulation.Changes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MapDbTableStoreTest extends TableStoreContract {

  @TempDir Path directory;

  @Override
  protected TableStore store() throws IOException {
    return new MapDbTableStore(directory);
  }

  @Test
  void aFlippedBitInAnyFileIsFoundWhenTheTableIsOpened() throws IOException {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    TableStore store = store();
    List<Table.Entry> entries =
        IntStream.range(0, 200)
            .mapToObj(i -> Changes.put("eu", i + 1, 9000 - i, "id-" + i, "v".repeat(i * 200)))
            .map(Table.Entry::of)
            .sorted((a, b) -> TableKey.ORDER.compare(a.key(), b.key()))
            .toList();
    TableFile file =
        store.write(
            "0000000000000001", TableStore.Packing.SMALL, entries.size(), entries.iterator());
    for (TableFile.Part part : file.parts()) {
      Path path = directory.resolve(part.name());
      byte[] whole = Files.readAllBytes(path);
      for (int i = 0; i < 20; i++) {
        byte[] damaged = whole.clone();
        damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
        Files.write(path, damaged);
        IOException found = assertThrows(IOException.class, () -> store.open(file), "seed " + seed);
        assertTrue(found.getMessage().contains(part.name()), found.getMessage());
      }
      Files.write(path, java.util.Arrays.copyOf(whole, whole.length - 1));
      assertThrows(IOException.class, () -> store.open(file));
      Files.write(path, whole);
      store.open(file);
    }
  }

  @Test
  void closingATableUnderItsReadersIsNotTakenForDamage() throws Exception {
    TableStore store = store();
    List<Table.Entry> entries =
        IntStream.range(0, 500)
            .mapToObj(i -> Changes.put("eu", i + 1, 9000 - i, "id-" + i, "v".repeat(100)))
            .map(Table.Entry::of)
            .sorted((a, b) -> TableKey.ORDER.compare(a.key(), b.key()))
            .toList();
    TableFile file =
        store.write(
            "0000000000000001", TableStore.Packing.SMALL, entries.size(), entries.iterator());
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      for (int round = 0; round < 200; round++) {
        Table table = store.open(file);
        CountDownLatch reading = new CountDownLatch(1);
        Future<?> reader =
            threads.submit(
                () -> {
                  for (int i = 0; ; i = (i + 1) % entries.size()) {
                    table.first(new DocumentPrefix(entries.get(i).key()));
                    reading.countDown();
                  }
                });
        reading.await();
        table.close();
        ExecutionException ended = assertThrows(ExecutionException.class, reader::get);
        assertInstanceOf(TableClosedException.class, ended.getCause());
      }
    }
  }
}
