package dev.meridian.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.document.Bytes;
import dev.meridian.document.Change;
import dev.meridian.document.CollectionSettings;
import dev.meridian.document.DocumentId;
import dev.meridian.document.FailureCode;
import dev.meridian.document.PlacementRules;
import dev.meridian.document.StoreFailure;
import dev.meridian.document.StoredDocument;
import dev.meridian.simulation.ManualClock;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reads of the past, against a list of everything that was ever written. */
class HistoryTest {

  /** Operations of the model test; the gate runs few. */
  private static final int OPERATIONS = Integer.getInteger("meridian.history.operations", 20_000);

  private static final EngineSettings SMALL =
      EngineSettings.defaults().withMemtableBytes(256 << 10).withCacheBytes(64 << 10);

  @TempDir Path directory;
  private final ManualClock wall = new ManualClock(1_764_000_000_000L);

  private EngineRig open(CollectionSettings history) throws IOException {
    return EngineRig.in(directory).settings(SMALL).wall(wall).history(collection -> history).open();
  }

  /** Its collection keeps one day and as many versions as its settings are bytes long. */
  private EngineRig openAdjustable() throws IOException {
    return EngineRig.in(directory)
        .settings(SMALL)
        .wall(wall)
        .history(
            collection ->
                keep(collection.settings().map(Bytes::length).orElse(100), Duration.ofDays(1)))
        .open();
  }

  private static void keepVersions(EngineRig rig, int versions) {
    rig.apply(new Mutation.Configure(EngineRig.C, Bytes.utf8("x".repeat(versions)), ""));
  }

  private static CollectionSettings keep(int versions, Duration time) {
    return new CollectionSettings(versions, time, false, PlacementRules.EVERYWHERE);
  }

  @Test
  void everyPastStateIsWhatItWas() throws IOException {
    long seed = Long.getLong("meridian.seed", new Random().nextLong());
    Random random = new Random(seed);
    CollectionSettings all = keep(10_000, Duration.ofDays(1));
    Map<String, List<Change>> model = new TreeMap<>();
    List<HlcTimestamp> instants = new ArrayList<>(List.of(HlcTimestamp.of(1, 0)));
    EngineRig rig = open(all);
    try {
      for (int i = 0; i < OPERATIONS; i++) {
        String id = "id-" + random.nextInt(Math.max(60, OPERATIONS / 300));
        switch (random.nextInt(20)) {
          case 0 -> {
            if (rig.delete(id) instanceof Outcome.Applied applied) {
              model.get(id).add(applied.change());
              instants.add(applied.change().hlc());
            }
          }
          case 1, 2, 3 -> checkDocument(rig, model, id, instant(instants, random), seed);
          case 4 -> {
            if (random.nextInt(20) == 0) {
              checkAll(rig, model, instant(instants, random), instant(instants, random), seed);
            }
          }
          case 5 -> {
            if (random.nextInt(300) == 0) {
              rig.close();
              rig = open(all);
            }
          }
          default -> {
            wall.advance(random.nextInt(3));
            Outcome put = rig.put(id, "{\"n\":" + i + "}");
            Change change = ((Outcome.Applied) put).change();
            model.computeIfAbsent(id, none -> new ArrayList<>()).add(change);
            instants.add(change.hlc());
          }
        }
      }
      assertTrue(rig.engine.stats().tables().size() > 1, "the test is about tables too");
    } finally {
      rig.close();
    }
  }

  private static HlcTimestamp instant(List<HlcTimestamp> instants, Random random) {
    HlcTimestamp instant = instants.get(random.nextInt(instants.size()));
    return random.nextBoolean() ? instant : new HlcTimestamp(instant.packed() - 1);
  }

  private static Optional<Change> at(List<Change> versions, HlcTimestamp asOf) {
    return versions.stream()
        .filter(version -> !version.hlc().isAfter(asOf))
        .reduce((older, newer) -> newer);
  }

  private static void checkDocument(
      EngineRig rig, Map<String, List<Change>> model, String id, HlcTimestamp asOf, long seed) {
    List<Change> versions = model.getOrDefault(id, List.of());
    assertEquals(
        at(versions, asOf),
        rig.engine.findAsOf(EngineRig.C, new DocumentId(id), asOf).map(StoredDocument::change),
        () -> "seed " + seed + " " + id + " as of " + asOf);
    assertEquals(
        versions.reversed(),
        rig.engine.versions(EngineRig.C, new DocumentId(id), Optional.empty(), 10_000).stream()
            .map(StoredDocument::change)
            .toList(),
        () -> "seed " + seed + " versions of " + id);
  }

  private static void checkAll(
      EngineRig rig,
      Map<String, List<Change>> model,
      HlcTimestamp one,
      HlcTimestamp other,
      long seed) {
    HlcTimestamp from = HlcTimestamp.min(one, other);
    HlcTimestamp to = HlcTimestamp.max(one, other);
    List<Change> expected = new ArrayList<>();
    List<String> differing = new ArrayList<>();
    model.forEach(
        (id, versions) -> {
          Optional<Change> then = at(versions, to).filter(change -> !change.isTombstone());
          then.ifPresent(expected::add);
          if (!then.equals(at(versions, from).filter(change -> !change.isTombstone()))) {
            differing.add(id);
          }
        });
    assertEquals(
        expected,
        rig.engine.scan(EngineRig.C, "", Optional.empty(), OPERATIONS, to).stream()
            .map(StoredDocument::change)
            .toList(),
        () -> "seed " + seed + " all as of " + to);
    assertEquals(
        differing,
        rig.engine.diff(EngineRig.C, from, to, Optional.empty(), OPERATIONS).stream()
            .filter(diff -> !diff.isSame())
            .map(diff -> diff.id().value())
            .toList(),
        () -> "seed " + seed + " diff " + from + " " + to);
  }

  @Test
  void pagesOfAListAreOneSnapshotWhileThisRegionWrites() throws IOException {
    try (EngineRig rig = open(CollectionSettings.DEFAULTS)) {
      for (int i = 0; i < 100; i++) {
        rig.put(String.format("id-%03d", i), "{\"n\":0}");
      }
      HlcTimestamp asOf = rig.engine.latest();
      List<StoredDocument> seen = new ArrayList<>();
      Optional<DocumentId> after = Optional.empty();
      for (int page = 0; page < 10; page++) {
        var found = rig.engine.scan(EngineRig.C, "", after, 10, asOf);
        seen.addAll(found);
        after = Optional.of(found.getLast().id());
        for (int i = 0; i < 100; i += 7) {
          rig.put(String.format("id-%03d", i), "{\"n\":" + (page + 1) + "}");
          rig.put(String.format("id-%03d-new", i), "{}");
        }
        rig.delete(String.format("id-%03d", 99 - page * 3));
      }
      assertEquals(100, seen.size());
      seen.forEach(document -> assertEquals("{\"n\":0}", document.change().body().utf8()));
    }
  }

  @Test
  void versionsBeyondTheNumberKeptAreExpiredBeforeAndAfterMerging() throws Exception {
    try (EngineRig rig = open(keep(3, Duration.ofDays(7)))) {
      List<Change> versions = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        versions.add(((Outcome.Applied) rig.put("a", "{\"n\":" + i + "}")).change());
        fillMemtable(rig, i);
      }
      checkThreeKept(rig, versions);
      awaitMerge(rig);
      checkThreeKept(rig, versions);
    }
  }

  private static void checkThreeKept(EngineRig rig, List<Change> versions) {
    DocumentId id = new DocumentId("a");
    for (int i = 7; i < 10; i++) {
      assertEquals(
          Optional.of(versions.get(i)),
          rig.engine.findAsOf(EngineRig.C, id, versions.get(i).hlc()).map(StoredDocument::change));
    }
    for (int i = 0; i < 7; i++) {
      HlcTimestamp asOf = versions.get(i).hlc();
      assertExpired(() -> rig.engine.findAsOf(EngineRig.C, id, asOf));
    }
    HlcTimestamp before = new HlcTimestamp(versions.getFirst().hlc().packed() - 1);
    assertExpired(() -> rig.engine.findAsOf(EngineRig.C, id, before));
    assertEquals(
        3, rig.engine.versions(EngineRig.C, id, Optional.empty(), 100).size(), "versions listed");
  }

  @Test
  void raisedLimitsDoNotPretendToKnowWhatLowerOnesRemoved() throws Exception {
    List<Change> versions = new ArrayList<>();
    try (EngineRig rig = openAdjustable()) {
      keepVersions(rig, 3);
      for (int i = 0; i < 10; i++) {
        versions.add(((Outcome.Applied) rig.put("a", "{\"n\":" + i + "}")).change());
        fillMemtable(rig, i);
      }
      awaitMerge(rig);
      keepVersions(rig, 50);
      checkThreeKept(rig, versions);
      fillMemtable(rig, 10);
    }
    try (EngineRig rig = openAdjustable()) { // it is remembered, and a lower raise changes nothing
      checkThreeKept(rig, versions);
      keepVersions(rig, 5);
      keepVersions(rig, 50);
      checkThreeKept(rig, versions);
      for (int i = 10; i < 40; i++) {
        versions.add(((Outcome.Applied) rig.put("a", "{\"n\":" + i + "}")).change());
      }
      for (int i = 9; i < 40; i++) {
        assertEquals(
            Optional.of(versions.get(i)),
            rig.engine
                .findAsOf(EngineRig.C, new DocumentId("a"), versions.get(i).hlc())
                .map(StoredDocument::change));
      }
      assertExpired(
          () -> rig.engine.findAsOf(EngineRig.C, new DocumentId("a"), versions.get(5).hlc()));
    }
  }

  /** The limits go up and down while tables are merged: what is answered is right, or expired. */
  @Test
  void nothingWrongIsToldWhileLimitsChange() throws Exception {
    long seed = Long.getLong("meridian.seed", new Random().nextLong());
    Random random = new Random(seed);
    Map<String, List<Change>> model = new TreeMap<>();
    List<HlcTimestamp> instants = new ArrayList<>(List.of(HlcTimestamp.of(1, 0)));
    int told = 0;
    int expired = 0;
    EngineRig rig = openAdjustable();
    try {
      for (int i = 0; i < OPERATIONS / 2; i++) {
        String id = "id-" + random.nextInt(40);
        int dice = random.nextInt(100);
        if (dice == 0 && random.nextInt(4) == 0) {
          keepVersions(rig, 1 + random.nextInt(12));
        } else if (dice == 1 && random.nextInt(20) == 0) {
          rig.close();
          rig = openAdjustable();
        } else if (dice < 30) {
          HlcTimestamp asOf = instant(instants, random);
          List<Change> versions = model.getOrDefault(id, List.of());
          EngineRig open = rig;
          try {
            assertEquals(
                at(versions, asOf),
                open.engine
                    .findAsOf(EngineRig.C, new DocumentId(id), asOf)
                    .map(StoredDocument::change),
                () -> "seed " + seed + " " + id + " as of " + asOf);
            told++;
          } catch (StoreFailure failure) {
            assertEquals(FailureCode.HISTORY_EXPIRED, failure.code());
            expired++;
          }
          List<Change> listed =
              rig.engine.versions(EngineRig.C, new DocumentId(id), Optional.empty(), 100).stream()
                  .map(StoredDocument::change)
                  .toList();
          assertEquals(
              versions.reversed().subList(0, listed.size()),
              listed,
              () -> "seed " + seed + " versions of " + id);
        } else {
          wall.advance(random.nextInt(3));
          String body = "{\"n\":" + i + ",\"pad\":\"" + "x".repeat(random.nextInt(600)) + "\"}";
          Change change = ((Outcome.Applied) rig.put(id, body)).change();
          model.computeIfAbsent(id, none -> new ArrayList<>()).add(change);
          instants.add(change.hlc());
          if (instants.size() > 1_000) {
            instants.remove(1);
          }
        }
      }
      assertTrue(told > 100 && expired > 100, told + " told, " + expired + " expired");
    } finally {
      rig.close();
    }
  }

  @Test
  void versionsReplacedTooLongAgoAreExpired() throws Exception {
    try (EngineRig rig = open(keep(100, Duration.ofHours(1)))) {
      DocumentId id = new DocumentId("a");
      Change first = ((Outcome.Applied) rig.put("a", "{\"n\":0}")).change();
      wall.advance(Duration.ofHours(3).toMillis());
      // It was not replaced yet, however old it is.
      assertEquals(
          Optional.of(first),
          rig.engine.findAsOf(EngineRig.C, id, first.hlc()).map(StoredDocument::change));
      rig.put("a", "{\"n\":1}");
      wall.advance(Duration.ofMinutes(59).toMillis());
      assertEquals(
          Optional.of(first),
          rig.engine.findAsOf(EngineRig.C, id, first.hlc()).map(StoredDocument::change));
      wall.advance(Duration.ofMinutes(2).toMillis());
      assertExpired(() -> rig.engine.findAsOf(EngineRig.C, id, first.hlc()));
      assertExpired(() -> rig.engine.scan(EngineRig.C, "", Optional.empty(), 10, first.hlc()));
      assertEquals(1, rig.engine.versions(EngineRig.C, id, Optional.empty(), 10).size());
    }
  }

  @Test
  void aDocumentThatNeverWasThereIsAbsentAndNotExpired() throws IOException {
    try (EngineRig rig = open(CollectionSettings.DEFAULTS)) {
      HlcTimestamp before = rig.engine.latest();
      rig.put("a", "{}");
      assertEquals(Optional.empty(), rig.engine.findAsOf(EngineRig.C, new DocumentId("a"), before));
      assertEquals(
          Optional.empty(),
          rig.engine.findAsOf(EngineRig.C, new DocumentId("b"), rig.engine.latest()));
    }
  }

  private static void fillMemtable(EngineRig rig, int round) throws InterruptedException {
    int tables = rig.engine.stats().tables().size();
    String pad = "x".repeat(2000);
    for (int i = 0; rig.engine.stats().tables().size() == tables; i++) {
      assertTrue(i < 10_000, "no table is written");
      rig.put("fill-" + round + "-" + i, "{\"pad\":\"" + pad + "\"}");
      if (rig.engine.stats().merge().merges() > 0) {
        return;
      }
    }
  }

  private static void awaitMerge(EngineRig rig) throws InterruptedException {
    for (int i = 0; rig.engine.stats().merge().merges() == 0; i++) {
      assertTrue(i < 6_000, "nothing is merged");
      Thread.sleep(5);
    }
  }

  private static void assertExpired(org.junit.jupiter.api.function.Executable read) {
    assertEquals(FailureCode.HISTORY_EXPIRED, assertThrows(StoreFailure.class, read).code());
  }
}
