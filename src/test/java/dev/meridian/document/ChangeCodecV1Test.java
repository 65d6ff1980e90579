package dev.meridian.document;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import dev.meridian.clock.Dot;
import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionVector;
import dev.meridian.simulation.Golden;
import java.io.IOException;
import java.util.Arrays;
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
    byte[] whole = SAMPLE.encoded().toArray();
    for (int i = 0; i < 200_000; i++) {
      byte[] damaged = Arrays.copyOf(whole, random.nextInt(whole.length + 1));
      for (int flips = random.nextInt(4); flips > 0 && damaged.length > 0; flips--) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
      }
      try {
        ChangeCodecV1.decode(new Bytes(damaged));
      } catch (IllegalArgumentException refused) {
        // what a reader of peers' bytes handles
      } catch (RuntimeException other) {
        fail("seed " + seed + " case " + i, other);
      }
    }
  }
}
