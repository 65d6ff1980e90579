package dev.meridian.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.meridian.clock.VersionId;
import dev.meridian.document.Change;
import dev.meridian.document.ConflictSettings;
import dev.meridian.document.DocumentId;
import dev.meridian.document.JsonPointer;
import dev.meridian.document.Lineage;
import dev.meridian.document.MergeRule;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is counted and kept while versions stand side by side. */
class ConflictFiguresTest {

  private static final ConflictSettings DELETE_WINS =
      new ConflictSettings(ConflictSettings.Policy.LWW, Map.of(), true);

  @TempDir Path directory;

  @Test
  void documentsAreCountedAnewWhenTheSettingsShowOthers() throws IOException {
    try (RegionsApart regions = new RegionsApart(directory, "eu", "us")) {
      regions.put("eu", "x", "{}");
      regions.heal();
      regions.put("eu", "x", "{\"k\":1}");
      regions.delete("us", "x");
      regions.heal();
      assertFigures(regions, 1, 7);
      regions.configure("us", 100, DELETE_WINS);
      regions.heal();
      assertFigures(regions, 0, 0);
      regions.configure("eu", 100, ConflictSettings.DEFAULTS);
      regions.heal();
      assertFigures(regions, 1, 7);
      regions.put("us", "x", "{\"k\":22}");
      regions.heal();
      assertFigures(regions, 1, 8);
    }
  }

  /**
   * An operation collides with a deletion that had not seen it, and with what was written after
   * that. Who has seen all of them has one document before them.
   */
  @Test
  void aConflictIsOverWhenAnOperationHasSeenAllOfIt() throws IOException {
    try (RegionsApart regions = new RegionsApart(directory, "eu", "us")) {
      regions.putFielded("eu", "x", "{}");
      regions.heal();
      regions.increment("us", "x");
      regions.delete("eu", "x");
      regions.putFielded("eu", "x", "{}");
      regions.heal();
      assertEquals(List.of(Optional.empty()), ends(regions, "eu"));
      regions.increment("us", "x");
      VersionId seenBoth = regions.at("us").find("x").orElseThrow().version();
      assertEquals(List.of(Optional.of(seenBoth)), ends(regions, "us"));
      regions.increment("us", "x");
      regions.put("us", "x", "{}");
      regions.heal();
      assertEquals(List.of(Optional.of(seenBoth)), ends(regions, "us"));
      assertEquals(List.of(Optional.of(seenBoth)), ends(regions, "eu"));
    }
  }

  /** Only so many versions are looked at, and some are not kept. */
  @Test
  void aConflictOfWhichPartIsOutOfSightIsRemembered() {
    List<Change> sequence = NaiveLineage.random(new Random(1), 2, 1);
    VersionId first = sequence.getFirst().version();
    ConflictRecord.Conflict known =
        new ConflictRecord.Conflict(
            first, Optional.empty(), List.of(first), Optional.empty(), false);
    Lineage lineage = new Lineage(sequence);
    Standing now = Standing.of(lineage);
    ConflictRecord.Conflict told =
        ConflictRecord.of(lineage, now, now, List.of(known)).conflicts().getFirst();
    assertEquals(first, told.key());
    assertEquals(Optional.of(sequence.getLast().version()), told.closedBy());
  }

  private static List<Optional<VersionId>> ends(RegionsApart regions, String region) {
    return regions
        .at(region)
        .engine
        .conflicts(EngineRig.C, new DocumentId("x"))
        .orElseThrow()
        .conflicts()
        .stream()
        .map(ConflictRecord.Conflict::closedBy)
        .toList();
  }

  private static void assertFigures(RegionsApart regions, long count, long bytes)
      throws IOException {
    for (String region : regions.regions()) {
      CollectionState open = regions.at(region).engine.collection(EngineRig.C);
      assertEquals(count, open.count(), region);
      assertEquals(bytes, open.bytes(), region);
      try (EngineRig copy = regions.copyOf(region)) {
        assertEquals(count, copy.engine.collection(EngineRig.C).count(), "read again " + region);
        assertEquals(bytes, copy.engine.collection(EngineRig.C).bytes(), "read again " + region);
      }
    }
  }

  /** A start reads the log after the tables, which were merged by what stands side by side now. */
  @Test
  void aStartCountsTheSameHoweverTablesWereMergedMeanwhile() throws Exception {
    try (RegionsApart regions = new RegionsApart(directory, "eu", "us")) {
      EngineRig eu = regions.at("eu");
      eu.engine.collectBelow(eu.engine::vector);
      regions.configure("eu", 1, DELETE_WINS);
      regions.put("us", "x", "{}");
      regions.delete("us", "x");
      regions.put("eu", "x", "{\"k\":1}");
      flush(eu, 1);
      regions.bring("us", "eu");
      flush(eu, 2);
      assertEquals(0, eu.engine.collection(EngineRig.C).count());
      regions.put("us", "x", "{\"k\":2}");
      regions.bring("us", "eu");
      assertEquals(1, eu.engine.collection(EngineRig.C).count());
      regions.wall.advance(4_000);
      awaitTables(eu, 1); // merged when idle
      try (EngineRig copy = regions.copyOf("eu")) {
        assertEquals(1, copy.engine.collection(EngineRig.C).count());
      }
    }
  }

  /** How much history a region keeps must not decide what it shows. */
  @Test
  void whatOthersMayStillBaseUponIsNotMergedAway() throws Exception {
    ConflictSettings sums =
        new ConflictSettings(
            ConflictSettings.Policy.MERGE,
            Map.of(JsonPointer.parse("/n"), new MergeRule(MergeRule.Kind.SUM_DELTAS, "")),
            false);
    try (RegionsApart regions = new RegionsApart(directory, "eu", "us")) {
      regions.configure("eu", 1, sums);
      regions.put("eu", "x", "{\"n\":1}");
      regions.heal();
      EngineRig eu = regions.at("eu");
      eu.engine.collectBelow(regions.at("us").engine::vector);
      regions.put("us", "x", "{\"n\":101}");
      flush(eu, 1);
      for (int n = 2; n < 6; n++) {
        regions.put("eu", "x", "{\"n\":" + n + "}");
        flush(eu, n);
      }
      regions.wall.advance(4_000);
      awaitTables(eu, 1);
      regions.heal();
      for (String region : regions.regions()) {
        assertEquals("{\"n\":105}", regions.shown(region, "x"), region);
      }
    }
  }

  @Test
  void operationsSideBySideAfterVeryManyFindTheWriteTheyAreDoneOn() throws IOException {
    try (RegionsApart regions = new RegionsApart(directory, "eu", "us")) {
      regions.put("eu", "x", "{\"k\":1}");
      for (int i = 0; i < 300; i++) {
        regions.increment("eu", "x");
      }
      regions.heal();
      regions.increment("eu", "x");
      regions.increment("us", "x");
      regions.heal();
      for (String region : regions.regions()) {
        assertEquals("{\"k\":1,\"n\":302}", regions.shown(region, "x"), region);
        assertEquals(1, regions.at(region).engine.collection(EngineRig.C).count(), region);
        assertEquals(7, regions.at(region).engine.collection(EngineRig.C).bytes(), region);
      }
    }
  }

  private static void flush(EngineRig rig, int tables) throws InterruptedException {
    rig.engine.flush();
    awaitTables(rig, tables);
  }

  private static void awaitTables(EngineRig rig, int tables) throws InterruptedException {
    for (int i = 0; rig.engine.stats().tables().size() != tables; i++) {
      assertTrue(i < 6_000, "tables: " + rig.engine.stats().tables().size());
      Thread.sleep(5);
    }
  }
}
