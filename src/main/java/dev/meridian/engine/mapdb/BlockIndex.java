package dev.meridian.engine.mapdb;

import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where each block of a table begins: for block <i>i</i> the shortest key that is above all keys of
 * the block before and not above its own first. Two files, both mapped: the keys one after another,
 * and the end of each (u64). A look-up is a binary search over raw bytes.
 */
final class BlockIndex implements AutoCloseable {

  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  private final MappedFile keys;
  private final MappedFile ends;
  private final long count;

  BlockIndex(MappedFile keys, MappedFile ends) {
    this.keys = keys;
    this.ends = ends;
    this.count = ends.bytes().byteSize() / Long.BYTES;
  }

  /** How many blocks there are. */
  long count() {
    return count;
  }

  /** The block in whose range a key lies. The first block begins below every key. */
  long blockOf(byte[] key) {
    MemorySegment wanted = MemorySegment.ofArray(key);
    long low = 1;
    long high = count - 1;
    while (low <= high) {
      long middle = (low + high) >>> 1;
      if (compare(middle, wanted) <= 0) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return high;
  }

  /** Compares the beginning of a block with a key, as unsigned bytes. */
  private int compare(long block, MemorySegment key) {
    long start = ends.bytes().get(LONG, (block - 1) * Long.BYTES);
    long end = ends.bytes().get(LONG, block * Long.BYTES);
    MemorySegment all = keys.bytes();
    long at = MemorySegment.mismatch(all, start, end, key, 0, key.byteSize());
    if (at < 0) {
      return 0;
    }
    if (at == end - start) {
      return -1; // a prefix of the key
    }
    if (at == key.byteSize()) {
      return 1;
    }
    return Byte.compareUnsigned(
        all.get(ValueLayout.JAVA_BYTE, start + at), key.get(ValueLayout.JAVA_BYTE, at));
  }

  boolean isOpen() {
    return keys.isOpen();
  }

  @Override
  public void close() {
    keys.close();
    ends.close();
  }

  /** Writes the two files. One thread. */
  static final class Writer implements AutoCloseable {
    private static final int BUFFER_BYTES = 64 << 10;

    private final DataOutputStream keys;
    private final DataOutputStream ends;
    private long length;

    Writer(Path keys, Path ends) throws IOException {
      this.keys = open(keys);
      this.ends = open(ends);
    }

    private static DataOutputStream open(Path path) throws IOException {
      return new DataOutputStream(
          new BufferedOutputStream(Files.newOutputStream(path), BUFFER_BYTES));
    }

    /** Adds the beginning of the next block. */
    void add(byte[] beginning) throws IOException {
      keys.write(beginning);
      length += beginning.length;
      ends.writeLong(length);
    }

    @Override
    public void close() throws IOException {
      try (ends;
          keys) {
        // Both are closed, also when one of them cannot be written.
      }
    }
  }
}
