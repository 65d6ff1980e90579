package dev.meridian.coordinator;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.meridian.clock.Dot;
import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionId;
import dev.meridian.clock.VersionVector;
import dev.meridian.document.Bytes;
import dev.meridian.document.CollectionName;
import dev.meridian.document.DocumentId;
import dev.meridian.document.DocumentPatch;
import dev.meridian.document.FailureCode;
import dev.meridian.document.Placement;
import dev.meridian.document.Precondition;
import dev.meridian.document.Revision;
import dev.meridian.document.StoreFailure;
import dev.meridian.document.StoredDocument;
import dev.meridian.simulation.Changes;
import dev.meridian.simulation.Golden;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

class ReplicaCodecV1Test {

  private static final ReplicaId EU = new ReplicaId("eu");
  private static final CollectionName ORDERS = new CollectionName("orders");
  private static final DocumentId ID = new DocumentId("ö/1");
  private static final VersionVector SEEN = VersionVector.of(EU, 441).with(new ReplicaId("us"), 8);
  private static final HlcTimestamp HLC = new HlcTimestamp(0x0197f3a2c1d40003L);
  private static final ReplicaQuestion.Fresh FRESH = new ReplicaQuestion.Fresh(SEEN, -1);

  private static final List<ReplicaQuestion> QUESTIONS =
      List.of(
          new ReplicaQuestion.Digest(ORDERS, ID),
          new ReplicaQuestion.Read(ORDERS, ID, FRESH),
          new ReplicaQuestion.Page(ORDERS, "ö", Optional.of(ID), 1000, Optional.of(HLC), FRESH),
          new ReplicaQuestion.Page(
              ORDERS,
              "",
              Optional.empty(),
              1,
              Optional.empty(),
              new ReplicaQuestion.Fresh(SEEN, 5)),
          new ReplicaQuestion.Cover(SEEN, 700),
          new ReplicaQuestion.Since(VersionVector.EMPTY));

  private static final Bytes CHANGE =
      Changes.put("eu", 441, 0x0197f3a2c1d40003L, "ö/1", "{\"n\":1.10}").encoded();

  private static final List<ReplicaAnswer> ANSWERS =
      List.of(
          new ReplicaAnswer.Digest(SEEN, HlcTimestamp.ZERO, Optional.empty()),
          new ReplicaAnswer.Digest(
              SEEN, HLC, Optional.of(new ReplicaAnswer.Newest(HLC, new Dot(EU, 441), -7))),
          new ReplicaAnswer.Document(SEEN, 12, Optional.of(new Shown(CHANGE, Optional.empty()))),
          new ReplicaAnswer.Document(SEEN, 0, Optional.empty()),
          new ReplicaAnswer.Page(
              SEEN,
              3,
              HLC,
              true,
              List.of(new Shown(CHANGE, Optional.empty()), new Shown(CHANGE, Optional.empty()))),
          new ReplicaAnswer.Vector(SEEN),
          new ReplicaAnswer.Changes(List.of(CHANGE)),
          new ReplicaAnswer.Cannot(SEEN, 99),
          new ReplicaAnswer.Ahead(VersionVector.EMPTY),
          new ReplicaAnswer.Failed(FailureCode.COLLECTION_NOT_FOUND, "there is none"));

  @Test
  void bytesAreThePublishedOnes() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    QUESTIONS.forEach(question -> out.writeBytes(ReplicaCodecV1.encode(question).toArray()));
    ANSWERS.forEach(answer -> out.writeBytes(ReplicaCodecV1.encode(answer).toArray()));
    assertArrayEquals(
        Golden.bytes("replica-messages-v1.bin", out.toByteArray()), out.toByteArray());
    for (ReplicaQuestion question : QUESTIONS) {
      assertEquals(question, ReplicaCodecV1.question(ReplicaCodecV1.encode(question)));
    }
    for (ReplicaAnswer answer : ANSWERS) {
      assertEquals(answer, ReplicaCodecV1.answer(ReplicaCodecV1.encode(answer)));
    }
  }

  @Test
  void journeysHaveTheirPublishedBytes() throws IOException {
    ReplicaQuestion seen =
        new ReplicaQuestion.Seen(List.of(new Dot(EU, 441), new Dot(new ReplicaId("us"), 1)));
    ReplicaAnswer times = new ReplicaAnswer.Times(List.of(1_750_000_000_123L, -1L, -2L));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(ReplicaCodecV1.encode(seen).toArray());
    out.writeBytes(ReplicaCodecV1.encode(times).toArray());
    assertArrayEquals(Golden.bytes("replica-journey-v1.bin", out.toByteArray()), out.toByteArray());
    assertEquals(seen, ReplicaCodecV1.question(ReplicaCodecV1.encode(seen)));
    assertEquals(times, ReplicaCodecV1.answer(ReplicaCodecV1.encode(times)));
  }

  @Test
  void documentsOfSeveralVersionsHaveTheirPublishedBytes() throws IOException {
    Shown made =
        new Shown(
            CHANGE,
            Optional.of(
                new Shown.Made(
                    Optional.of(Bytes.utf8("{\"n\":2}")),
                    List.of(CHANGE, CHANGE),
                    List.of(VERSION),
                    2)));
    List<ReplicaAnswer> answers =
        List.of(
            new ReplicaAnswer.Digest(
                SEEN, HLC, Optional.of(new ReplicaAnswer.Newest(HLC, new Dot(EU, 441), -7)), SEEN),
            new ReplicaAnswer.Document(SEEN, 12, Optional.of(made)),
            new ReplicaAnswer.Page(
                SEEN, 3, HLC, true, List.of(new Shown(CHANGE, Optional.empty()), made)));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (ReplicaAnswer answer : answers) {
      Bytes encoded = ReplicaCodecV1.encode(answer);
      out.writeBytes(encoded.toArray());
      assertEquals(answer, ReplicaCodecV1.answer(encoded));
    }
    assertArrayEquals(
        Golden.bytes("replica-concurrent-v1.bin", out.toByteArray()), out.toByteArray());
    assertEquals("{\"n\":2}", ((StoredDocument.LiveDocument) made.document()).body().utf8());
  }

  private static final VersionId VERSION = new VersionId(HLC, EU);
  private static final Placements.Target TARGET =
      new Placements.Target(Placement.in(List.of(EU, new ReplicaId("us"))), true, false);
  private static final WriteOptions OPTIONS =
      new WriteOptions(
          Durability.QUORUM,
          new SessionToken(SEEN),
          Precondition.NONE,
          true,
          Duration.ofMillis(700),
          "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");

  private static final List<ReplicaQuestion> PLACED_QUESTIONS =
      List.of(
          new ReplicaQuestion.Versions(
              List.of(
                  new ReplicaQuestion.VersionOf(ORDERS, ID, VERSION),
                  new ReplicaQuestion.VersionOf(ORDERS, new DocumentId("b"), VERSION))),
          new ReplicaQuestion.Write(
              ORDERS,
              TARGET,
              List.of(
                  new Documents.BulkOperation.Put(ID, Bytes.utf8("{}"), Precondition.NONE),
                  new Documents.BulkOperation.Put(
                      ID,
                      Bytes.utf8("{\"n\":1}"),
                      new Precondition.Both(
                          new Precondition.Present(),
                          new Precondition.NoneOf(List.of(new Revision(VERSION))))),
                  new Documents.BulkOperation.Delete(ID, new Precondition.Absent()),
                  new Documents.BulkOperation.Delete(
                      ID, new Precondition.AnyOf(List.of(new Revision(VERSION))))),
              OPTIONS),
          new ReplicaQuestion.Hold(new ReplicaId("ap"), List.of(CHANGE, CHANGE)));

  private static final ReplicaAnswer WRITTEN =
      new ReplicaAnswer.Written(
          new Documents.BulkResult(
              List.of(
                  new Documents.BulkOutcome.Written(VERSION, true),
                  new Documents.BulkOutcome.Deleted(VERSION),
                  new Documents.BulkOutcome.Failed(
                      new StoreFailure.CallerMistake(
                          FailureCode.PRECONDITION_FAILED,
                          "not so",
                          Map.of("currentVersion", VERSION.toString()))),
                  new Documents.BulkOutcome.Failed(
                      new StoreFailure.Unavailable(
                          FailureCode.DURABILITY_UNAVAILABLE, "not now", Map.of("need", 2L))),
                  new Documents.BulkOutcome.Failed(new StoreFailure.OutcomeUnknown("perhaps"))),
              new Answer(
                  new SessionToken(SEEN),
                  0,
                  10,
                  new Receipt(
                      "quorum",
                      "quorum",
                      "2 of 3",
                      List.of(EU),
                      2,
                      2,
                      new Receipt.Times(1, 0, 2, 3)))));

  @Test
  void messagesAboutPlacedDocumentsHaveTheirPublishedBytes() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PLACED_QUESTIONS.forEach(each -> out.writeBytes(ReplicaCodecV1.encode(each).toArray()));
    out.writeBytes(ReplicaCodecV1.encode(WRITTEN).toArray());
    assertArrayEquals(Golden.bytes("replica-placed-v1.bin", out.toByteArray()), out.toByteArray());
    for (ReplicaQuestion question : PLACED_QUESTIONS) {
      assertEquals(question, ReplicaCodecV1.question(ReplicaCodecV1.encode(question)));
    }
    ReplicaAnswer read = ReplicaCodecV1.answer(ReplicaCodecV1.encode(WRITTEN));
    // Failures are compared by what they say.
    assertEquals(ReplicaCodecV1.encode(WRITTEN), ReplicaCodecV1.encode(read));
  }

  private static final ReplicaQuestion PATCHING =
      new ReplicaQuestion.Write(
          ORDERS,
          TARGET,
          List.of(
              new Documents.BulkOperation.Patch(
                  ID,
                  patch(DocumentPatch.Kind.MERGE_PATCH, "{\"n\":1.10,\"ö\":null}"),
                  Precondition.NONE,
                  true),
              new Documents.BulkOperation.Patch(
                  ID,
                  patch(
                      DocumentPatch.Kind.JSON_PATCH,
                      "[{\"op\":\"test\",\"value\":1e400,\"path\":\"/n\"},"
                          + "{\"op\":\"add\",\"value\":[],\"path\":\"/a~1b\"},"
                          + "{\"op\":\"replace\",\"value\":\"\",\"path\":\"\"},"
                          + "{\"op\":\"remove\",\"path\":\"/-\"},"
                          + "{\"op\":\"move\",\"from\":\"/a\",\"path\":\"/b\"},"
                          + "{\"op\":\"copy\",\"from\":\"/a\",\"path\":\"/b\"}]"),
                  new Precondition.AnyOf(List.of(new Revision(VERSION))),
                  false)),
          OPTIONS);

  private static DocumentPatch patch(DocumentPatch.Kind kind, String json) {
    return DocumentPatch.parse(kind, Bytes.utf8(json));
  }

  @Test
  void messagesAboutPatchesHaveTheirPublishedBytes() throws IOException {
    ReplicaAnswer patched =
        new ReplicaAnswer.Written(
            new Documents.BulkResult(
                List.of(
                    new Documents.BulkOutcome.Patched(VERSION, Bytes.utf8("{\"n\":1.10}")),
                    new Documents.BulkOutcome.Failed(
                        new StoreFailure.CallerMistake(
                            FailureCode.PATCH_TEST_FAILED, "no", Map.of("operation", 2)))),
                new Answer(
                    new SessionToken(SEEN), 0, 10, Receipt.local("a", "a", "w", EU, NO_TIMES))));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(ReplicaCodecV1.encode(PATCHING).toArray());
    out.writeBytes(ReplicaCodecV1.encode(patched).toArray());
    assertArrayEquals(Golden.bytes("replica-patch-v1.bin", out.toByteArray()), out.toByteArray());
    assertEquals(PATCHING, ReplicaCodecV1.question(ReplicaCodecV1.encode(PATCHING)));
    ReplicaAnswer read = ReplicaCodecV1.answer(ReplicaCodecV1.encode(patched));
    assertEquals(ReplicaCodecV1.encode(patched), ReplicaCodecV1.encode(read));
  }

  private static final Receipt.Times NO_TIMES = Receipt.Times.NONE;

  @Test
  void aWriteThatEndsAConflictHasItsPublishedBytes() throws IOException {
    Precondition all =
        new Precondition.Resolves(
            new Revision(List.of(VERSION, new VersionId(HLC, new ReplicaId("us")))));
    ReplicaQuestion question =
        new ReplicaQuestion.Write(
            ORDERS,
            TARGET,
            List.of(
                new Documents.BulkOperation.Put(ID, Bytes.utf8("{}"), all),
                new Documents.BulkOperation.Delete(ID, all)),
            OPTIONS);
    Bytes encoded = ReplicaCodecV1.encode(question);
    assertArrayEquals(
        Golden.bytes("replica-resolves-v1.bin", encoded.toArray()), encoded.toArray());
    assertEquals(question, ReplicaCodecV1.question(encoded));
  }

  @Test
  void noBytesBringAnythingButAMessageOrTheDeclaredException() {
    for (long seed = 1; seed <= 20; seed++) {
      RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
      for (int i = 0; i < 1000; i++) {
        Bytes bytes = mutated(random);
        try {
          ReplicaCodecV1.question(bytes);
        } catch (IllegalArgumentException expected) {
          // what is no question
        } catch (RuntimeException wrong) {
          throw new AssertionError("seed " + seed + " round " + i, wrong);
        }
        try {
          ReplicaCodecV1.answer(bytes);
        } catch (IllegalArgumentException expected) {
          // what is no answer
        } catch (RuntimeException wrong) {
          throw new AssertionError("seed " + seed + " round " + i, wrong);
        }
      }
    }
  }

  /** A sample with some bytes changed, and mostly with a checksum that fits all the same. */
  private static Bytes mutated(RandomGenerator random) {
    List<ReplicaQuestion> questions =
        switch (random.nextInt(3)) {
          case 0 -> QUESTIONS;
          case 1 -> PLACED_QUESTIONS;
          default -> List.of(PATCHING);
        };
    List<ReplicaAnswer> answers = random.nextBoolean() ? ANSWERS : List.of(WRITTEN);
    byte[] bytes =
        (random.nextBoolean()
                ? ReplicaCodecV1.encode(questions.get(random.nextInt(questions.size())))
                : ReplicaCodecV1.encode(answers.get(random.nextInt(answers.size()))))
            .toArray();
    if (random.nextInt(4) == 0) {
      bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length + 4));
    }
    for (int i = 0; i < 1 + random.nextInt(4) && bytes.length > 0; i++) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
    }
    if (random.nextInt(8) != 0 && bytes.length > 4) {
      int body = bytes.length - 4;
      ByteBuffer.wrap(bytes).putInt(body, ReplicaCodecV1.checksum(bytes, 0, body));
    }
    return new Bytes(bytes);
  }

  @Test
  void whatIsTooLongIsNotRead() {
    byte[] long17 = new byte[18 << 20];
    assertThrows(IllegalArgumentException.class, () -> ReplicaCodecV1.question(new Bytes(long17)));
  }
}
