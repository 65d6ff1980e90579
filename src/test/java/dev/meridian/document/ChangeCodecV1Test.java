package dev.meridian.document;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.meridian.clock.Dot;
import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionVector;
import dev.meridian.simulation.Golden;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ChangeCodecV1Test {

  private static final Change SAMPLE =
      ChangeCodecV1.encode(
          new Dot(new ReplicaId("eu-west"), 441),
          HlcTimestamp.parse("0197f3a2c1d40003"),
          ChangeKind.PUT,
          new CollectionName("orders"),
          new DocumentId("user/42 ü"),
          VersionVector.of(new ReplicaId("us"), 7),
          VersionVector.of(new ReplicaId("ap"), 9).with(new ReplicaId("us"), 812),
          "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
          Bytes.utf8("{\"n\":1.10,\"big\":1e400}"));

  private static final ReplicaId US = new ReplicaId("us");

  private static final Change PLACED =
      ChangeCodecV1.encode(
          new Dot(new ReplicaId("eu-west"), 442),
          HlcTimestamp.parse("0197f3a2c1d40004"),
          ChangeKind.PUT,
          new CollectionName("orders"),
          new DocumentId("user/43"),
          VersionVector.EMPTY,
          VersionVector.of(new ReplicaId("us"), 812),
          "",
          Placement.in(List.of(new ReplicaId("eu-west"), new ReplicaId("eu-north"))),
          Bytes.utf8("{\"secret\":\"of europe\"}"));

  @Test
  void placedAndWithheldChangesHaveTheirPublishedBytes() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(PLACED.encoded().toArray());
    out.writeBytes(ChangeCodecV1.withhold(PLACED).encoded().toArray());
    assertArrayEquals(Golden.bytes("change-placed-v1.bin", out.toByteArray()), out.toByteArray());
  }

  @Test
  void aRegionOutsideGetsEverythingButTheBody() {
    Bytes sent = ChangeCodecV1.forRegion(US, PLACED.encoded());
    assertFalse(new String(sent.toArray(), StandardCharsets.ISO_8859_1).contains("europe"));
    Change withheld = ChangeCodecV1.decode(sent);
    assertTrue(withheld.isWithheld());
    assertEquals(PLACED.version(), withheld.version());
    assertEquals(PLACED.dot(), ChangeCodecV1.dot(sent));
    assertEquals(PLACED.dependencies(), withheld.dependencies());
    assertEquals(PLACED.placement(), withheld.placement());
    assertEquals(PLACED.body().length(), withheld.bodyBytes());
    assertEquals(ChangeCodecV1.checksum(PLACED), ChangeCodecV1.checksum(withheld));
    assertEquals(sent, ChangeCodecV1.forRegion(US, sent), "withholding again changes nothing");
  }

  @Test
  void aRegionOfThePlacementGetsItWhole() {
    assertSame(
        PLACED.encoded(), ChangeCodecV1.forRegion(new ReplicaId("eu-north"), PLACED.encoded()));
    assertSame(SAMPLE.encoded(), ChangeCodecV1.forRegion(US, SAMPLE.encoded()));
  }

  @Test
  void onlyTheRightBodyCompletesAChange() {
    Change withheld = ChangeCodecV1.withhold(PLACED);
    assertTrue(ChangeCodecV1.completes(withheld, PLACED));
    assertFalse(ChangeCodecV1.completes(withheld, withheld));
    byte[] forged = PLACED.encoded().toArray().clone();
    forged[forged.length - 3] ^= 1;
    assertFalse(
        ChangeCodecV1.completes(withheld, ChangeCodecV1.decode(new Bytes(forged))),
        "another body of the same length");
  }

  @Test
  void theFormatIsTheOneThatWasPublished() throws IOException {
    assertArrayEquals(
        Golden.bytes("change-v1.bin", SAMPLE.encoded().toArray()), SAMPLE.encoded().toArray());
  }

  @Test
  void whatIsReadIsWhatWasWritten() {
    Change read = ChangeCodecV1.decode(SAMPLE.encoded());
    assertEquals(SAMPLE, read);
    assertEquals("{\"n\":1.10,\"big\":1e400}", read.body().utf8());
    assertEquals(SAMPLE.dot(), ChangeCodecV1.dot(SAMPLE.encoded()));
  }

  @Test
  void aSliceOfALargerArrayIsReadInPlace() {
    byte[] whole = SAMPLE.encoded().toArray();
    byte[] padded = new byte[whole.length + 20];
    System.arraycopy(whole, 0, padded, 13, whole.length);
    Change read = ChangeCodecV1.decode(new Bytes(padded, 13, whole.length));
    assertEquals(SAMPLE, read);
    assertEquals(SAMPLE.dot(), ChangeCodecV1.dot(new Bytes(padded, 13, whole.length)));
  }

  @Test
  void anyCutOrDamageIsAnIllegalArgumentOrAnotherChangeNeverMore() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (Change each : List.of(SAMPLE, PLACED, ChangeCodecV1.withhold(PLACED))) {
      damageAnywhere(each.encoded().toArray(), seed, random);
    }
  }

  private static void damageAnywhere(byte[] whole, long seed, Random random) {
    for (int i = 0; i < 70_000; i++) {
      byte[] damaged = Arrays.copyOf(whole, random.nextInt(whole.length + 1));
      for (int flips = random.nextInt(4); flips > 0 && damaged.length > 0; flips--) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
      }
      try {
        Change read = ChangeCodecV1.decode(new Bytes(damaged));
        ChangeCodecV1.forRegion(US, read.encoded());
        read.bodyBytes();
      } catch (IllegalArgumentException refused) {
        // what a reader of peers' bytes handles
      } catch (RuntimeException other) {
        fail("seed " + seed + " case " + i, other);
      }
    }
  }
}
