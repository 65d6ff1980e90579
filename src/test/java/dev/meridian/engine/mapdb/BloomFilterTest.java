package dev.meridian.engine.mapdb;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BloomFilterTest {

  private static final int KEYS = 100_000;

  @TempDir Path directory;

  @Test
  void findsAllItHoldsAndLittleElse() throws IOException {
    try (BloomFilter filter = written()) {
      SplittableRandom held = new SplittableRandom(1);
      for (int i = 0; i < KEYS; i++) {
        assertTrue(filter.mightContain(held.nextLong()), "key " + i);
      }
      SplittableRandom others = new SplittableRandom(2);
      int vain = 0;
      for (int i = 0; i < KEYS; i++) {
        vain += filter.mightContain(others.nextLong()) ? 1 : 0;
      }
      assertTrue(vain < KEYS / 400, vain + " of " + KEYS);
    }
  }

  @Test
  void neverSaysNoOutOfDamagedBits() throws IOException {
    try (BloomFilter filter = written()) {
      assertTrue(filter.touch(7) != 0);
    }
    byte[] bytes = Files.readAllBytes(file());
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] &= (byte) ~(1 << i % 8);
    }
    Files.write(file(), bytes);
    try (BloomFilter filter = new BloomFilter(new MappedFile(file()))) {
      SplittableRandom held = new SplittableRandom(1);
      int found = 0;
      int refused = 0;
      for (int i = 0; i < 1000; i++) {
        long key = held.nextLong();
        try {
          assertTrue(filter.mightContain(key));
          found++;
        } catch (IOException damaged) {
          refused++;
        }
      }
      assertTrue(refused > 100 && refused + found == 1000, refused + " refused");
      assertThrows(IOException.class, filter::verify);
    }
  }

  private BloomFilter written() throws IOException {
    try (BloomFilter.Builder builder = new BloomFilter.Builder(KEYS)) {
      SplittableRandom random = new SplittableRandom(1);
      for (int i = 0; i < KEYS; i++) {
        builder.add(random.nextLong());
      }
      builder.write(file());
    }
    return new BloomFilter(new MappedFile(file()));
  }

  private Path file() {
    return directory.resolve("filter");
  }
}
