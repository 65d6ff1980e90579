package dev.meridian.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Everything that is done to table and manifest files fails for good at one step after the other,
 * just before or just after it was done, as if the process had died there: what was acknowledged is
 * there at the next start.
 */
class TableCrashTest {

  /** Steps that are tried one after the other; the gate tries some of the first {@link #MANY}. */
  private static final int STEPS = Integer.getInteger("meridian.crash.steps", 0);

  private static final int MANY = 60;
  private static final int IN_THE_GATE = 12;

  @TempDir Path directory;

  /** Counts steps; from the given one on, all fail. */
  private static final class Faults {
    private final int from;
    private final boolean afterwards;
    private final AtomicInteger steps = new AtomicInteger();

    Faults(int from, boolean afterwards) {
      this.from = from;
      this.afterwards = afterwards;
    }

    interface Step<T> {
      T take() throws IOException;
    }

    <T> T step(Step<T> step) throws IOException {
      int number = steps.incrementAndGet();
      boolean fails = number > from || number == from && !afterwards;
      if (fails) {
        throw new IOException("step " + number + " fails on purpose");
      }
      T result = step.take();
      if (number == from) {
        throw new IOException("step " + number + " fails on purpose when it is done");
      }
      return result;
    }
  }

  private record FaultyStore(TableStore store, Faults faults) implements TableStore {
    @Override
    public TableFile write(
        String name, Packing packing, long expectedEntries, Iterator<Table.Entry> entries)
        throws IOException {
      return faults.step(() -> store.write(name, packing, expectedEntries, entries));
    }

    @Override
    public Table open(TableFile file) throws IOException {
      return faults.step(() -> store.open(file));
    }

    @Override
    public void verify(TableFile file, LongConsumer progress) throws IOException {
      store.verify(file, progress);
    }

    @Override
    public boolean isEmpty() throws IOException {
      return store.isEmpty();
    }

    @Override
    public void delete(String name) throws IOException {
      faults.step(
          () -> {
            store.delete(name);
            return name;
          });
    }

    @Override
    public void keepOnly(Set<String> names) throws IOException {
      store.keepOnly(names);
    }
  }

  private record FaultyManifests(ManifestStore manifests, Faults faults) implements ManifestStore {
    @Override
    public Optional<Manifest> read() throws IOException {
      return manifests.read();
    }

    @Override
    public void write(Manifest manifest) throws IOException {
      faults.step(
          () -> {
            manifests.write(manifest);
            return manifest;
          });
    }
  }

  private static EngineRig open(Path data, Faults faults) throws IOException {
    EngineSettings settings =
        new EngineSettings(
            64 << 10,
            0,
            65_536,
            4_096,
            2,
            java.time.Duration.ofSeconds(3),
            java.time.Duration.ofSeconds(60),
            64,
            Long.MAX_VALUE);
    return EngineRig.in(data)
        .settings(settings)
        .tables(store -> new FaultyStore(store, faults))
        .manifests(file -> new FaultyManifests(file, faults))
        .open();
  }

  @Test
  void nothingAcknowledgedIsLostWhereverTablesFail() throws IOException {
    long seed = Long.getLong("meridian.seed", new Random().nextLong());
    Random random = new Random(seed);
    int reached = 0;
    int runs = STEPS > 0 ? STEPS : IN_THE_GATE;
    for (int run = 1; run <= runs; run++) {
      int step = STEPS > 0 ? run : 1 + random.nextInt(MANY);
      Path data = directory.resolve("run-" + run);
      Faults faults = new Faults(step, random.nextBoolean());
      Map<String, Optional<String>> acknowledged = new HashMap<>();
      try (EngineRig rig = open(data, faults)) {
        for (int i = 0; i < 3_000 && faults.steps.get() <= step; i++) {
          write(rig, "id-" + random.nextInt(300), i, random, acknowledged);
        }
        for (int i = 0; i < 50; i++) {
          write(rig, "id-" + random.nextInt(300), 10_000 + i, random, acknowledged);
        }
        reached += faults.steps.get() >= step ? 1 : 0;
        assertAllThere(rig, acknowledged, "seed " + seed + " step " + step + " before");
      } catch (IOException atStart) {
        assertTrue(step <= 2, "only the first manifest is written at a start: " + atStart);
      }
      try (EngineRig again = open(data, new Faults(Integer.MAX_VALUE, false))) {
        assertAllThere(again, acknowledged, "seed " + seed + " step " + step);
      }
    }
    assertTrue(reached > runs / 2, "most steps are reached: " + reached);
  }

  private static void write(
      EngineRig rig, String id, int i, Random random, Map<String, Optional<String>> acknowledged) {
    if (random.nextInt(10) == 0) {
      if (rig.delete(id) instanceof Outcome.Applied) {
        acknowledged.put(id, Optional.empty());
      }
      return;
    }
    String body = "{\"n\":" + i + ",\"pad\":\"" + "x".repeat(random.nextInt(300)) + "\"}";
    if (rig.put(id, body) instanceof Outcome.Applied) {
      acknowledged.put(id, Optional.of(body));
    }
  }

  private static void assertAllThere(
      EngineRig rig, Map<String, Optional<String>> acknowledged, String what) {
    acknowledged.forEach((id, body) -> assertEquals(body, rig.body(id), what + " " + id));
  }
}
