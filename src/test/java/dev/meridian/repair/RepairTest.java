package dev.meridian.repair;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.VersionVector;
import dev.meridian.document.Bytes;
import dev.meridian.document.Change;
import dev.meridian.document.CollectionName;
import dev.meridian.document.DocumentId;
import dev.meridian.document.Precondition;
import dev.meridian.document.StoredDocument;
import dev.meridian.engine.ConflictRecord;
import dev.meridian.engine.Counted;
import dev.meridian.engine.EngineRig;
import dev.meridian.engine.EngineSettings;
import dev.meridian.engine.Harm;
import dev.meridian.engine.HashedCollection;
import dev.meridian.engine.Mutation;
import dev.meridian.engine.StoredKey;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever one of two regions lost comes back, and nothing else does. */
class RepairTest {

  private static final EngineSettings ENGINE =
      EngineSettings.defaults().withMemtableBytes(256 << 10).withOperationsPerRecord(4);

  private static final RepairSettings SMALL_PAGES = RepairSettings.defaults().withPages(7, 50);

  @TempDir Path directory;

  private MendedRegions regions() throws IOException {
    return new MendedRegions(directory, ENGINE, SMALL_PAGES, "eu", "us");
  }

  private static void fill(EngineRig rig, int from, int to) {
    for (int at = from; at < to; at += 500) {
      List<Mutation> puts = new ArrayList<>();
      for (int i = at; i < Math.min(at + 500, to); i++) {
        puts.add(
            new Mutation.Put(
                EngineRig.C,
                new DocumentId("d" + i),
                Bytes.utf8("{\"n\":" + i + "}"),
                Precondition.NONE,
                ""));
      }
      rig.apply(puts);
    }
  }

  private static String[] ids(int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> "d" + i).toArray(String[]::new);
  }

  private static void assertSame(MendedRegions regions) {
    HashedCollection eu = regions.hashed("eu");
    HashedCollection us = regions.hashed("us");
    assertArrayEquals(eu.tree().upper(), us.tree().upper());
    assertEquals(eu.state().digest(), us.state().digest());
    assertEquals(eu.state().count(), us.state().count());
    assertEquals(eu.state().bytes(), us.state().bytes());
    assertEquals(0, (int) MendedRegions.await(regions.antiEntropy("eu").check()));
    assertEquals(0, (int) MendedRegions.await(regions.antiEntropy("us").check()));
  }

  private static CollectionReport only(RepairReport report) {
    assertEquals(1, report.collections().size(), report::toString);
    return report.collections().getFirst();
  }

  @Test
  void whatEitherLostIsPutBack() throws IOException {
    try (MendedRegions regions = regions()) {
      fill(regions.rig("eu"), 0, 300);
      fill(regions.rig("us"), 300, 600);
      regions.tellAll();
      assertEquals(40, regions.damage("eu", Harm.LOSE, ids(280, 320)));
      assertEquals(25, regions.damage("us", Harm.LOSE, ids(0, 25)));
      assertTrue(regions.rig("eu").body("d300").isEmpty());
      assertTrue(regions.rig("us").body("d3").isEmpty());

      CollectionReport report = only(regions.repair("eu", "us"));
      assertEquals(40, report.received());
      assertEquals(25, report.sent());
      assertEquals(65, report.keys());
      assertSame(regions);
      assertEquals(Optional.of("{\"n\":300}"), regions.rig("eu").body("d300"));
      assertEquals(Optional.of("{\"n\":3}"), regions.rig("us").body("d3"));
      assertEquals(600, regions.hashed("eu").state().count());

      regions.restart("eu");
      regions.restart("us");
      assertSame(regions);
      assertTrue(regions.repair("us", "eu").collections().isEmpty());
    }
  }

  @Test
  void bytesThatAreNotThoseThatWereWrittenAreReplaced() throws IOException {
    try (MendedRegions regions = regions()) {
      fill(regions.rig("eu"), 0, 50);
      regions.tellAll();
      assertEquals(3, regions.damage("us", Harm.ALTER, ids(0, 3))); // made by the other one
      assertEquals(2, regions.damage("eu", Harm.ALTER, ids(10, 12))); // its own
      assertNotEquals(Optional.of("{\"n\":0}"), regions.rig("us").body("d0"));

      regions.repair("us", "eu");
      assertSame(regions);
      for (int i = 0; i < 50; i++) {
        assertEquals(Optional.of("{\"n\":" + i + "}"), regions.rig("eu").body("d" + i));
        assertEquals(Optional.of("{\"n\":" + i + "}"), regions.rig("us").body("d" + i));
      }
      regions.rig("us").engine.flush();
      regions.restart("us");
      regions.restart("eu");
      assertSame(regions);
      assertEquals(Optional.of("{\"n\":10}"), regions.rig("eu").body("d10"));
      assertEquals(Optional.of("{\"n\":0}"), regions.rig("us").body("d0"));
    }
  }

  @Test
  void whatIsUnderWayIsNoDifference() throws IOException {
    try (MendedRegions regions = regions()) {
      fill(regions.rig("eu"), 0, 50);
      regions.tellAll();
      fill(regions.rig("eu"), 40, 60);
      VersionVector before = regions.rig("us").engine.vector();
      CollectionReport report = only(regions.repair("us", "eu"));
      assertEquals(20, report.keys());
      assertEquals(20, report.underWay());
      assertEquals(0, report.sent() + report.received());
      assertEquals(before, regions.rig("us").engine.vector());
      assertTrue(regions.rig("us").body("d59").isEmpty());
      report = only(regions.repair("eu", "us"));
      assertEquals(20, report.underWay());
      assertEquals(0, report.sent() + report.received());
      regions.tellAll();
      assertSame(regions);
    }
  }

  /** A proof tells what was acknowledged before it was asked for, though that is not safe yet. */
  @Test
  void aProofWaitsUntilWhatWasAcknowledgedIsSafe() throws IOException {
    try (MendedRegions regions = regions()) {
      fill(regions.rig("eu"), 0, 10);
      regions.tellAll();
      for (String region : List.of("eu", "us")) {
        regions.unsafe.add(region);
        CompletionStage<ProofReport> proof = regions.antiEntropy("eu").prove();
        assertEquals(
            ProofReport.State.RUNNING, regions.antiEntropy("eu").proof().orElseThrow().state());
        regions.unsafe.clear();
        ProofReport report = MendedRegions.await(proof);
        assertTrue(report.isIdentical(), report.toString());
        assertEquals(10, report.collections().getFirst().count());
      }
    }
  }

  @Test
  void aDeletionThatWasLostDoesNotBringTheDocumentBack() throws IOException {
    try (MendedRegions regions = regions()) {
      fill(regions.rig("eu"), 0, 10);
      regions.tellAll();
      regions.rig("eu").delete("d1");
      regions.rig("eu").put("d2", "{\"n\":\"newer\"}");
      regions.tellAll();
      regions.damage("us", Harm.LOSE, "d1", "d2");
      regions.repair("us", "eu");
      assertSame(regions);
      assertTrue(regions.rig("eu").body("d1").isEmpty());
      assertTrue(regions.rig("us").body("d1").isEmpty());
      assertEquals(Optional.of("{\"n\":\"newer\"}"), regions.rig("us").body("d2"));
      assertEquals(9, regions.hashed("us").state().count());
      // The past, too.
      assertEquals(
          2, regions.rig("us").engine.versions(EngineRig.C, id("d2"), Optional.empty(), 9).size());
    }
  }

  private static String shown(EngineRig rig, String document) {
    return rig.find(document)
        .filter(StoredDocument.LiveDocument.class::isInstance)
        .map(found -> ((StoredDocument.LiveDocument) found).body().utf8())
        .orElse("nothing");
  }

  private static DocumentId id(String id) {
    return new DocumentId(id);
  }

  @Test
  void versionsSideBySideComeBackAsTheyWere() throws IOException {
    try (MendedRegions regions = regions()) {
      fill(regions.rig("eu"), 0, 20);
      regions.tellAll();
      for (int i = 0; i < 10; i++) {
        regions.rig("eu").put("d" + i, "{\"at\":\"eu\"}");
        regions.rig("us").put("d" + i, "{\"at\":\"us\"}");
      }
      regions.tellAll();
      assertSame(regions);
      regions.damage("eu", Harm.LOSE, ids(0, 5));
      regions.damage("us", Harm.LOSE, ids(3, 8));
      regions.repair("eu", "us");
      assertSame(regions);
      for (int i = 0; i < 10; i++) {
        var eu = regions.rig("eu").engine.conflicts(EngineRig.C, id("d" + i)).orElseThrow();
        var us = regions.rig("us").engine.conflicts(EngineRig.C, id("d" + i)).orElseThrow();
        // Those that both lost, d3 and d4, are gone.
        assertEquals(eu.heads(), us.heads());
        assertEquals(eu.base(), us.base());
        assertEquals(eu.conflicts(), us.conflicts());
        assertEquals(regions.rig("eu").body("d" + i), regions.rig("us").body("d" + i));
        boolean lost = i == 3 || i == 4;
        assertEquals(lost, regions.rig("eu").body("d" + i).isEmpty());
      }
      regions.restart("eu");
      regions.restart("us");
      assertSame(regions);
    }
  }

  /** Operations are gone from the tables once a record has them: the record has to come back. */
  @Test
  void countersThatWereLostCountOn() throws IOException {
    try (MendedRegions regions = regions()) {
      Counted.put(regions.rig("eu"), "d1");
      Counted.put(regions.rig("eu"), "d2");
      regions.tellAll();
      for (int i = 0; i < 30; i++) {
        Counted.increment(regions.rig(i % 3 == 0 ? "us" : "eu"), "d" + (1 + i % 2));
        regions.tellAll();
      }
      assertEquals("{\"n\":15}", shown(regions.rig("us"), "d1"));
      regions.damage("us", Harm.LOSE, "d1");
      regions.damage("eu", Harm.LOSE, "d2");
      regions.repair("us", "eu");
      assertSame(regions);
      for (String region : List.of("eu", "us")) {
        assertEquals("{\"n\":15}", shown(regions.rig(region), "d1"), region);
        assertEquals("{\"n\":15}", shown(regions.rig(region), "d2"), region);
      }
      Counted.increment(regions.rig("us"), "d1");
      Counted.increment(regions.rig("eu"), "d2");
      regions.tellAll();
      regions.restart("us");
      for (String region : List.of("eu", "us")) {
        assertEquals("{\"n\":16}", shown(regions.rig(region), "d1"), region);
        assertEquals("{\"n\":16}", shown(regions.rig(region), "d2"), region);
      }
      assertSame(regions);
    }
  }

  /** One region has merged its tables, the other one has not. */
  @Test
  void historyThatMayGoIsNotPutBack() throws IOException {
    try (MendedRegions regions = regions()) {
      fill(regions.rig("eu"), 0, 2);
      for (int i = 0; i < 150; i++) {
        regions.rig("eu").put("d1", "{\"i\":" + i + "}");
      }
      regions.tellAll();
      for (String region : List.of("eu", "us")) {
        EngineRig rig = regions.rig(region);
        rig.engine.collectBelow(rig.engine::vector);
      }
      assertEquals(1, regions.damage("eu", Harm.LOSE, "d0"));
      StoredKey key = StoredKey.document(EngineRig.C, id("d1"));
      int left = regions.rig("eu").engine.copy(key).versions().size();
      assertTrue(left < 110, left + " versions");
      assertEquals(151, regions.rig("us").engine.copy(key).versions().size());
      regions.rig("eu").put("d1", "{\"i\":\"under way\"}");
      for (String asks : List.of("eu", "us")) {
        CollectionReport report = only(regions.repair(asks, asks.equals("eu") ? "us" : "eu"));
        int lost = asks.equals("eu") ? 1 : 0;
        assertEquals(lost, report.received(), asks + report);
        assertEquals(0, report.sent(), asks + report);
      }
      assertEquals(left + 1, regions.rig("eu").engine.copy(key).versions().size());
    }
  }

  /** States do not tell that they lack an operation, when they have one that came after it. */
  @Test
  void aStateThatLacksSomethingDoesNotReplaceOneThatIsWhole() throws IOException {
    for (String asks : List.of("eu", "us")) {
      try (MendedRegions regions =
          new MendedRegions(directory.resolve(asks), ENGINE, SMALL_PAGES, "eu", "us")) {
        Counted.put(regions.rig("eu"), "d1");
        for (int i = 0; i < 5; i++) {
          Counted.increment(regions.rig("eu"), "d1");
          regions.tellAll();
        }
        assertEquals(1, regions.damage("us", Harm.LOSE_NEWEST, "d1"));
        Counted.increment(regions.rig("eu"), "d1");
        regions.tellAll();
        regions.restart("us");
        assertEquals("{\"n\":5}", shown(regions.rig("us"), "d1"), "nothing is lost");
        Counted.increment(regions.rig("eu"), "d1"); // under way, so that the heads differ
        regions.repair(asks, asks.equals("eu") ? "us" : "eu");
        regions.tellAll();
        for (String region : List.of("eu", "us")) {
          assertEquals("{\"n\":7}", shown(regions.rig(region), "d1"), region);
          regions.restart(region);
          assertEquals("{\"n\":7}", shown(regions.rig(region), "d1"), region);
        }
        assertSame(regions);
      }
    }
  }

  /** The writer remembers the write behind operations, and that is lost, too. */
  @Test
  void whatIsRememberedOfALostDocumentIsNotTakenToBeThere() throws IOException {
    try (MendedRegions regions = regions()) {
      EngineRig us = regions.rig("us");
      Counted.put(regions.rig("eu"), "d1");
      Counted.put(us, "d1");
      regions.tellAll();
      Counted.put(regions.rig("eu"), "d1");
      regions.tellAll();
      Counted.increment(regions.rig("eu"), "d1");
      Counted.increment(us, "d1");
      regions.tellAll();
      ConflictRecord told = us.engine.conflicts(EngineRig.C, id("d1")).orElseThrow();
      List<Change> versions = us.engine.copy(StoredKey.document(EngineRig.C, id("d1"))).versions();
      assertEquals(5, versions.size());
      regions.damage("us", Harm.LOSE, "d1");
      us.apply(new Mutation.Repaired(versions.getLast(), false));
      assertEquals(
          List.of(versions.getLast().version()),
          us.engine.conflicts(EngineRig.C, id("d1")).orElseThrow().heads());
      regions.repair("us", "eu");
      assertSame(regions);
      ConflictRecord mended = us.engine.conflicts(EngineRig.C, id("d1")).orElseThrow();
      assertEquals(told.heads(), mended.heads());
      assertEquals(told.conflicts(), mended.conflicts());
      assertEquals("{\"n\":2}", shown(us, "d1"));
      regions.restart("us");
      assertSame(regions);
    }
  }

  @Test
  void afterACountOnlyWhatWasFoundIsThere() throws IOException {
    try (MendedRegions regions = regions()) {
      fill(regions.rig("eu"), 0, 1);
      regions.rig("eu").apply(new Mutation.Drop(EngineRig.C, ""));
      Counted.put(regions.rig("eu"), "d1");
      regions.tellAll();
      for (int i = 0; i < 2; i++) {
        Counted.increment(regions.rig("eu"), "d1");
        regions.tellAll();
      }
      regions.damage("us", Harm.LOSE, "d1");
      assertEquals(1, (int) MendedRegions.await(regions.antiEntropy("us").check()));
      for (int i = 0; i < 2; i++) {
        Counted.increment(regions.rig("eu"), "d1");
        regions.tellAll();
      }
      assertEquals(0, regions.hashed("us").state().count());
      regions.rig("eu").put("d1", "{\"n\":1}");
      regions.tellAll();
      assertEquals("{\"n\":1}", shown(regions.rig("us"), "d1"));
      assertSame(regions);
    }
  }

  @Test
  void aWriteThatComesBackBeneathAnOperationCountsWhateverCollidedBefore() throws IOException {
    try (MendedRegions regions = regions()) {
      EngineRig us = regions.rig("us");
      Counted.put(regions.rig("eu"), "d1");
      Counted.put(us, "d1");
      regions.tellAll();
      Counted.put(regions.rig("eu"), "d1");
      Counted.increment(regions.rig("eu"), "d1");
      regions.tellAll();
      List<Change> versions = us.engine.copy(StoredKey.document(EngineRig.C, id("d1"))).versions();
      assertEquals(4, versions.size());
      regions.damage("us", Harm.LOSE, "d1");
      assertEquals(1, (int) MendedRegions.await(regions.antiEntropy("us").check()));
      versions.forEach(each -> us.apply(new Mutation.Repaired(each, false)));
      assertSame(regions);
      regions.restart("us");
      assertSame(regions);
    }
  }

  @Test
  void aWriteThatIsReplacedBeneathAnOperationCounts() throws IOException {
    try (MendedRegions regions = regions()) {
      EngineRig us = regions.rig("us");
      Counted.put(regions.rig("eu"), "d1");
      regions.tellAll();
      Change write =
          us.engine.copy(StoredKey.document(EngineRig.C, id("d1"))).versions().getFirst();
      assertEquals(1, regions.damage("us", Harm.ALTER, "d1"));
      assertEquals(1, (int) MendedRegions.await(regions.antiEntropy("us").check()));
      Counted.increment(regions.rig("eu"), "d1");
      regions.tellAll();
      us.apply(new Mutation.Repaired(write, true));
      assertSame(regions);
      regions.restart("us");
      assertSame(regions);
    }
  }

  @Test
  void whatCameBackIsSeenByReadsOfThePastAfterAStart() throws IOException {
    try (MendedRegions regions = regions()) {
      fill(regions.rig("eu"), 0, 10);
      regions.tellAll();
      HlcTimestamp latest = regions.rig("us").engine.latest();
      regions.damage("us", Harm.LOSE, "d9");
      regions.repair("us", "eu");
      assertEquals(latest, regions.rig("us").engine.latest());
      regions.restart("us");
      assertEquals(latest, regions.rig("us").engine.latest());
      assertTrue(regions.rig("us").engine.findAsOf(EngineRig.C, id("d9"), latest).isPresent());
    }
  }

  @Test
  void oneOfManyCostsLittle() throws IOException {
    MendedRegions regions =
        new MendedRegions(
            directory, EngineSettings.defaults(), RepairSettings.defaults(), "eu", "us");
    try (regions) {
      fill(regions.rig("eu"), 0, 36_000);
      regions.tellAll();
      RepairReport none = regions.repair("us", "eu", false);
      assertTrue(none.collections().isEmpty());
      assertTrue(none.bytesIn() + none.bytesOut() <= 2_000, none::toString);
      regions.damage("us", Harm.LOSE, "d17000");
      RepairReport one = regions.repair("us", "eu");
      assertEquals(1, only(one).received());
      assertEquals(1, only(one).differing());
      assertTrue(one.bytesIn() + one.bytesOut() <= 20_000, one::toString);
      assertSame(regions);
    }
  }

  @Test
  void aCollectionThatIsUnknownHereIsNoDifferenceUntilItIsHere() throws IOException {
    try (MendedRegions regions = regions()) {
      CollectionName other = new CollectionName("other");
      regions
          .rig("eu")
          .apply(new Mutation.Put(other, id("a"), Bytes.utf8("{}"), Precondition.NONE, ""));
      assertEquals(1, only(regions.repair("us", "eu")).underWay());
      assertFalse(regions.rig("us").engine.collection(other).exists());
      regions.tellAll();
      assertTrue(regions.repair("us", "eu").collections().isEmpty());
    }
  }

  @Test
  void whateverDivergesByChanceIsMended() throws IOException {
    long seed = Long.getLong("meridian.seed", new Random().nextLong());
    System.out.println("RepairTest seed=" + seed);
    Random random = new Random(seed);
    try (MendedRegions regions = regions()) {
      for (int round = 0; round < 6; round++) {
        diverge(regions, random);
        regions.tellAll();
        assertSame(regions);
        Map<String, Optional<String>> before = bodies(regions.rig("eu"));
        // Of each document one region keeps what there is.
        int some = random.nextInt(60);
        regions.damage("eu", anyHarm(random), ids(0, some));
        regions.damage("us", anyHarm(random), ids(some, 60));
        if (random.nextBoolean()) {
          regions.restart(random.nextBoolean() ? "us" : "eu");
        }
        boolean euAsks = random.nextBoolean();
        regions.repair(euAsks ? "eu" : "us", euAsks ? "us" : "eu");
        assertSame(regions);
        assertEquals(before, bodies(regions.rig("eu")));
        assertEquals(before, bodies(regions.rig("us")));
      }
    }
  }

  private static Harm anyHarm(Random random) {
    return Harm.values()[random.nextInt(Harm.values().length)];
  }

  /** Both write what they like and hear of some of it. */
  private static void diverge(MendedRegions regions, Random random) {
    for (int i = 0; i < 150; i++) {
      EngineRig rig = regions.rig(random.nextBoolean() ? "eu" : "us");
      String document = "d" + random.nextInt(60);
      if (random.nextInt(4) == 0) {
        rig.delete(document);
      } else {
        rig.put(document, "{\"n\":" + random.nextInt() + "}");
      }
      if (random.nextInt(10) == 0) {
        regions.tell("us", "eu");
      }
      if (random.nextInt(10) == 0) {
        regions.tell("eu", "us");
      }
    }
  }

  private static Map<String, Optional<String>> bodies(EngineRig rig) {
    Map<String, Optional<String>> bodies = new TreeMap<>();
    for (String id : ids(0, 60)) {
      bodies.put(id, rig.body(id));
    }
    return bodies;
  }
}
