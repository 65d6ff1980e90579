package dev.meridian.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionVector;
import dev.meridian.document.Bytes;
import dev.meridian.document.ChangeCodecV1;
import dev.meridian.document.FailureCode;
import dev.meridian.document.StoreFailure;
import dev.meridian.simulation.Changes;
import dev.meridian.simulation.FaultyDisk;
import dev.meridian.simulation.ManualClock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each single write, force, delete and making of a file of hints fails once, or the power goes
 * there or behind it. What was told to be held is found then, and in the next life, byte for byte.
 */
class HintFaultTest {

  private static final ReplicaId EU = new ReplicaId("eu");
  private static final ReplicaId ASIA = new ReplicaId("asia");
  private static final HintSettings SETTINGS =
      HintSettings.defaults().withSegmentBytes(4 << 10).withMaxBytes(100 << 10);
  private static final int CALLS = 12;

  /** Chances of what a power loss takes, for each place where it may happen. */
  private static final int CHANCES = 5;

  @TempDir Path directory;

  private static HintedHandoff open(Path path) throws IOException {
    return HintedHandoff.open(path, SETTINGS, new ManualClock(1_800_000_000_000L));
  }

  private static Bytes change(int sequence) {
    String body = Integer.toString(sequence).repeat(300);
    return Changes.put("asia", sequence, sequence, "id-" + sequence, body).encoded();
  }

  private FaultyDisk disk(String name, long seed) throws IOException {
    Path root = directory.resolve(name);
    return new FaultyDisk(root, directory.resolve(name + "-graves"), new Random(seed));
  }

  /** Returns what was told to be held and not handed over since. */
  private static Map<Integer, Bytes> life(HintedHandoff hints) {
    Map<Integer, Bytes> told = new HashMap<>();
    for (int call = 0; call < CALLS; call++) {
      int first = 2 * call + 1;
      List<Bytes> both = List.of(change(first), change(first + 1));
      try {
        hints.hold(EU, both);
        told.put(first, both.getFirst());
        told.put(first + 1, both.getLast());
      } catch (StoreFailure.Unavailable refused) {
        assertEquals(FailureCode.STORAGE_FULL, refused.code());
        both.forEach(
            each -> assertEquals(Optional.empty(), hints.find(EU, ChangeCodecV1.dot(each))));
      }
      if (call % 4 == 3) {
        hints.covered(EU, VersionVector.of(ASIA, first - 4));
        told.keySet().removeIf(sequence -> sequence <= first - 4);
      }
    }
    return told;
  }

  private static void assertHolds(HintedHandoff hints, Map<Integer, Bytes> told, String when) {
    told.forEach(
        (sequence, change) ->
            assertEquals(
                Optional.of(change),
                hints.find(EU, ChangeCodecV1.dot(change)),
                when + ": " + sequence));
    for (int i = 1; i <= 2 * CALLS; i++) {
      Optional<Bytes> found = hints.find(EU, ChangeCodecV1.dot(change(i)));
      assertTrue(found.isEmpty() || found.get().equals(change(i)), when + ": " + i);
    }
  }

  private long operations() throws IOException {
    try (FaultyDisk disk = disk("count", 1)) {
      try (HintedHandoff hints = open(disk.path())) {
        assertEquals(5, life(hints).size(), "the last two calls', and one that was not covered");
      }
      return disk.operations();
    }
  }

  @Test
  void whatWasToldToBeHeldSurvivesAnyFaultAndThePower() throws IOException {
    long last = operations();
    assertTrue(last > 3 * CALLS, "each call writes and forces: " + last);
    for (long at = 1; at <= last; at++) {
      for (int chance = 0; chance < CHANCES; chance++) {
        fault("once-" + at + "-" + chance, at, false, chance);
        fault("for-good-" + at + "-" + chance, at, true, chance);
      }
    }
  }

  private void fault(String name, long at, boolean forGood, long seed) throws IOException {
    Map<Integer, Bytes> told;
    try (FaultyDisk disk = disk(name, seed)) {
      if (forGood) {
        disk.failFrom(at);
      } else {
        disk.failOnce(at);
      }
      HintedHandoff hints = open(disk.path());
      told = life(hints);
      assertHolds(hints, told, name + ", in the same life");
      assertTrue(disk.struck().isPresent(), name);
      hints.close();
      disk.losePower();
    }
    Path real = directory.resolve(name);
    try (HintedHandoff next = open(real)) {
      assertHolds(next, told, name + ", in the next life");
      List<Bytes> all =
          IntStream.rangeClosed(1, 2 * CALLS).mapToObj(HintFaultTest::change).toList();
      next.hold(EU, all);
      all.forEach(
          each -> assertEquals(Optional.of(each), next.find(EU, ChangeCodecV1.dot(each)), name));
    }
  }

  @Test
  void whatAKilledProcessDidNotForceIsForcedBeforeItIsPromised() throws IOException {
    for (int seed = 0; seed < 50; seed++) {
      String name = "again-" + seed;
      try (FaultyDisk disk = disk(name, seed)) {
        disk.failOnce(5); // the force of the first file, behind parent, file, head and directory
        HintedHandoff killed = open(disk.path());
        assertThrows(
            StoreFailure.Unavailable.class, () -> killed.hold(EU, List.of(change(1), change(2))));
        HintedHandoff next = open(disk.path());
        next.hold(EU, List.of(change(1), change(2)));
        next.close();
        killed.close();
        disk.losePower();
      }
      try (HintedHandoff last = open(directory.resolve(name))) {
        assertHolds(last, Map.of(1, change(1), 2, change(2)), name);
      }
    }
  }

  @Test
  void aFileWhoseForceFailedTakesNothingMore() throws IOException {
    try (FaultyDisk disk = disk("broken", 1);
        HintedHandoff hints = open(disk.path())) {
      hints.hold(EU, List.of(change(1)));
      disk.failOnce(disk.operations() + 2);
      assertThrows(StoreFailure.Unavailable.class, () -> hints.hold(EU, List.of(change(2))));
      assertTrue(disk.struck().orElseThrow().contains("force"), disk.struck().toString());
      assertEquals(Optional.empty(), hints.find(EU, ChangeCodecV1.dot(change(2))));
      assertEquals(1, hints.held().getFirst().changes());
      hints.hold(EU, List.of(change(2)));
      assertHolds(hints, Map.of(1, change(1), 2, change(2)), "after it");
      assertTrue(java.nio.file.Files.exists(directory.resolve("broken").resolve("eu-2.hints")));
    }
  }

  @Test
  void oneForceServesAllWhoWroteBeforeIt() throws IOException {
    try (FaultyDisk disk = disk("group", 1)) {
      HintWriter writer = new HintDirectory(disk.path()).create(EU);
      writer.append(ByteBuffer.allocate(10));
      writer.append(ByteBuffer.allocate(10));
      assertFalse(writer.isForced(14));
      long before = disk.operations();
      writer.force(14);
      writer.force(24);
      assertEquals(before + 1, disk.operations());
      assertTrue(writer.isForced(24));
      writer.append(ByteBuffer.allocate(10));
      disk.failOnce(disk.operations() + 1);
      assertThrows(IOException.class, () -> writer.force(34));
      assertThrows(IOException.class, () -> writer.force(34), "a force is not tried again");
      assertFalse(writer.isForced(34));
      assertFalse(writer.isOpen());
      writer.force(24); // and what was forced stays so
      writer.abandon();
    }
  }

  @Test
  void aHintThatCannotBeReadNowIsFoundLaterOrWrittenAnew() throws IOException {
    try (FaultyDisk disk = disk("unreadable", 1);
        HintedHandoff hints = open(disk.path())) {
      hints.hold(EU, List.of(change(1), change(2)));
      disk.failReadsOf("eu-1.hints");
      assertEquals(Optional.empty(), hints.find(EU, ChangeCodecV1.dot(change(1))));
      assertEquals(1, hints.damaged());
      hints.hold(EU, List.of(change(1)));
      assertEquals(Optional.of(change(1)), hints.find(EU, ChangeCodecV1.dot(change(1))));
      assertEquals(2, hints.held().getFirst().changes());
      disk.failReadsOf("");
      assertHolds(hints, Map.of(1, change(1), 2, change(2)), "readable again");
    }
  }
}
