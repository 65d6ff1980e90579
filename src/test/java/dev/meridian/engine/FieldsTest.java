package dev.meridian.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.VersionVector;
import dev.meridian.crdt.CrdtType;
import dev.meridian.crdt.FieldKey;
import dev.meridian.crdt.FieldOperation;
import dev.meridian.document.Bytes;
import dev.meridian.document.CollectionSettings;
import dev.meridian.document.DocumentId;
import dev.meridian.document.FieldedBody;
import dev.meridian.document.JsonPointer;
import dev.meridian.document.JsonValue;
import dev.meridian.document.Placement;
import dev.meridian.document.PlacementRules;
import dev.meridian.document.Precondition;
import dev.meridian.document.StoreFailure;
import dev.meridian.document.StoredDocument;
import dev.meridian.simulation.ManualClock;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** CRDT fields in a region: over many operations, restarts, tables, merges, and the past. */
class FieldsTest {

  private static final DocumentId ID = new DocumentId("x");

  @TempDir Path directory;
  private final ManualClock wall = new ManualClock(1_764_000_000_000L);

  private EngineRig open(int keepVersions) throws IOException {
    CollectionSettings settings =
        new CollectionSettings(keepVersions, Duration.ofDays(7), false, PlacementRules.EVERYWHERE);
    EngineRig rig =
        EngineRig.in(directory)
            .settings(EngineSettings.defaults().withMemtableBytes(64 << 10))
            .wall(wall)
            .history(collection -> settings)
            .open();
    rig.engine.collectBelow(rig.engine::vector); // there is no other region
    return rig;
  }

  private static Outcome operate(
      EngineRig rig, String path, CrdtType type, FieldOperationMaker maker) {
    Bytes delta =
        rig.engine.withFields(
            EngineRig.C,
            ID,
            document -> {
              FieldKey key =
                  document.body().fieldOrNew(JsonPointer.parse(path), type, document.incarnation());
              return new Bytes(document.body().translate(List.of(maker.of(key))).encode());
            });
    return rig.apply(new Mutation.Operate(EngineRig.C, ID, delta, Precondition.NONE, ""));
  }

  private interface FieldOperationMaker {
    FieldOperation of(FieldKey key);
  }

  private static Outcome increment(EngineRig rig, String path, long by) {
    return operate(rig, path, CrdtType.PN_COUNTER, key -> new FieldOperation.Increment(key, by));
  }

  private static Outcome write(EngineRig rig, String body) {
    return rig.engine.withFields(
                EngineRig.C,
                ID,
                document -> {
                  Bytes written =
                      document
                          .body()
                          .written(
                              (JsonValue.JsonObject) JsonValue.parse(body), document.incarnation())
                          .toBytes();
                  return new Mutation.Put(
                      EngineRig.C,
                      ID,
                      written,
                      Precondition.NONE,
                      Placement.EVERYWHERE,
                      "",
                      false,
                      FieldedBody.mayHaveFields(written));
                })
            instanceof Mutation.Put put
        ? rig.apply(put)
        : null;
  }

  private static String shown(EngineRig rig) {
    return assertInstanceOf(StoredDocument.LiveDocument.class, rig.find("x").orElseThrow())
        .body()
        .utf8();
  }

  @Test
  void aFieldIsMadeByItsFirstOperationAndGoesWhenItIsWrittenOver() throws IOException {
    try (EngineRig rig = open(100)) {
      write(rig, "{\"a\":1}");
      increment(rig, "/views", 5);
      assertEquals("{\"a\":1,\"views\":5}", shown(rig));
      write(rig, "{\"views\":{\"$crdt\":\"pn-counter\"},\"b\":{\"n\":{\"$crdt\":\"g-set\"}}}");
      assertEquals("{\"views\":5,\"b\":{\"n\":[]}}", shown(rig));
      increment(rig, "/views", 2);
      operate(rig, "/b/n", CrdtType.G_SET, key -> new FieldOperation.Add(key, "\"t\""));
      assertEquals("{\"views\":7,\"b\":{\"n\":[\"t\"]}}", shown(rig));
      write(rig, "{\"views\":9}");
      assertEquals("{\"views\":9}", shown(rig));
      assertThrows(StoreFailure.class, () -> increment(rig, "/views", 1));
      write(rig, "{}");
      increment(rig, "/views", 1);
      assertEquals("{\"views\":1}", shown(rig), "a new field knows nothing of the old one");
    }
  }

  @Test
  void aPlaceShowsThatItHoldsNothingInListsToo() throws IOException {
    try (EngineRig rig = open(100)) {
      write(rig, "{\"n\":{\"$crdt\":\"pn-counter\"}}");
      assertEquals("{\"n\":0}", shown(rig));
      assertEquals("{\"n\":0}", shown(rig, rig.engine.latest()));
      assertEquals("{\"n\":0}", listed(rig));
    }
  }

  @Test
  void whatADocumentIsNowIsListedHoweverLittleHistoryIsKept() throws Exception {
    try (EngineRig rig = open(1)) {
      for (int i = 0; i < 4; i++) {
        write(rig, "{\"n\":{\"$crdt\":\"pn-counter\"},\"i\":" + i + "}");
        increment(rig, "/n", 1);
        flush(rig, i + 1);
        wall.advance(10);
      }
      wall.advance(4_000);
      awaitTables(rig, 1);
      assertEquals("{\"n\":4,\"i\":3}", shown(rig));
      assertEquals("{\"n\":4,\"i\":3}", listed(rig));
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

  private static String listed(EngineRig rig) {
    return assertInstanceOf(
            StoredDocument.LiveDocument.class,
            rig.engine.scan(EngineRig.C, "", Optional.empty(), 1, rig.engine.latest()).getFirst())
        .body()
        .utf8();
  }

  @Test
  void recordsOfAnotherFormatAreRefused() {
    VersionVector covered = VersionVector.of(new dev.meridian.clock.ReplicaId("eu"), 7);
    FieldsRecord record =
        new FieldsRecord(covered, new HlcTimestamp(5), HlcTimestamp.ZERO, Bytes.utf8("any states"));
    assertEquals(record, FieldsRecord.decode(record.encode()));
    byte[] other = record.encode().toArray();
    other[0]++;
    assertThrows(IllegalArgumentException.class, () -> FieldsRecord.decode(new Bytes(other)));
  }

  @Test
  void placesThatCannotBeAreRefused() throws IOException {
    try (EngineRig rig = open(100)) {
      write(rig, "{\"a\":[1],\"t\":{\"$crdt\":\"or-set\"}}");
      for (String path : List.of("/a/0", "/a/-", "/none/here", "", "/t/inside")) {
        assertThrows(StoreFailure.class, () -> increment(rig, path, 1), path);
      }
      assertThrows(StoreFailure.class, () -> increment(rig, "/t", 1), "another type");
      assertThrows(
          StoreFailure.class, () -> write(rig, "{\"a\":[{\"$crdt\":\"g-set\"}]}"), "in an array");
      assertThrows(
          StoreFailure.class, () -> write(rig, "{\"a\":{\"$crdt\":\"heap\"}}"), "no such type");
    }
  }

  @Test
  void nothingIsLostOverManyOperationsRestartsAndMerges() throws IOException {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    EngineRig rig = open(3);
    try {
      write(rig, "{\"pad\":\"" + "x".repeat(300) + "\"}");
      long sum = 0;
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < 1500; i++) {
        wall.advance(random.nextInt(3));
        int by = random.nextInt(10);
        increment(rig, "/n", by);
        sum += by;
        if (i % 5 == 0) {
          int at = random.nextInt(text.length() + 1);
          char typed = (char) ('a' + random.nextInt(26));
          operate(
              rig,
              "/t",
              CrdtType.RGA,
              key ->
                  new FieldOperation.InsertText(
                      key, new FieldOperation.Position.Index(at), "" + typed));
          text.insert(at, typed);
        }
        if (i % 11 == 0 && text.length() > 3) {
          int at = random.nextInt(text.length() - 2);
          operate(
              rig,
              "/t",
              CrdtType.RGA,
              key -> new FieldOperation.Delete(key, new FieldOperation.Position.Index(at), 2));
          text.delete(at, at + 2);
        }
        for (int filler = 0; filler < 3; filler++) {
          rig.put("filler" + random.nextInt(50), "{\"pad\":\"" + "y".repeat(200) + "\"}");
        }
        if (random.nextInt(150) == 0) {
          rig.close();
          rig = open(3);
        }
        if (random.nextInt(50) == 0) {
          rig.engine.flush();
        }
        if (i % 100 == 0) {
          assertTrue(
              shown(rig).endsWith(",\"n\":" + sum + ",\"t\":\"" + text + "\"}"),
              "seed " + seed + " after " + i + ": " + shown(rig));
        }
      }
      assertTrue(shown(rig).endsWith(",\"n\":" + sum + ",\"t\":\"" + text + "\"}"), "seed " + seed);
    } finally {
      rig.close();
    }
  }

  @Test
  void whatWasRemovedIsCollectedAndTheirPastIsStillTold() throws IOException {
    try (EngineRig rig = open(1000)) {
      write(rig, "{}");
      operate(
          rig,
          "/t",
          CrdtType.RGA,
          key ->
              new FieldOperation.InsertText(
                  key, new FieldOperation.Position.Index(0), "x".repeat(5000)));
      for (int i = 0; i < 100; i++) {
        increment(rig, "/n", 1);
        wall.advance(1);
        shown(rig);
      }
      assertTrue(recordedBytes(rig) > 5000, "recorded");
      HlcTimestamp then = rig.engine.latest();
      write(rig, "{\"n\":{\"$crdt\":\"pn-counter\"}}");
      HlcTimestamp removed = rig.engine.latest();
      // A record made while the last operation is still coming in collects nothing; the next does.
      int incremented = 100;
      while (recordedBytes(rig) >= 300 && incremented < 1000) {
        increment(rig, "/n", 1);
        incremented++;
        wall.advance(1);
        shown(rig);
      }
      assertTrue(recordedBytes(rig) < 300, "collected");
      assertEquals("{\"n\":" + incremented + "}", shown(rig));
      assertEquals("{\"n\":100,\"t\":\"" + "x".repeat(5000) + "\"}", shown(rig, then));
      assertEquals("{\"n\":100}", shown(rig, removed));
    }
  }

  private static int recordedBytes(EngineRig rig) {
    rig.put("behind", "{}"); // the record in the writer's queue
    return rig.engine.recorded(EngineRig.C, ID).map(record -> record.states().length()).orElse(0);
  }

  private static String shown(EngineRig rig, HlcTimestamp asOf) {
    return assertInstanceOf(
            StoredDocument.LiveDocument.class,
            rig.engine.findAsOf(EngineRig.C, ID, asOf).orElseThrow())
        .body()
        .utf8();
  }

  @Test
  void thePastOfAFieldIsWhatItWas() throws IOException {
    try (EngineRig rig = open(100)) {
      write(rig, "{}");
      Map<HlcTimestamp, Long> then = new TreeMap<>();
      long sum = 0;
      for (int i = 0; i < 250; i++) {
        wall.advance(1);
        Outcome.Applied applied =
            assertInstanceOf(Outcome.Applied.class, increment(rig, "/n", i % 7));
        sum += i % 7;
        then.put(applied.change().hlc(), sum);
        if (i % 40 == 0) {
          rig.engine.flush();
        }
        shown(rig);
      }
      int told = 0;
      for (Map.Entry<HlcTimestamp, Long> each : then.entrySet()) {
        try {
          StoredDocument was = rig.engine.findAsOf(EngineRig.C, ID, each.getKey()).orElseThrow();
          assertEquals(
              "{\"n\":" + each.getValue() + "}",
              assertInstanceOf(StoredDocument.LiveDocument.class, was).body().utf8());
          told++;
        } catch (StoreFailure expired) {
          assertEquals(dev.meridian.document.FailureCode.HISTORY_EXPIRED, expired.code());
        }
      }
      assertTrue(told >= 100, "told " + told);
    }
  }

  @Test
  void aDropTakesFieldsAwayToo() throws IOException {
    try (EngineRig rig = open(100)) {
      write(rig, "{}");
      increment(rig, "/n", 5);
      assertEquals("{\"n\":5}", shown(rig));
      rig.apply(new Mutation.Drop(EngineRig.C, ""));
      write(rig, "{\"n\":{\"$crdt\":\"pn-counter\"}}");
      assertEquals("{\"n\":0}", shown(rig));
      increment(rig, "/n", 2);
      assertEquals("{\"n\":2}", shown(rig));
    }
  }

  /** Others read all the time, also in the middle of what makes operations readable. */
  @Test
  void whatIsAcknowledgedIsShownWhoeverReadsMeanwhile() throws Exception {
    try (EngineRig rig = open(100)) {
      write(rig, "{\"n\":{\"$crdt\":\"pn-counter\"}}");
      AtomicBoolean over = new AtomicBoolean();
      Thread reader =
          Thread.ofPlatform()
              .start(
                  () -> {
                    while (!over.get()) {
                      shown(rig);
                    }
                  });
      try {
        for (int i = 1; i <= 3_000; i++) {
          assertInstanceOf(Outcome.Applied.class, increment(rig, "/n", 1));
          assertEquals("{\"n\":" + i + "}", shown(rig));
        }
      } finally {
        over.set(true);
        reader.join();
      }
    }
  }
}
