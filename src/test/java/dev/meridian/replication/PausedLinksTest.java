package dev.meridian.replication;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.meridian.clock.ReplicaId;
import dev.meridian.simulation.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PausedLinksTest {

  private static final ReplicaId US = new ReplicaId("us");
  private static final ReplicaId AP = new ReplicaId("ap-south");
  private static final PausedLinks SAMPLE =
      PausedLinks.NONE.with(US, 1_750_000_000_123L).with(AP, 1_750_000_000_999L);

  @TempDir Path directory;

  private Path file() {
    return directory.resolve(PausedLinksFile.NAME);
  }

  private PausedLinks read() {
    return new PausedLinksFile(directory).read();
  }

  @Test
  void bytesAreThePublishedOnes() throws IOException {
    byte[] encoded = PausedLinksCodecV1.encode(SAMPLE);
    byte[] golden = Golden.bytes("paused-links-v1.bin", encoded);
    assertArrayEquals(golden, encoded);
    assertEquals(SAMPLE, PausedLinksCodecV1.decode(golden));
  }

  @Test
  void whatIsWrittenIsReadAfterARestart() throws IOException {
    assertEquals(PausedLinks.NONE, read());
    new PausedLinksFile(directory).write(SAMPLE);
    assertEquals(SAMPLE, read());
    new PausedLinksFile(directory).write(SAMPLE.without(US).without(AP));
    assertEquals(PausedLinks.NONE, read());
  }

  @Test
  void aLinkThatIsPausedAgainIsPausedSinceTheFirstTime() {
    assertEquals(SAMPLE, SAMPLE.with(US, 1_800_000_000_000L));
  }

  @Test
  void aDamagedFileMeansThatNothingIsPaused() throws IOException {
    byte[] good = PausedLinksCodecV1.encode(SAMPLE);
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(5);
    for (int at = 0; at < good.length; at++) {
      byte[] flipped = good.clone();
      flipped[at] ^= (byte) (1 + random.nextInt(255));
      Files.write(file(), flipped);
      assertEquals(PausedLinks.NONE, read(), "byte " + at);
      Files.write(file(), Arrays.copyOf(good, at));
      assertEquals(PausedLinks.NONE, read(), "cut at " + at);
    }
    Files.write(file(), Arrays.copyOf(good, 10_000_000));
    assertEquals(PausedLinks.NONE, read());
    Files.delete(file());
    Files.createDirectory(file());
    assertEquals(PausedLinks.NONE, read());
  }

  @Test
  void whatCannotBeWrittenChangesNothing() throws IOException {
    new PausedLinksFile(directory).write(SAMPLE);
    Files.createDirectory(directory.resolve(PausedLinksFile.NAME + ".new"));
    assertThrows(IOException.class, () -> new PausedLinksFile(directory).write(PausedLinks.NONE));
    assertEquals(SAMPLE, read());
  }

  @Test
  void asManyFitAsThereAreRegions() throws IOException {
    Map<ReplicaId, Long> all = new HashMap<>();
    for (int i = 0; i < 16; i++) {
      all.put(new ReplicaId("r" + "x".repeat(29) + (char) ('a' + i)), Long.MAX_VALUE - i);
    }
    PausedLinks most = new PausedLinks(all);
    new PausedLinksFile(directory).write(most);
    assertEquals(most, read());
    assertTrue(Files.size(file()) <= PausedLinksCodecV1.MAX_BYTES);
    assertThrows(IllegalArgumentException.class, () -> most.with(US, 1));
  }
}
