package dev.meridian.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionVector;
import dev.meridian.document.Change;
import dev.meridian.document.ChangeCodecV1;
import dev.meridian.simulation.ManualClock;
import dev.meridian.wal.LogDamagedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A region whose log has lost records in the middle: what can be read of it is kept, and what the
 * peers have fills the gap.
 */
class LogGapTest {

  private static final ReplicaId EU = new ReplicaId("eu");
  private static final int WRITES = 400;

  @TempDir Path directory;
  private final ManualClock wall = new ManualClock(1_764_000_000_000L);

  private EngineRig open(boolean hasPeers, EngineSettings settings) throws IOException {
    return EngineRig.in(directory).settings(settings).wall(wall).hasPeers(hasPeers).open();
  }

  /** Writes documents, then damages a place in the middle of the log; returns all changes. */
  private List<Change> damagedAfterWrites(long seed) throws IOException {
    List<Change> all;
    try (EngineRig rig = open(true, EngineSettings.defaults())) {
      for (int i = 0; i < WRITES; i++) {
        rig.put("id-" + i, "{\"n\":" + i + ",\"pad\":\"" + "x".repeat(200) + "\"}");
      }
      all = changes(rig);
    }
    Path segment = segments().getFirst();
    byte[] bytes = Files.readAllBytes(segment);
    Random random = new Random(seed);
    int at = 20_000 + random.nextInt(60_000);
    for (int i = 0; i < 1 + random.nextInt(600); i++) {
      bytes[at + i] ^= (byte) (1 + random.nextInt(255));
    }
    Files.write(segment, bytes);
    return all;
  }

  private List<Path> segments() throws IOException {
    try (Stream<Path> files = Files.list(directory.resolve("wal"))) {
      return files.filter(file -> file.toString().endsWith(".wal")).sorted().toList();
    }
  }

  private static List<Change> changes(EngineRig rig) {
    List<Change> changes = new ArrayList<>();
    try (ChangeFeed.Cursor cursor =
        rig.engine.changes().open(VersionVector.EMPTY, Set.<ReplicaId>of())) {
      for (var next = cursor.next(1000, 1 << 20); !next.isEmpty(); ) {
        next.forEach(bytes -> changes.add(ChangeCodecV1.decode(bytes)));
        next = cursor.next(1000, 1 << 20);
      }
    }
    return changes;
  }

  @RepeatedTest(5)
  void whatPeersHaveFillsTheGapAndWhatIsBehindItIsKept() throws Exception {
    long seed = new Random().nextLong();
    List<Change> all = damagedAfterWrites(seed);
    // The peer has the gap, but not the last writes: only this region's own log has those.
    List<Change> atPeer = all.subList(0, WRITES - 100);
    try (EngineRig rig = open(true, EngineSettings.defaults())) {
      assertTrue(rig.engine.hasLogGap());
      assertEquals(WRITES, rig.engine.salvaged(EU), "seed " + seed);
      assertTrue(rig.engine.vector().get(EU) < WRITES - 100, "seed " + seed);
      assertThrows(
          ExecutionException.class,
          () -> rig.engine.promise().toCompletableFuture().get(30, TimeUnit.SECONDS),
          "what it made is not all here");
      rig.engine.flush();
      atPeer.forEach(rig::receive);
      rig.engine
          .whenCovers(VersionVector.of(EU, WRITES))
          .toCompletableFuture()
          .get(30, TimeUnit.SECONDS);
      assertComplete(rig, seed);
      assertEquals(
          WRITES, rig.engine.promise().toCompletableFuture().get(30, TimeUnit.SECONDS).sequence());
      assertFalse(rig.engine.stats().damages().isEmpty());
      rig.put("after", "{}");
    }
    // The gap is still in the log; what filled it stands behind.
    try (EngineRig again = open(true, EngineSettings.defaults())) {
      again
          .engine
          .whenCovers(VersionVector.of(EU, WRITES + 1))
          .toCompletableFuture()
          .get(30, TimeUnit.SECONDS);
      assertComplete(again, seed);
      awaitTable(again);
    }
    // Once tables hold it all, nobody needs the damaged part, not even a region without peers.
    try (EngineRig last = open(false, EngineSettings.defaults())) {
      assertFalse(last.engine.hasLogGap());
      assertComplete(last, seed);
    }
  }

  private static void awaitTable(EngineRig rig) throws InterruptedException {
    for (int i = 0; rig.engine.stats().tables().isEmpty(); i++) {
      assertTrue(i < 6_000, "no checkpoint is made");
      Thread.sleep(5);
    }
  }

  private static void assertComplete(EngineRig rig, long seed) {
    for (int i = 0; i < WRITES; i++) {
      int n = i;
      Optional<String> body = rig.body("id-" + i);
      assertTrue(
          body.isPresent() && body.get().startsWith("{\"n\":" + n + ","),
          () -> "seed " + seed + " id-" + n + " is " + body);
    }
  }

  @Test
  void withoutPeersTheLogIsRefusedWithFileOffsetAndRecord() throws IOException {
    damagedAfterWrites(new Random().nextLong());
    LogDamagedException refused =
        assertThrows(
            LogDamagedException.class, () -> open(false, EngineSettings.defaults()).close());
    assertEquals(segments().getFirst().toString(), refused.file());
    assertTrue(refused.offset() >= 19_000, refused.getMessage());
  }
}
