package dev.meridian.wal;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * Version 1 of what a segment file starts with, big-endian:
 *
 * <pre>
 *  0      4         5          8              12         20         28               36
 * +------+---------+----------+--------------+----------+----------+----------------+----------+-----+
 * | MWAL | version | reserved | headerLength | capacity | firstLsn | previousFirst  | context… | crc |
 * |      | u8 = 1  | 3 x 0    | u32          | u64      | u64      | u64, 0 if none |          | u32 |
 * +------+---------+----------+--------------+----------+----------+----------------+----------+-----+
 * </pre>
 *
 * The first frame follows at {@code headerLength}. The crc is CRC32C of all header bytes before it,
 * and the salt of the segment's frames.
 *
 * @param capacity size of the file; a file of another size was cut or copied badly
 * @param previousFirst first LSN of the segment before: finds a missing segment without reading
 */
record SegmentHeaderV1(long capacity, long firstLsn, long previousFirst, byte[] context) {

  static final int MAX_CONTEXT_BYTES = 64 << 10;
  static final int FIXED_BYTES = 36;
  static final int MAX_BYTES = FIXED_BYTES + MAX_CONTEXT_BYTES + 4;

  private static final int MAGIC = 'M' << 24 | 'W' << 16 | 'A' << 8 | 'L';
  private static final byte VERSION = 1;

  SegmentHeaderV1 {
    if (context.length > MAX_CONTEXT_BYTES) {
      throw new IllegalArgumentException(
          "a segment's context is at most " + MAX_CONTEXT_BYTES + " bytes: " + context.length);
    }
  }

  static int bytesFor(byte[] context) {
    return FIXED_BYTES + context.length + 4;
  }

  int length() {
    return bytesFor(context);
  }

  byte[] encode() {
    ByteBuffer out =
        ByteBuffer.allocate(length())
            .putInt(MAGIC)
            .put(VERSION)
            .put(new byte[3])
            .putInt(length())
            .putLong(capacity)
            .putLong(firstLsn)
            .putLong(previousFirst)
            .put(context);
    return out.putInt(crc(out.array(), out.position())).array();
  }

  /** The check of an encoded header, which is the salt of its segment's frames. */
  int salt() {
    byte[] encoded = encode();
    return ByteBuffer.wrap(encoded).getInt(encoded.length - 4);
  }

  /**
   * Reads a header from the start of a file.
   *
   * @throws IllegalArgumentException says what is wrong with it
   */
  static SegmentHeaderV1 decode(byte[] start) {
    if (start.length < FIXED_BYTES + 4) {
      throw new IllegalArgumentException("the file ends within its header");
    }
    ByteBuffer in = ByteBuffer.wrap(start);
    if (in.getInt() != MAGIC) {
      throw new IllegalArgumentException("the file does not start as a log segment");
    }
    byte version = in.get();
    if (version != VERSION) {
      throw new IllegalArgumentException(
          "format version " + version + ", and this node reads version " + VERSION);
    }
    int length = in.getInt(8);
    if (length < FIXED_BYTES + 4 || length > start.length) {
      throw new IllegalArgumentException("the header has an impossible length");
    }
    if (crc(start, length - 4) != in.getInt(length - 4)) {
      throw new IllegalArgumentException("the header does not match its checksum");
    }
    return new SegmentHeaderV1(
        in.getLong(12),
        in.getLong(20),
        in.getLong(28),
        Arrays.copyOfRange(start, FIXED_BYTES, length - 4));
  }

  private static int crc(byte[] bytes, int end) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, end);
    return (int) crc.getValue();
  }
}
