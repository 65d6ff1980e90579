package dev.meridian.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.Lsn;
import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionVector;
import dev.meridian.document.Bytes;
import dev.meridian.document.CollectionName;
import dev.meridian.simulation.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManifestCodecV3Test {

  private static final Manifest SAMPLE =
      new Manifest(
          new ReplicaId("eu-west"),
          7,
          new Lsn(9000),
          VersionVector.of(new ReplicaId("eu-west"), 441).with(new ReplicaId("us"), 812),
          HlcTimestamp.parse("0197f3a2c1d40003"),
          List.of(
              new TableFile(
                  "0000000000000007",
                  3,
                  2_000_000,
                  HlcTimestamp.parse("0197f3a2c1d40001"),
                  new TableFile.LogRange(new Lsn(8000), new Lsn(9000)),
                  List.of(
                      new TableFile.Part(
                          "0000000000000007.0.table", 1500000, 1764000000000L, List.of(42, -1))))),
          List.of(
              new CollectionState(
                  new CollectionName("orders"),
                  2,
                  30,
                  1764000000000L,
                  HlcTimestamp.parse("0197f3a2c1d40001"),
                  HlcTimestamp.ZERO,
                  Optional.of(Bytes.utf8("{\"mode\":\"active-active\"}")),
                  Optional.of(
                      new FormerLimits(
                          HlcTimestamp.parse("0197f3a2c1d40000"), 3, Duration.ofHours(1))),
                  new Concurrency(1, 2, 3),
                  77)));

  @TempDir Path directory;

  @Test
  void theFormatIsTheOneThatWasPublished() throws IOException {
    byte[] encoded = ManifestCodecV3.encode(SAMPLE);
    assertArrayEquals(Golden.bytes("manifest-v3.bin", encoded), encoded);
    assertEquals(SAMPLE, ManifestCodecV3.decode(encoded));
  }

  @Test
  void everyFlippedBitAndEveryCutIsFound() throws IOException {
    byte[] whole = ManifestCodecV3.encode(SAMPLE);
    for (int bit = 0; bit < whole.length * 8; bit++) {
      byte[] damaged = whole.clone();
      damaged[bit / 8] ^= (byte) (1 << bit % 8);
      assertThrows(IOException.class, () -> ManifestCodecV3.decode(damaged));
    }
    for (int length = 0; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThrows(IOException.class, () -> ManifestCodecV3.decode(cut));
    }
  }

  @Test
  void aDamagedOrMissingFileIsReplacedByItsCopyAndBothAreNamed() throws IOException {
    ManifestFile file = new ManifestFile(directory);
    assertEquals(Optional.empty(), file.read());
    file.write(SAMPLE);
    assertEquals(Optional.of(SAMPLE), file.read());
    damage("MANIFEST");
    assertEquals(Optional.of(SAMPLE), file.read());
    Files.delete(directory.resolve("MANIFEST"));
    assertEquals(Optional.of(SAMPLE), file.read());
    file.write(SAMPLE);
    damage("MANIFEST.copy");
    assertEquals(Optional.of(SAMPLE), file.read());
    damage("MANIFEST");
    IOException damaged = assertThrows(IOException.class, file::read);
    String path = directory.resolve("MANIFEST").toString();
    assertTrue(damaged.getMessage().contains(path), damaged.getMessage());
  }

  private void damage(String name) throws IOException {
    Path path = directory.resolve(name);
    byte[] bytes = Files.readAllBytes(path);
    bytes[20] ^= 1;
    Files.write(path, bytes);
  }
}
