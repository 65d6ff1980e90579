package dev.meridian.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.meridian.clock.Dot;
import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionVector;
import dev.meridian.document.Bytes;
import dev.meridian.document.Change;
import dev.meridian.document.ChangeCodecV1;
import dev.meridian.document.ChangeKind;
import dev.meridian.document.DocumentId;
import dev.meridian.document.Placement;
import dev.meridian.document.Precondition;
import dev.meridian.document.StoreFailure;
import dev.meridian.document.StoredDocument;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The door of region 'eu' for documents that live in some regions only. */
class PlacedBodiesTest {

  private static final long NOW = 1_764_000_000_000L;
  private static final ReplicaId US = new ReplicaId("us");
  private static final String SECRET = "c0ffee-never-in-europe";

  @TempDir private Path directory;

  private static Change change(long sequence, String id, String body, String... regions) {
    return ChangeCodecV1.encode(
        new Dot(US, sequence),
        new HlcTimestamp(NOW + sequence << 16),
        ChangeKind.PUT,
        EngineRig.C,
        new DocumentId(id),
        VersionVector.EMPTY,
        VersionVector.EMPTY,
        "",
        Placement.in(Arrays.stream(regions).map(ReplicaId::new).toList()),
        Bytes.utf8(body));
  }

  /** Large and random, so that nothing compresses the mark away. */
  private static String body() {
    StringBuilder noise = new StringBuilder();
    new Random(1).ints(2000, 'a', 'z').forEach(letter -> noise.append((char) letter));
    return "{\"noise\":\"" + noise + "\",\"secret\":\"" + SECRET + "\"}";
  }

  @Test
  void aBodyThatDoesNotBelongHereIsNeverOnThisDisk() throws IOException {
    try (EngineRig rig = EngineRig.in(directory).open()) {
      // A peer that errs, or has other ideas, sends it whole.
      for (int i = 1; i <= 40; i++) {
        assertInstanceOf(Outcome.Applied.class, rig.receive(change(i, "d" + i % 7, body(), "us")));
      }
      checkWithheld(rig);
      rig.engine.flush();
      long end = System.nanoTime() + 30_000_000_000L;
      while (rig.engine.stats().tables().isEmpty() && System.nanoTime() < end) {
        Thread.onSpinWait();
      }
    }
    try (EngineRig rig = EngineRig.in(directory).open()) {
      checkWithheld(rig);
      assertEquals(40, rig.engine.vector().get(US));
    }
    assertFalse(holds(directory, SECRET));
    assertTrue(holds(directory.resolve("wal"), "d3"), "the search finds what is there");
    try (Stream<Path> tables = Files.walk(directory.resolve("tables"))) {
      assertTrue(tables.anyMatch(Files::isRegularFile), "a table was looked at");
    }
  }

  private static void checkWithheld(EngineRig rig) {
    StoredDocument found = rig.engine.find(EngineRig.C, new DocumentId("d3")).orElseThrow();
    assertInstanceOf(StoredDocument.Withheld.class, found);
    assertEquals(body().length(), found.change().bodyBytes());
    assertEquals(7, rig.engine.collection(EngineRig.C).count(), "every region counts the same");
    List<StoredDocument> page =
        rig.engine.scan(EngineRig.C, "", Optional.empty(), 100, rig.engine.latest());
    assertEquals(7, page.size());
  }

  private static boolean holds(Path directory, String text) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(text)) {
          return true;
        }
      }
      return false;
    }
  }

  @Test
  void aChangeWithoutItsBodyIsNotTakenForTheWholeWhereItBelongs() throws IOException {
    try (EngineRig rig = EngineRig.in(directory).open()) {
      Change whole = change(1, "a", "{\"n\":1}", "eu", "us");
      Change withheld = ChangeCodecV1.withhold(whole);
      VersionVector itself = VersionVector.of(US, 1);
      assertEquals(new Outcome.Blocked(itself), rig.receive(withheld));
      assertEquals(VersionVector.EMPTY, rig.engine.vector(), "nor does it count as here");
      assertInstanceOf(Outcome.Applied.class, rig.receive(whole));
      assertInstanceOf(Outcome.Duplicate.class, rig.receive(withheld));
      assertEquals("{\"n\":1}", rig.find("a").orElseThrow().change().body().utf8());
    }
  }

  @Test
  void whatOnlyThisRegionHadAndLostDoesNotHoldUpTheRest() throws IOException {
    try (EngineRig rig = EngineRig.in(directory).open()) {
      Change lost = ChangeCodecV1.withhold(change(1, "a", "{\"n\":1}", "eu"));
      assertInstanceOf(Outcome.Applied.class, rig.receive(lost));
      assertInstanceOf(
          StoredDocument.Withheld.class,
          rig.engine.find(EngineRig.C, new DocumentId("a")).orElseThrow());
    }
  }

  @Test
  void aClientsWriteThatBelongsElsewhereIsNotMadeHere() throws IOException {
    try (EngineRig rig = EngineRig.in(directory).open()) {
      Outcome outcome =
          rig.apply(
              new Mutation.Put(
                  EngineRig.C,
                  new DocumentId("a"),
                  Bytes.utf8("{\"secret\":\"" + SECRET + "\"}"),
                  Precondition.NONE,
                  Placement.in(List.of(US)),
                  ""));
      assertInstanceOf(
          StoreFailure.Fault.class, assertInstanceOf(Outcome.Failed.class, outcome).failure());
      assertEquals(VersionVector.EMPTY, rig.engine.vector());
    }
    assertFalse(holds(directory, SECRET));
  }

  @Test
  void conditionsHoldOfVersionsWhoseBodiesAreElsewhere() throws IOException {
    try (EngineRig rig = EngineRig.in(directory).open()) {
      Change theirs = change(1, "a", "{\"n\":1}", "us");
      rig.receive(theirs);
      Placement here = Placement.in(List.of(new ReplicaId("eu")));
      assertInstanceOf(Outcome.Failed.class, rig.apply(put("a", new Precondition.Absent(), here)));
      Precondition same =
          new Precondition.AnyOf(List.of(new dev.meridian.document.Revision(theirs.version())));
      Outcome.Applied moved =
          assertInstanceOf(Outcome.Applied.class, rig.apply(put("a", same, here)));
      assertFalse(moved.created(), "it was there before, elsewhere");
      assertEquals(VersionVector.of(US, 1), moved.change().context());
    }
  }

  private static Mutation put(String id, Precondition condition, Placement placement) {
    return new Mutation.Put(
        EngineRig.C, new DocumentId(id), Bytes.utf8("{}"), condition, placement, "");
  }
}
