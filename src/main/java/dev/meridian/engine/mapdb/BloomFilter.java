package dev.meridian.engine.mapdb;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Says "certainly not here" for most documents a table does not hold (Bloom, 1970). All bits of a
 * document lie in one bucket of a cache line (Putze, Sanders and Singler, "Cache-, Hash- and
 * Space-Efficient Bloom Filters", 2007), which ends in its own checksum: a "no" is only given after
 * that was verified, since a bit that was lost would hide a document. At sixteen bits a document
 * about one look-up in six hundred is in vain: a vain one reads and unpacks a block, which costs
 * more than all other work of a write.
 *
 * <p>The bits are not on the heap: the file is mapped.
 */
final class BloomFilter implements AutoCloseable {

  private static final int BITS_PER_KEY = 16;
  private static final int PROBES = 6;
  private static final int BUCKET_BYTES = 64;
  private static final int CHECK_AT = BUCKET_BYTES - Integer.BYTES;
  private static final int BUCKET_BITS = CHECK_AT * 8;

  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  private final MappedFile file;
  private final MemorySegment bits;
  private final long buckets;

  BloomFilter(MappedFile file) throws IOException {
    this.file = file;
    this.bits = file.bytes();
    this.buckets = bits.byteSize() / BUCKET_BYTES;
    if (buckets == 0 || bits.byteSize() % BUCKET_BYTES != 0) {
      throw new IOException("the filter " + file.path() + " has " + bits.byteSize() + " bytes");
    }
  }

  /**
   * False: no key of this hash was added.
   *
   * @throws IOException when that cannot be said because the bucket is damaged
   */
  boolean mightContain(long hash) throws IOException {
    long bucket = bucket(hash, buckets);
    if (containsAll(bits, bucket, hash)) {
      return true;
    }
    if (bits.get(INT, bucket + CHECK_AT) != checksum(bits, bucket)) {
      throw new IOException("the checksum differs at offset " + bucket + " of " + file.path());
    }
    return false;
  }

  /** Brings the bucket of a hash near; returns something of it. */
  long touch(long hash) {
    return bits.get(LONG, bucket(hash, buckets));
  }

  /** Verifies all of it. */
  void verify() throws IOException {
    for (long at = 0; at < bits.byteSize(); at += BUCKET_BYTES) {
      if (bits.get(INT, at + CHECK_AT) != checksum(bits, at)) {
        throw new IOException("the checksum differs at offset " + at + " of " + file.path());
      }
    }
  }

  @Override
  public void close() {
    file.close();
  }

  private static boolean containsAll(MemorySegment bits, long bucket, long hash) {
    long probe = mix(hash);
    int step = (int) (probe >>> 32) | 1;
    int at = (int) probe;
    for (int i = 0; i < PROBES; i++) {
      int bit = bit(at);
      byte b = bits.get(ValueLayout.JAVA_BYTE, bucket + (bit >>> 3));
      if ((b & 1 << (bit & 7)) == 0) {
        return false;
      }
      at += step;
    }
    return true;
  }

  private static long bucket(long hash, long buckets) {
    return Math.unsignedMultiplyHigh(hash, buckets) * BUCKET_BYTES;
  }

  /** A bucket is too short for a CRC to be worth its call. It knows the place, too. */
  private static int checksum(MemorySegment bits, long bucket) {
    long sum = bucket;
    for (int at = 0; at < BUCKET_BYTES - Long.BYTES; at += Long.BYTES) {
      sum = mix(sum ^ bits.get(LONG, bucket + at));
    }
    return (int) mix(sum ^ bits.get(INT, bucket + CHECK_AT - Integer.BYTES));
  }

  private static int bit(int probe) {
    return (int) ((probe & 0xFFFFFFFFL) * BUCKET_BITS >>> 32);
  }

  /** Mixes as the finalizer of SplitMix64: every input bit moves every output bit. */
  private static long mix(long z) {
    z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
    z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
    return z ^ z >>> 31;
  }

  /** Collects hashes, off the heap. One thread. */
  static final class Builder implements AutoCloseable {
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment bits;
    private final long buckets;

    /**
     * @param expectedKeys more than that may be added, at more vain look-ups
     */
    Builder(long expectedKeys) {
      buckets = Math.max(1, Math.ceilDiv(expectedKeys * BITS_PER_KEY, BUCKET_BITS));
      bits = arena.allocate(buckets * BUCKET_BYTES, Long.BYTES);
    }

    void add(long hash) {
      long bucket = bucket(hash, buckets);
      long probe = mix(hash);
      int step = (int) (probe >>> 32) | 1;
      int at = (int) probe;
      for (int i = 0; i < PROBES; i++) {
        int bit = bit(at);
        long position = bucket + (bit >>> 3);
        byte b = bits.get(ValueLayout.JAVA_BYTE, position);
        bits.set(ValueLayout.JAVA_BYTE, position, (byte) (b | 1 << (bit & 7)));
        at += step;
      }
    }

    void write(Path path) throws IOException {
      for (long at = 0; at < bits.byteSize(); at += BUCKET_BYTES) {
        bits.set(INT, at + CHECK_AT, checksum(bits, at));
      }
      try (FileChannel channel =
          FileChannel.open(
              path,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE)) {
        for (long at = 0; at < bits.byteSize(); ) {
          long length = Math.min(bits.byteSize() - at, 1 << 20);
          ByteBuffer piece = bits.asSlice(at, length).asByteBuffer();
          while (piece.hasRemaining()) {
            at += channel.write(piece);
          }
        }
        channel.force(true);
      }
    }

    @Override
    public void close() {
      arena.close();
    }
  }
}
