package dev.meridian.cluster;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionVector;
import dev.meridian.clock.Watermark;
import dev.meridian.document.Bytes;
import dev.meridian.document.Change;
import dev.meridian.simulation.Changes;
import dev.meridian.simulation.Golden;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

class PeerMessageCodecV1Test {

  private static final ReplicaId EU = new ReplicaId("eu");
  private static final ReplicaId US = new ReplicaId("us");
  private static final List<PeerMessage> SAMPLES =
      List.of(
          new PeerMessage.Hello(
              new Region(EU, URI.create("http://eu:8081/"), 53.35, -6.26, "Dublin · Éire"),
              VersionVector.of(EU, 441).with(US, 812)),
          new PeerMessage.Changes(
              List.of(
                  Changes.put("eu", 441, 0x0197f3a2c1d40003L, "ö/1", "{\"n\":1.10}").encoded(),
                  Changes.delete("us", 812, 0x0197f3a2c1d40004L, "x").encoded())),
          new PeerMessage.Heartbeat(
              1_750_000_000_123L,
              new SteadyTime(0x5eed, 86_400_000_000_123L),
              VersionVector.of(EU, 441),
              List.of(
                  promised(EU, 0x0197f3a2c1d40005L, 441, 0),
                  promised(US, 0x0197f3a2c1d40001L, 0, 70_000))),
          new PeerMessage.Changes(List.of()),
          new PeerMessage.Heartbeat(-1, new SteadyTime(-1, -1), VersionVector.EMPTY, List.of()));

  private static final List<PeerMessage> ACKS =
      List.of(new PeerMessage.AcksWanted(0, 441), new PeerMessage.Ack(812, 441));

  /** A batch worth packing. */
  private static final PeerMessage BATCH =
      new PeerMessage.Changes(
          IntStream.rangeClosed(1, 40)
              .mapToObj(
                  i ->
                      Changes.put(
                          "eu", i, 0x0197f3a2c1d40003L + i, "order-" + i, "{\"total\":" + i + "}"))
              .map(Change::encoded)
              .toList());

  private static PeerMessage.Promised promised(
      ReplicaId origin, long hlc, long sequence, long ageMillis) {
    return new PeerMessage.Promised(
        new Watermark(origin, new HlcTimestamp(hlc), sequence), ageMillis);
  }

  private static byte[] encoded() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    SAMPLES.forEach(message -> out.writeBytes(PeerMessageCodecV1.encode(message)));
    return out.toByteArray();
  }

  @Test
  void bytesAreThePublishedOnes() throws IOException {
    byte[] golden = Golden.bytes("peer-messages-v1.bin", encoded());
    assertArrayEquals(golden, encoded());
    assertEquals(SAMPLES, readAll(golden, golden.length));
  }

  @Test
  void acknowledgementsAreThePublishedBytes() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ACKS.forEach(message -> out.writeBytes(PeerMessageCodecV1.encode(message)));
    byte[] golden = Golden.bytes("peer-acks-v1.bin", out.toByteArray());
    assertArrayEquals(golden, out.toByteArray());
    assertEquals(ACKS, readAll(golden, golden.length));
    byte[] negative = PeerMessageCodecV1.encode(new PeerMessage.Ack(-1, 0));
    assertThrows(MalformedMessageException.class, () -> readAll(negative, negative.length));
  }

  @Test
  void aPackedBatchIsReadFromThePublishedBytes() throws IOException {
    byte[] packed = PeerMessageCodecV1.encodePacked(BATCH);
    byte[] golden = Golden.bytes("peer-packed-v1.bin", packed);
    // Another release of the library may choose other matches; what it made before stays readable.
    assertEquals(List.of(BATCH), readAll(golden, golden.length));
    assertEquals(List.of(BATCH), readAll(packed, packed.length));
    assertEquals(6, packed[9], "type");
    assertTrue(packed.length < PeerMessageCodecV1.encode(BATCH).length / 2, "" + packed.length);
  }

  @Test
  void whatDoesNotGetSmallerIsSentAsItIs() throws IOException {
    byte[] noise = new byte[100_000];
    random(7).nextBytes(noise);
    List<PeerMessage> asTheyAre = new ArrayList<>(SAMPLES);
    asTheyAre.addAll(ACKS);
    asTheyAre.add(new PeerMessage.Changes(List.of(new Bytes(noise))));
    for (PeerMessage message : asTheyAre) {
      assertArrayEquals(
          PeerMessageCodecV1.encode(message), PeerMessageCodecV1.encodePacked(message));
    }
  }

  @Test
  void packedBatchesComeBackWhateverIsInThem() throws IOException {
    for (long seed = 1; seed <= 200; seed++) {
      RandomGenerator random = random(seed);
      List<Bytes> changes = new ArrayList<>();
      for (int i = random.nextInt(60); i >= 0; i--) {
        byte[] bytes = new byte[random.nextInt(3000)];
        for (int at = 0; at < bytes.length; at++) {
          bytes[at] = (byte) random.nextInt(1 + (int) (seed % 60));
        }
        changes.add(new Bytes(bytes));
      }
      PeerMessage batch = new PeerMessage.Changes(changes);
      byte[] packed = PeerMessageCodecV1.encodePacked(batch);
      assertEquals(List.of(batch), readAll(packed, packed.length), "seed " + seed);
    }
    // The most that a byte of LZ4 can stand for is not taken for a lie.
    PeerMessage zeros = new PeerMessage.Changes(List.of(new Bytes(new byte[8 << 20])));
    byte[] packed = PeerMessageCodecV1.encodePacked(zeros);
    assertTrue(packed.length < 40_000, "" + packed.length);
    assertEquals(List.of(zeros), readAll(packed, packed.length));
  }

  @Test
  void aPackedLengthThatLiesTakesNoMemory() {
    for (int claim : new int[] {-1, Integer.MAX_VALUE, 16 << 20, 5000, 0, 1}) {
      byte[] frame = PeerMessageCodecV1.encodePacked(BATCH).clone();
      ByteBuffer.wrap(frame).putInt(10, claim);
      byte[] small = Arrays.copyOf(frame, 24);
      assertThrows(MalformedMessageException.class, () -> readSealed(frame), "claim " + claim);
      assertThrows(MalformedMessageException.class, () -> readSealed(small), "claim " + claim);
    }
  }

  private static List<PeerMessage> readSealed(byte[] frame) throws MalformedMessageException {
    seal(frame);
    return readAll(frame, frame.length);
  }

  private static void seal(byte[] frame) {
    CRC32C crc = new CRC32C();
    crc.update(frame, 8, frame.length - 8);
    ByteBuffer.wrap(frame).putInt(0, frame.length - 8).putInt(4, (int) crc.getValue());
  }

  @Test
  void streamsAreReadHoweverTheyAreCut() throws IOException {
    RandomGenerator random = random(3);
    List<PeerMessage> sent = new ArrayList<>();
    ByteArrayOutputStream stream = new ByteArrayOutputStream();
    for (int i = 0; i < 2000; i++) {
      PeerMessage message = SAMPLES.get(random.nextInt(SAMPLES.size()));
      sent.add(message);
      stream.writeBytes(PeerMessageCodecV1.encode(message));
    }
    byte[] big = new byte[3 << 20];
    PeerMessage large = new PeerMessage.Changes(List.of(new Bytes(big), new Bytes(new byte[1])));
    sent.add(large);
    stream.writeBytes(PeerMessageCodecV1.encode(large));
    for (int maxChunk : new int[] {3, 100, 70_000, 10 << 20}) {
      assertEquals(sent, readAll(stream.toByteArray(), maxChunk));
    }
  }

  @Test
  void noBytesBringAnythingButAMessageOrTheDeclaredException() {
    for (long seed = 1; seed <= 20; seed++) {
      RandomGenerator random = random(seed);
      for (int i = 0; i < 1000; i++) {
        byte[] bytes = mutated(random);
        try {
          readAll(bytes, bytes.length);
        } catch (MalformedMessageException expected) {
          assertTrue(expected.getMessage().length() > 5);
        } catch (RuntimeException wrong) {
          throw new AssertionError("seed " + seed + " round " + i, wrong);
        }
      }
    }
  }

  /** A sample with some bytes changed, and mostly with a checksum that fits all the same. */
  private static byte[] mutated(RandomGenerator random) {
    List<PeerMessage> samples = random.nextInt(4) == 0 ? ACKS : SAMPLES;
    PeerMessage sample =
        random.nextInt(3) == 0 ? BATCH : samples.get(random.nextInt(samples.size()));
    byte[] bytes = PeerMessageCodecV1.encodePacked(sample).clone();
    if (random.nextInt(4) == 0) {
      bytes = Arrays.copyOf(bytes, 8 + random.nextInt(bytes.length));
    }
    int flips = 1 + random.nextInt(4);
    for (int i = 0; i < flips; i++) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
    }
    if (random.nextInt(8) != 0 && bytes.length > 8) {
      seal(bytes);
    }
    return bytes;
  }

  @Test
  void aLengthThatLiesTakesNoMemory() throws IOException {
    PeerMessageReader reader = new PeerMessageReader();
    byte[] header = ByteBuffer.allocate(8).putInt(PeerMessageCodecV1.MAX_FRAME_BYTES).array();
    reader.feed(header, 0, header.length);
    assertEquals(Optional.empty(), reader.next());
    assertEquals(8, reader.unread());

    byte[] tooLong = ByteBuffer.allocate(8).putInt(PeerMessageCodecV1.MAX_FRAME_BYTES + 1).array();
    assertThrows(MalformedMessageException.class, () -> readAll(tooLong, 8));
    assertThrows(
        MalformedMessageException.class, () -> readAll(new byte[] {-1, -1, -1, -1, 0, 0, 0, 0}, 8));
    assertThrows(MalformedMessageException.class, () -> readAll(new byte[8], 8));
  }

  @Test
  void messagesBeyondTheLimitsAreNotMade() {
    List<Bytes> many = Collections.nCopies(PeerMessageCodecV1.MAX_CHANGES + 1, Bytes.EMPTY);
    assertThrows(
        IllegalArgumentException.class,
        () -> PeerMessageCodecV1.encode(new PeerMessage.Changes(many)));
    Bytes half = new Bytes(new byte[PeerMessageCodecV1.MAX_FRAME_BYTES / 2]);
    assertThrows(
        IllegalArgumentException.class,
        () -> PeerMessageCodecV1.encode(new PeerMessage.Changes(List.of(half, half))));
  }

  private static List<PeerMessage> readAll(byte[] bytes, int maxChunk)
      throws MalformedMessageException {
    RandomGenerator random = random(bytes.length);
    PeerMessageReader reader = new PeerMessageReader();
    List<PeerMessage> messages = new ArrayList<>();
    for (int at = 0; at < bytes.length; ) {
      int length = Math.min(bytes.length - at, 1 + random.nextInt(maxChunk));
      reader.feed(bytes, at, length);
      at += length;
      for (Optional<PeerMessage> m = reader.next(); m.isPresent(); m = reader.next()) {
        messages.add(m.get());
      }
    }
    return messages;
  }

  private static RandomGenerator random(long seed) {
    return RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
  }
}
