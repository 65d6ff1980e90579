package dev.meridian.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class KeyRankTest {

  @Test
  void neverContradictsTheOrderOfKeys() {
    long seed = Long.getLong("meridian.seed", System.nanoTime());
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < 200_000; i++) {
      KeyRank ranks = new KeyRank(bytes(random, 4));
      byte[] a = bytes(random, 14);
      byte[] b = bytes(random, 14);
      int byRank = Long.compareUnsigned(ranks.of(a, 0, a.length), ranks.of(b, 0, b.length));
      int byKey = Arrays.compareUnsigned(a, b);
      assertTrue(
          byRank == 0 || Integer.signum(byRank) == Integer.signum(byKey),
          () -> "seed " + seed + " " + Arrays.toString(a) + " " + Arrays.toString(b));
    }
  }

  @Test
  void tellsKeysApartBehindWhatTheyShare() {
    KeyRank ranks = new KeyRank("order-".getBytes(StandardCharsets.UTF_8));
    byte[] all = "..order-00000017".getBytes(StandardCharsets.UTF_8);
    assertEquals(0x3030303030303137L, ranks.of(all, 2, all.length - 2));
    assertEquals(0x3030000000000000L, ranks.of(all, 2, 8));
  }

  /** Few letters, so that beginnings are often shared; also those beyond 0x7F. */
  private static byte[] bytes(SplittableRandom random, int most) {
    byte[] letters = {0, 1, 'a', (byte) 0xFF};
    byte[] result = new byte[random.nextInt(most + 1)];
    for (int i = 0; i < result.length; i++) {
      result[i] = letters[random.nextInt(letters.length)];
    }
    return result;
  }
}
