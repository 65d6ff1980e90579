package dev.meridian.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.ReplicaId;
import dev.meridian.document.Bytes;
import dev.meridian.document.DocumentId;
import dev.meridian.document.Precondition;
import dev.meridian.document.StoreFailure;
import dev.meridian.engine.mapdb.MapDbTableStore;
import dev.meridian.simulation.FaultyDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each single write, force, rename, delete and making of a file fails once, or the process or the
 * power goes there, in all that a region does to log, tables and manifest: two lives with writes,
 * checkpoints, a merge, a scrub and a restart. What was acknowledged is there in the next life,
 * what was refused is not, and nothing is damaged. MapDB's own writes of a table's shelf go past
 * the disk that fails here; the force behind them does not.
 */
class DiskFaultTest {

  /** With more than 0, every operation is tried so often; otherwise some are, by chance. */
  private static final int ROUNDS = Integer.getInteger("meridian.faults.rounds", 0);

  private static final int IN_THE_GATE = 100;
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final int LARGE = 20_000;
  private static final ReplicaId EU = new ReplicaId("eu");

  @TempDir Path directory;

  private enum Fault {
    /** The device answers with an error, and goes on. */
    ONCE,
    /** The process dies; what it wrote is still there. */
    DEATH,
    /** The power goes; what was not forced may be gone. */
    POWER
  }

  /** What may be found, by document. */
  private static final class Expected {
    private final Map<String, Optional<String>> acknowledged = new HashMap<>();
    private final Map<String, Set<Optional<String>>> unknown = new HashMap<>();
    private HlcTimestamp latest = HlcTimestamp.ZERO;
    private long sequence;

    void told(String id, Optional<String> body, Outcome outcome) {
      switch (outcome) {
        case Outcome.Applied applied -> {
          acknowledged.put(id, body);
          unknown.remove(id);
          assertTrue(applied.change().hlc().isAfter(latest), "the clock went back");
          assertTrue(applied.change().dot().sequence() > sequence, "a sequence was used again");
          latest = applied.change().hlc();
          sequence = applied.change().dot().sequence();
        }
        case Outcome.Failed(StoreFailure.OutcomeUnknown maybe) ->
            unknown.computeIfAbsent(id, any -> new HashSet<>()).add(body);
        case Outcome.Failed refused -> assertFalse(refused.failure().getMessage().isBlank());
        default -> throw new AssertionError(outcome);
      }
    }

    Optional<String> acknowledged(String id) {
      return acknowledged.getOrDefault(id, Optional.empty());
    }

    Set<String> ids() {
      Set<String> all = new HashSet<>(acknowledged.keySet());
      all.addAll(unknown.keySet());
      return all;
    }

    /** An open engine shows what it acknowledged, and nothing that was not forced. */
    void assertExactly(EngineRig rig, String when) {
      ids().forEach(id -> assertEquals(acknowledged(id), rig.body(id), when + ": " + id));
    }

    /** A new life shows that too, or what it could not tell; from then on that is what counts. */
    void settle(EngineRig rig) {
      for (String id : ids()) {
        Optional<String> found = rig.body(id);
        assertTrue(
            found.equals(acknowledged(id)) || unknown.getOrDefault(id, Set.of()).contains(found),
            () -> id + " is " + found + " and was " + acknowledged(id));
        acknowledged.put(id, found);
      }
      unknown.clear();
      assertTrue(rig.engine.vector().get(EU) >= sequence, "the vector went back");
    }
  }

  private static EngineRig open(Path data) throws IOException {
    EngineSettings settings =
        new EngineSettings(
            1 << 20,
            0,
            65_536,
            4_096,
            2,
            Duration.ofSeconds(3),
            Duration.ofSeconds(60),
            64,
            Long.MAX_VALUE);
    return EngineRig.in(data).settings(settings).segmentBytes(48 << 10).hasPeers(false).open();
  }

  /** All that is done in one run. */
  private static final class Lives {
    private final FaultyDisk disk;
    private final Random random;
    private final Expected expected;

    Lives(FaultyDisk disk, Random random, Expected expected) {
      this.disk = disk;
      this.random = random;
      this.expected = expected;
    }

    void run() throws IOException {
      life(
          rig -> {
            for (int table = 0; table < 3; table++) {
              write(rig);
              checkpoint(rig);
            }
            await("a merge", () -> rig.engine.stats().merge().merges() > 0);
            rig.engine.startScrub();
            await("a scrub", () -> !rig.engine.stats().scrub().running());
            write(rig);
          });
      if (!disk.isDead()) {
        life(
            rig -> {
              write(rig);
              checkpoint(rig);
              write(rig);
            });
      }
    }

    private interface Life {
      void live(EngineRig rig);
    }

    private void life(Life life) throws IOException {
      boolean struckBefore = disk.struck().isPresent();
      EngineRig rig;
      try {
        rig = open(disk.path());
      } catch (IOException refused) {
        assertTrue(!struckBefore && disk.struck().isPresent(), () -> "not started: " + refused);
        assertFalse(String.valueOf(refused.getMessage()).isBlank(), refused::toString);
        return;
      }
      try {
        expected.settle(rig);
        life.live(rig);
        expected.assertExactly(rig, "before the end of a life");
        assertTrue(rig.engine.stats().damages().isEmpty(), () -> "" + rig.engine.stats().damages());
      } finally {
        try {
          rig.close();
        } catch (IOException struck) {
          assertTrue(disk.struck().isPresent(), struck::toString);
        }
      }
    }

    private void write(EngineRig rig) {
      for (int batch = 0; batch < 4; batch++) {
        List<String> ids = new ArrayList<>();
        List<Optional<String>> bodies = new ArrayList<>();
        List<Mutation> mutations = new ArrayList<>();
        for (int i = 0; i < 1 + batch; i++) {
          String id = "id-" + random.nextInt(12);
          boolean delete = random.nextInt(6) == 0 && expected.acknowledged(id).isPresent();
          if (delete && !ids.contains(id)) {
            mutations.add(
                new Mutation.Delete(EngineRig.C, new DocumentId(id), Precondition.NONE, ""));
            bodies.add(Optional.empty());
          } else {
            String body = body();
            mutations.add(
                new Mutation.Put(
                    EngineRig.C, new DocumentId(id), Bytes.utf8(body), Precondition.NONE, ""));
            bodies.add(Optional.of(body));
          }
          ids.add(id);
        }
        List<Outcome> outcomes = rig.apply(mutations);
        for (int i = 0; i < ids.size(); i++) {
          expected.told(ids.get(i), bodies.get(i), outcomes.get(i));
        }
      }
    }

    private String body() {
      int pad = random.nextInt(8) == 0 ? LARGE : random.nextInt(500);
      byte[] noise = new byte[pad / 2];
      random.nextBytes(noise);
      return "{\"pad\":\"" + java.util.HexFormat.of().formatHex(noise) + "\"}";
    }

    private void checkpoint(EngineRig rig) {
      var wanted = rig.engine.stats().durableLsn();
      rig.engine.flush();
      await("a checkpoint", () -> rig.engine.stats().checkpoint().compareTo(wanted) >= 0);
    }

    /** Unless something failed: then it may never be. */
    private void await(String what, BooleanSupplier there) {
      long deadline = System.nanoTime() + PATIENCE_NANOS;
      while (!there.getAsBoolean() && disk.struck().isEmpty()) {
        assertTrue(System.nanoTime() < deadline, "no " + what);
        LockSupport.parkNanos(100_000);
      }
    }
  }

  @Test
  void whateverFailsNothingAcknowledgedIsLostAndNothingIsDamaged() throws IOException {
    long seed = Long.getLong("meridian.seed", new Random().nextLong());
    Random random = new Random(seed);
    long operations = run("none", Long.MAX_VALUE, Fault.ONCE, random.nextLong());
    assertTrue(operations > 200, "there are more than " + operations);
    int runs = 0;
    if (ROUNDS > 0) {
      for (int round = 0; round < ROUNDS; round++) {
        for (long at = 1; at <= operations; at++) {
          for (Fault fault : Fault.values()) {
            run("run-" + ++runs, at, fault, random.nextLong());
          }
        }
      }
    } else {
      while (runs < IN_THE_GATE) {
        Fault fault = Fault.values()[random.nextInt(Fault.values().length)];
        run("run-" + ++runs, 1 + random.nextLong(operations), fault, random.nextLong());
      }
    }
  }

  /** Returns how many operations there were. */
  private long run(String name, long at, Fault fault, long seed) throws IOException {
    Path data = directory.resolve(name);
    Random random = new Random(seed);
    Expected expected = new Expected();
    Optional<String> struck = Optional.empty();
    try (FaultyDisk disk =
        new FaultyDisk(data, directory.resolve(name + "-graves"), new Random(seed + 1))) {
      if (fault == Fault.ONCE) {
        disk.failOnce(at);
      } else {
        disk.failFrom(at);
      }
      try {
        new Lives(disk, random, expected).run();
        struck = disk.struck();
        disk.die();
        if (fault == Fault.POWER) {
          disk.losePower();
        }
        nextLife(data, random, expected);
      } catch (AssertionError | RuntimeException | IOException wrong) {
        throw new AssertionError(
            fault
                + " at operation "
                + disk.struck().orElse(at + ": not reached")
                + ", seed "
                + seed,
            wrong);
      }
      return disk.operations();
    }
  }

  private void nextLife(Path data, Random random, Expected expected) throws IOException {
    try (FaultyDisk sound =
        new FaultyDisk(data, directory.resolve(data.getFileName() + "-more"), random)) {
      Lives lives = new Lives(sound, random, expected);
      lives.life(
          rig -> {
            lives.write(rig);
            lives.checkpoint(rig);
          });
      lives.life(rig -> {});
    }
    DataDirectoryCheck.Report report =
        new DataDirectoryCheck(data, new MapDbTableStore(data.resolve("tables")), doing -> {})
            .run();
    assertEquals(List.of(), report.findings());
  }
}
