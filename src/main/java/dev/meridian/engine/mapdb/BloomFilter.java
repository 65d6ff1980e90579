package dev.meridian.engine.mapdb;

/**
 * Says "certainly not here" for most documents a table does not hold (Bloom, 1970; two hashes
 * combined as in Kirsch and Mitzenmacher, 2006). At ten bits a document about one look-up in a
 * hundred is in vain.
 */
final class BloomFilter {

  private static final int BITS_PER_KEY = 10;
  private static final int PROBES = 7;
  private static final long MAX_BITS = 1L << 36;

  private final long[] words;

  BloomFilter(long expectedKeys) {
    long bits = Math.clamp(expectedKeys * BITS_PER_KEY, 64, MAX_BITS);
    words = new long[Math.toIntExact((bits + 63) / 64)];
  }

  BloomFilter(long[] words) {
    this.words = words;
  }

  long[] words() {
    return words;
  }

  /** Adds a key by its {@link #hash}. */
  void add(long hash) {
    long step = hash >>> 32 | 1;
    for (int i = 0; i < PROBES; i++) {
      long bit = bit(hash);
      words[(int) (bit >>> 6)] |= 1L << bit;
      hash += step;
    }
  }

  /** False: the key of this hash was never added. */
  boolean mightContain(long hash) {
    long step = hash >>> 32 | 1;
    for (int i = 0; i < PROBES; i++) {
      long bit = bit(hash);
      if ((words[(int) (bit >>> 6)] & 1L << bit) == 0) {
        return false;
      }
      hash += step;
    }
    return true;
  }

  private long bit(long hash) {
    return Long.remainderUnsigned(mix(hash), (long) words.length * 64);
  }

  /** The hash of the first {@code length} bytes. */
  static long hash(byte[] key, int length) {
    long hash = 0xcbf29ce484222325L;
    for (int i = 0; i < length; i++) {
      hash = (hash ^ key[i]) * 0x100000001b3L;
    }
    return mix(hash);
  }

  /** The finalizer of SplitMix64: every input bit moves every output bit. */
  private static long mix(long z) {
    z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
    z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
    return z ^ z >>> 31;
  }
}
