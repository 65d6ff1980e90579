package dev.meridian.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionVector;
import dev.meridian.clock.Watermark;
import dev.meridian.document.Bytes;
import dev.meridian.document.Change;
import dev.meridian.document.ChangeCodecV1;
import dev.meridian.document.CollectionName;
import dev.meridian.document.DocumentId;
import dev.meridian.document.FailureCode;
import dev.meridian.document.Precondition;
import dev.meridian.document.Revision;
import dev.meridian.document.StoredDocument.Tombstone;
import dev.meridian.simulation.Changes;
import dev.meridian.simulation.ManualClock;
import dev.meridian.wal.DiskLogDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogStructuredEngineTest {

  private static final long NOW = 1_764_000_000_000L;
  private static final ReplicaId EU = new ReplicaId("eu");
  private static final ReplicaId US = new ReplicaId("us");

  @TempDir Path directory;
  private final ManualClock wall = new ManualClock(NOW);
  private EngineRig rig;

  @BeforeEach
  void start() throws IOException {
    rig = open("eu", EngineSettings.defaults());
  }

  @AfterEach
  void stop() throws IOException {
    rig.close();
  }

  private EngineRig open(String region, EngineSettings settings) throws IOException {
    return EngineRig.in(directory).region(region).settings(settings).wall(wall).open();
  }

  private EngineRig over(GatedLogDirectory disk) throws IOException {
    return EngineRig.in(Files.createDirectories(directory.resolve("gated")))
        .log(disk)
        .wall(wall)
        .open();
  }

  private void restart(EngineSettings settings) throws IOException {
    rig.close();
    rig = open("eu", settings);
  }

  @Test
  void aWriteIsReadableOnceItIsAnswered() {
    Outcome.Applied first = assertInstanceOf(Outcome.Applied.class, rig.put("a", "{\"n\":1}"));
    assertTrue(first.created());
    Outcome.Applied second = assertInstanceOf(Outcome.Applied.class, rig.put("a", "{\"n\":2}"));
    assertFalse(second.created());
    assertTrue(second.change().hlc().isAfter(first.change().hlc()));
    assertEquals(Optional.of("{\"n\":2}"), rig.body("a"));
    assertEquals(VersionVector.of(EU, 2), rig.engine.vector());
    assertEquals(1, rig.engine.collection(EngineRig.C).count());
    assertEquals(7, rig.engine.collection(EngineRig.C).bytes());
  }

  @Test
  void onlyAWriteThatAsksForNoDurabilityIsAnsweredBeforeTheForce() throws IOException {
    GatedLogDirectory disk =
        new GatedLogDirectory(new DiskLogDirectory(directory.resolve("gated")));
    try (EngineRig gated = over(disk)) {
      gated.put("before", "{}");
      disk.shut();
      EngineRig.await(gated.start("none", "{}", StorageEngine.Sync.DECIDED));
      var forced = gated.start("local", "{}", StorageEngine.Sync.FORCED);
      assertEquals(Optional.empty(), gated.body("none"), "what is not forced is not read");
      assertFalse(forced.isDone());
      disk.open();
      EngineRig.await(forced);
      assertEquals(Optional.of("{}"), gated.body("none"));
    }
  }

  @Test
  void afterAFailedForceNothingIsAcceptedAndReadsGoOn() throws IOException {
    GatedLogDirectory disk =
        new GatedLogDirectory(new DiskLogDirectory(directory.resolve("gated")));
    try (EngineRig gated = over(disk)) {
      gated.put("before", "{}");
      disk.failForces();
      assertEquals(FailureCode.OUTCOME_UNKNOWN, failure(gated.put("lost", "{}")));
      assertEquals(FailureCode.STORAGE_FAILED, failure(gated.put("after", "{}")));
      assertFalse(gated.engine.acceptsWrites());
      assertEquals(Optional.of("{}"), gated.body("before"));
      assertEquals(Optional.empty(), gated.body("lost"));
    }
  }

  @Test
  void aDeletedDocumentLeavesATombstoneAndCanBeMadeAnew() {
    rig.put("a", "{}");
    assertInstanceOf(Outcome.Applied.class, rig.delete("a"));
    assertInstanceOf(Tombstone.class, rig.find("a").orElseThrow());
    assertEquals(FailureCode.DOCUMENT_DELETED, failure(rig.delete("a")));
    assertEquals(FailureCode.DOCUMENT_NOT_FOUND, failure(rig.delete("b")));
    assertEquals(0, rig.engine.collection(EngineRig.C).count());
    assertTrue(assertInstanceOf(Outcome.Applied.class, rig.put("a", "{}")).created());
  }

  @Test
  void preconditionsSeeTheWritesBeforeThemInTheSameBatch() {
    DocumentId id = new DocumentId("a");
    Mutation create =
        new Mutation.Put(EngineRig.C, id, Bytes.utf8("{}"), new Precondition.Absent(), "");
    List<Outcome> outcomes = rig.apply(List.of(create, create, create));
    assertInstanceOf(Outcome.Applied.class, outcomes.get(0));
    assertEquals(FailureCode.PRECONDITION_FAILED, failure(outcomes.get(1)));
    assertEquals(FailureCode.PRECONDITION_FAILED, failure(outcomes.get(2)));
    Revision current = rig.find("a").orElseThrow().revision();
    Precondition match = new Precondition.AnyOf(List.of(current));
    Mutation replace = new Mutation.Put(EngineRig.C, id, Bytes.utf8("{}"), match, "");
    List<Outcome> races = rig.apply(List.of(replace, replace));
    assertInstanceOf(Outcome.Applied.class, races.get(0));
    assertEquals(FailureCode.PRECONDITION_FAILED, failure(races.get(1)));
  }

  @Test
  void theHighestVersionWinsInWhateverOrderTheyArrive() {
    long t = NOW << 16;
    List<Change> changes =
        List.of(
            Changes.put("us", 1, t + 5, "x", "{\"v\":1}"),
            Changes.put("ap", 1, t + 9, "x", "{\"v\":2}"),
            Changes.put("sa", 1, t + 9, "x", "{\"v\":3}"),
            Changes.put("zz", 1, t + 2, "x", "{\"v\":4}"));
    Random random = new Random(7);
    List<Change> order = new ArrayList<>(changes);
    java.util.Collections.shuffle(order, random);
    order.forEach(change -> assertInstanceOf(Outcome.Applied.class, rig.receive(change)));
    assertEquals(Optional.of("{\"v\":3}"), rig.body("x"), "a later name wins at one instant");
    assertEquals(1, rig.engine.collection(EngineRig.C).count());
    assertEquals(7, rig.engine.collection(EngineRig.C).bytes());
  }

  @Test
  void aReplicatedChangeIsAppliedOnceAndOnlyAfterItsCauses() {
    long t = NOW << 16;
    Change first = Changes.put("us", 1, t, "a", "{}");
    Change second = Changes.put("us", 2, t + 1, "b", "{}");
    assertEquals(
        new Outcome.Blocked(VersionVector.of(US, 1)), rig.receive(second), "a gap in the dots");
    assertInstanceOf(Outcome.Applied.class, rig.receive(first));
    assertInstanceOf(Outcome.Applied.class, rig.receive(second));
    assertInstanceOf(Outcome.Duplicate.class, rig.receive(first));
    VersionVector needs = VersionVector.of(US, 3);
    Change dependent =
        ChangeCodecV1.encode(
            new dev.meridian.clock.Dot(new ReplicaId("ap"), 1),
            new HlcTimestamp(t + 3),
            dev.meridian.document.ChangeKind.PUT,
            EngineRig.C,
            new DocumentId("c"),
            VersionVector.EMPTY,
            needs,
            "",
            Bytes.utf8("{}"));
    assertEquals(new Outcome.Blocked(needs), rig.receive(dependent), "a cause is missing");
    var arrival = rig.engine.whenCovers(needs).toCompletableFuture();
    assertFalse(arrival.isDone());
    rig.receive(Changes.put("us", 3, t + 2, "d", "{}"));
    EngineRig.await(arrival);
    assertInstanceOf(Outcome.Applied.class, rig.receive(dependent));
  }

  @Test
  void aTimestampTooFarAheadIsRefusedAndNothingIsLost() {
    Change ahead = Changes.put("us", 1, NOW + 60_001 << 16, "a", "{}");
    assertEquals(FailureCode.CLOCK_DRIFT, failure(rig.receive(ahead)));
    assertEquals(VersionVector.EMPTY, rig.engine.vector());
    wall.advance(10);
    assertInstanceOf(Outcome.Applied.class, rig.receive(ahead));
  }

  @Test
  void aDropTakesWhatIsOlderAndLeavesWhatIsYounger() throws IOException {
    rig.put("old", "{}");
    wall.advance(1);
    Change late = Changes.put("us", 1, NOW << 16, "late", "{}");
    assertInstanceOf(Outcome.Applied.class, rig.apply(new Mutation.Drop(EngineRig.C, "")));
    assertFalse(rig.engine.collection(EngineRig.C).exists());
    assertEquals(Optional.empty(), rig.find("old"));
    rig.receive(late);
    assertEquals(Optional.empty(), rig.find("late"), "written before the drop, arrived after it");
    assertFalse(rig.engine.collection(EngineRig.C).exists());
    assertEquals(
        FailureCode.COLLECTION_NOT_FOUND, failure(rig.apply(new Mutation.Drop(EngineRig.C, ""))));
    assertTrue(assertInstanceOf(Outcome.Applied.class, rig.put("new", "{}")).created());
    restart(EngineSettings.defaults());
    assertEquals(Optional.empty(), rig.find("old"));
    assertEquals(1, rig.engine.collection(EngineRig.C).count());
    Change olderDrop = Changes.drop("us", 2, NOW - 5 << 16, "c");
    rig.receive(olderDrop);
    assertEquals(1, rig.engine.collection(EngineRig.C).count());
    Change drop = Changes.drop("us", 3, NOW + 50 << 16, "c");
    rig.put("younger", "{}");
    rig.receive(drop);
    assertEquals(
        0, rig.engine.scan(EngineRig.C, "", Optional.empty(), 10, rig.engine.latest()).size());
  }

  @Test
  void settingsReplicateAndTheNewestAreInForce() {
    Bytes settings = Bytes.utf8("{\"requirePrecondition\":true}");
    Outcome.Applied made =
        assertInstanceOf(
            Outcome.Applied.class,
            rig.apply(new Mutation.Configure(new CollectionName("orders"), settings, "")));
    assertTrue(made.created());
    Change older =
        Changes.change(
            dev.meridian.document.ChangeKind.SETTINGS,
            "us",
            1,
            made.change().hlc().packed() - 1,
            "orders",
            "orders",
            "{}");
    rig.receive(older);
    assertEquals(
        Optional.of(settings), rig.engine.collection(new CollectionName("orders")).settings());
    assertEquals(1, rig.engine.collections().size());
  }

  @Test
  void aPromiseCoversAllThatWasStampedBeforeIt() {
    for (int i = 0; i < 20; i++) {
      Outcome.Applied applied = assertInstanceOf(Outcome.Applied.class, rig.put("a" + i, "{}"));
      Watermark promise = EngineRig.await(rig.engine.promise().toCompletableFuture());
      assertEquals(i + 1, promise.sequence());
      assertTrue(promise.hlc().isAfter(applied.change().hlc()));
      Outcome.Applied next = assertInstanceOf(Outcome.Applied.class, rig.put("b", "{}"));
      assertTrue(next.change().hlc().isAfter(promise.hlc()));
      i++;
    }
  }

  @Test
  void theClockNeverGoesBackThoughTheWallDoesAndTheProcessIsKilled() throws IOException {
    Outcome.Applied before = assertInstanceOf(Outcome.Applied.class, rig.put("a", "{}"));
    Watermark promised = EngineRig.await(rig.engine.promise().toCompletableFuture());
    // No clean close: a second engine over the same files is what a kill leaves.
    wall.set(NOW - 3_600_000);
    try (EngineRig after = open("eu", EngineSettings.defaults())) {
      Outcome.Applied next = assertInstanceOf(Outcome.Applied.class, after.put("a", "{}"));
      assertTrue(next.change().hlc().isAfter(before.change().hlc()));
      assertTrue(next.change().hlc().isAfter(promised.hlc()), "a promise was broken");
      assertEquals(2, next.change().dot().sequence());
    }
  }

  @Test
  void anotherRegionsDirectoryIsRefused() throws IOException {
    rig.put("a", "{}");
    rig.close();
    IOException refused =
        assertThrows(IOException.class, () -> open("us", EngineSettings.defaults()));
    assertTrue(refused.getMessage().contains("'eu'"), refused.getMessage());
  }

  @Test
  void aReaderOfTheFeedGetsWhatItLacksAndNothingTwice() {
    for (int i = 1; i <= 300; i++) {
      rig.put("k" + i, "{\"pad\":\"" + "x".repeat(9_000) + "\"}"); // several segments
      rig.receive(Changes.put("us", i, (NOW << 16) + i, "u" + i, "{}"));
    }
    VersionVector since = VersionVector.of(EU, 120).with(US, 200);
    List<String> dots = new ArrayList<>();
    try (ChangeFeed.Cursor cursor = rig.engine.changes().open(since, Set.of())) {
      drain(cursor, dots);
      assertEquals(180 + 100, dots.size());
      assertEquals(dots.size(), Set.copyOf(dots).size());
      rig.put("later", "{}");
      drain(cursor, dots);
      assertEquals("eu:301", dots.getLast());
    }
    List<String> own = new ArrayList<>();
    try (ChangeFeed.Cursor cursor = rig.engine.changes().open(since, Set.of(US))) {
      drain(cursor, own);
    }
    assertEquals(181, own.size());
    assertTrue(own.stream().allMatch(dot -> dot.startsWith("eu:")));
  }

  /**
   * The model is a sorted map. Every operation of the store is compared with it, through memtable,
   * tables, merges and restarts.
   */
  @Test
  void behavesLikeASortedMapThroughCheckpointsMergesAndRestarts() throws IOException {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    EngineSettings small = EngineSettings.defaults().withMemtableBytes(64 << 10);
    restart(small);
    Map<String, String> model = new TreeMap<>();
    for (int i = 0; i < 12_000; i++) {
      String id = "id-" + random.nextInt(600);
      switch (random.nextInt(20)) {
        case 0, 1, 2 -> {
          boolean deleted = rig.delete(id) instanceof Outcome.Applied;
          assertEquals(model.remove(id) != null, deleted, "seed " + seed + " step " + i);
        }
        case 3, 4, 5, 6 ->
            assertEquals(
                Optional.ofNullable(model.get(id)), rig.body(id), "seed " + seed + " step " + i);
        case 7 -> compareScan(model, random, seed);
        default -> {
          String body = "{\"n\":" + i + ",\"p\":\"" + "y".repeat(random.nextInt(200)) + "\"}";
          Outcome.Applied applied =
              assertInstanceOf(Outcome.Applied.class, rig.put(id, body), "seed " + seed);
          assertEquals(model.put(id, body) == null, applied.created(), "seed " + seed);
        }
      }
      if (random.nextInt(1500) == 0) {
        restart(small);
        assertEquals(
            model.size(), rig.engine.collection(EngineRig.C).count(), "seed " + seed + " " + i);
      }
    }
    assertTrue(rig.engine.stats().checkpoint().value() > 0, "no table was ever written");
    assertEquals(model.size(), rig.engine.collection(EngineRig.C).count(), "seed " + seed);
    assertEquals(
        model.values().stream().mapToLong(String::length).sum(),
        rig.engine.collection(EngineRig.C).bytes(),
        "seed " + seed);
    compareScan(model, random, seed);
  }

  private void compareScan(Map<String, String> model, Random random, long seed) {
    String prefix = random.nextBoolean() ? "" : "id-" + random.nextInt(10);
    Optional<String> after =
        random.nextBoolean() ? Optional.empty() : Optional.of("id-" + random.nextInt(600));
    int limit = 1 + random.nextInt(50);
    List<String> expected =
        model.entrySet().stream()
            .filter(e -> e.getKey().startsWith(prefix))
            .filter(e -> after.isEmpty() || e.getKey().compareTo(after.get()) > 0)
            .limit(limit)
            .map(e -> e.getKey() + e.getValue())
            .toList();
    List<String> found =
        rig
            .engine
            .scan(EngineRig.C, prefix, after.map(DocumentId::new), limit, rig.engine.latest())
            .stream()
            .map(document -> document.id() + document.change().body().utf8())
            .toList();
    assertEquals(expected, found, "seed " + seed);
  }

  private static void drain(ChangeFeed.Cursor cursor, List<String> dots) {
    while (true) {
      List<Bytes> changes = cursor.next(64, 1 << 16);
      if (changes.isEmpty()) {
        return;
      }
      changes.forEach(bytes -> dots.add(ChangeCodecV1.decode(bytes).dot().toString()));
    }
  }

  private static FailureCode failure(Outcome outcome) {
    return assertInstanceOf(Outcome.Failed.class, outcome).failure().code();
  }
}
