package dev.meridian.repair;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.meridian.clock.Dot;
import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionId;
import dev.meridian.clock.VersionVector;
import dev.meridian.document.Bytes;
import dev.meridian.document.CollectionName;
import dev.meridian.document.DocumentId;
import dev.meridian.engine.DocumentHash;
import dev.meridian.engine.HashPage;
import dev.meridian.engine.StoredKey;
import dev.meridian.simulation.Changes;
import dev.meridian.simulation.Golden;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RepairCodecV1Test {

  private static final ReplicaId EU = new ReplicaId("eu");
  private static final CollectionName ORDERS = new CollectionName("orders");
  private static final DocumentId ID = new DocumentId("ö/1");
  private static final HlcTimestamp HLC = new HlcTimestamp(0x0197f3a2c1d40003L);
  private static final VersionVector VECTOR = VersionVector.of(EU, 441);
  private static final StoredKey KEY = StoredKey.document(ORDERS, ID);
  private static final BitSet PARTS = BitSet.valueOf(new long[] {5, 1L << 63});
  private static final BitSet FEW = BitSet.valueOf(new long[] {2, 0, 0, 0, 1L << 63});
  private static final Bytes CHANGE =
      Changes.put("eu", 441, 0x0197f3a2c1d40003L, "ö/1", "{\"n\":1.10}").encoded();

  private static final List<RepairMessage.Question> QUESTIONS =
      List.of(
          new RepairMessage.AskRoots(true),
          new RepairMessage.AskSums(ORDERS, Optional.empty()),
          new RepairMessage.AskSums(ORDERS, Optional.of(PARTS)),
          new RepairMessage.AskHashes(ORDERS, PARTS, Optional.of(ID), Optional.empty()),
          new RepairMessage.AskHashes(ORDERS, PARTS, Optional.empty(), Optional.of(HLC)),
          new RepairMessage.AskHashes(ORDERS, FEW, Optional.empty(), Optional.empty()),
          new RepairMessage.AskPast(ORDERS, HLC, Optional.of(ID)),
          new RepairMessage.Compare(
              VECTOR,
              List.of(
                  new RepairMessage.Known(
                      KEY, List.of(new RepairMessage.VersionRef(new Dot(EU, 441), HLC, -7))),
                  new RepairMessage.Known(StoredKey.settings(ORDERS), List.of()))),
          new RepairMessage.Take(
              List.of(new RepairMessage.Given(KEY, List.of(CHANGE, CHANGE), Optional.of(CHANGE)))),
          new RepairMessage.AskCheck(true),
          new RepairMessage.AskSnapshot(),
          new RepairMessage.AskEntries(Optional.empty()),
          new RepairMessage.AskEntries(Optional.of(CHANGE)));

  private static final List<RepairMessage.Answer> ANSWERS =
      List.of(
          new RepairMessage.Roots(List.of(new RepairMessage.Root(ORDERS, -1, 12, 99))),
          new RepairMessage.Hashes(
              new HashPage(
                  List.of(new DocumentHash(ID, 65_535, -3)), List.of(ID), Optional.of(ID))),
          new RepairMessage.Compared(
              List.of(
                  new RepairMessage.Difference(
                      List.of(CHANGE), List.of(new VersionId(HLC, EU)), Optional.empty()))),
          new RepairMessage.Taken(3),
          new RepairMessage.Checked(false, 1),
          new RepairMessage.NotNow("busy"),
          new RepairMessage.Snapshot(VECTOR, VersionVector.EMPTY, 12),
          new RepairMessage.Entries(List.of(CHANGE, CHANGE), true));

  @Test
  void bytesAreThePublishedOnes() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    QUESTIONS.forEach(question -> out.writeBytes(RepairCodecV1.encode(question).toArray()));
    ANSWERS.forEach(answer -> out.writeBytes(RepairCodecV1.encode(answer).toArray()));
    assertArrayEquals(Golden.bytes("repair-messages-v1.bin", out.toByteArray()), out.toByteArray());
    for (RepairMessage.Question question : QUESTIONS) {
      Bytes bytes = RepairCodecV1.encode(question);
      assertTrue(RepairCodecV1.isRepair(bytes));
      assertEquals(question, RepairCodecV1.question(bytes));
      assertThrows(IllegalArgumentException.class, () -> RepairCodecV1.answer(bytes));
    }
    for (RepairMessage.Answer answer : ANSWERS) {
      Bytes bytes = RepairCodecV1.encode(answer);
      assertEquals(answer, RepairCodecV1.answer(bytes));
      assertThrows(IllegalArgumentException.class, () -> RepairCodecV1.question(bytes));
    }
  }

  @Test
  void sumsKeepTheirPlaces() {
    long[] sums = new Random(1).longs(256).toArray();
    RepairMessage.Sums told =
        (RepairMessage.Sums)
            RepairCodecV1.answer(RepairCodecV1.encode(new RepairMessage.Sums(true, sums)));
    assertTrue(told.large());
    assertArrayEquals(sums, told.sums());
    RepairMessage.Past past =
        (RepairMessage.Past)
            RepairCodecV1.answer(
                RepairCodecV1.encode(new RepairMessage.Past(sums, 7, 2, Optional.of(ID))));
    assertArrayEquals(sums, past.sums());
    assertEquals(List.of(7L, 2L), List.of(past.count(), past.untold()));
    Bytes tooFew =
        RepairCodecV1.encode(new RepairMessage.Past(new long[3], 7, 2, Optional.empty()));
    assertThrows(IllegalArgumentException.class, () -> RepairCodecV1.answer(tooFew));
  }

  @Test
  void whatIsDamagedIsNoMessage() {
    Random random = new Random(7);
    for (RepairMessage.Question question : QUESTIONS) {
      byte[] bytes = RepairCodecV1.encode(question).toArray();
      for (int length = 0; length < bytes.length; length++) {
        Bytes cut = new Bytes(Arrays.copyOf(bytes, length));
        assertThrows(IllegalArgumentException.class, () -> RepairCodecV1.question(cut));
      }
      for (int i = 0; i < 500; i++) {
        byte[] altered = bytes.clone();
        altered[random.nextInt(altered.length)] ^= (byte) (1 << random.nextInt(8));
        Bytes damaged = new Bytes(altered);
        assertThrows(IllegalArgumentException.class, () -> RepairCodecV1.question(damaged));
      }
    }
  }

  /** A peer that computes its checksums right and sends what it likes. */
  @Test
  void whatIsMadeUpIsRefusedBeforeRoomIsMadeForIt() {
    Bytes many = sealed(new RepairWriter().u8('R').u8(1).u8(0).u8(6).u32(Integer.MAX_VALUE));
    assertThrows(IllegalArgumentException.class, () -> RepairCodecV1.question(many));
    Bytes negative = sealed(new RepairWriter().u8('R').u8(1).u8(0).u8(5).u8(0).u32(-1));
    assertThrows(IllegalArgumentException.class, () -> RepairCodecV1.question(negative));
    Bytes name = sealed(new RepairWriter().u8('R').u8(1).u8(0).u8(2).text("no/name").u8(0));
    assertThrows(IllegalArgumentException.class, () -> RepairCodecV1.question(name));
    Bytes leaf =
        sealed(
            new RepairWriter()
                .u8('R')
                .u8(1)
                .u8(0)
                .u8(3)
                .text("orders")
                .u8(0)
                .bytes(new Bytes(new byte[8_193]))
                .u8(0)
                .u8(0));
    RepairCodecV1.question(leaf); // zeros are no leaves
    byte[] beyond = new byte[8_193];
    beyond[8_192] = 1;
    Bytes tooHigh =
        sealed(
            new RepairWriter()
                .u8('R')
                .u8(1)
                .u8(0)
                .u8(3)
                .text("orders")
                .u8(0)
                .bytes(new Bytes(beyond))
                .u8(0)
                .u8(0));
    assertThrows(IllegalArgumentException.class, () -> RepairCodecV1.question(tooHigh));
  }

  private static Bytes sealed(RepairWriter out) {
    return RepairCodecV1.seal(out.toArray());
  }
}
