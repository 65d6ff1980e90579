package dev.meridian.wal;

import dev.meridian.clock.HlcTimestamp;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * Version 1 of a frame, big-endian:
 *
 * <pre>
 *  0        4        8                 16                24     25      26            30
 * +--------+--------+-----------------+-----------------+------+-------+-------------+---------
 * | length | check  | LSN             | HLC             | type | flags | batchOffset | payload…
 * | u32    | u32    | u64             | u64             | u8   | u8    | u32         |
 * +--------+--------+-----------------+-----------------+------+-------+-------------+---------
 * </pre>
 *
 * <ul>
 *   <li>{@code length} of the whole frame, at least 30. The file is zeros from the last frame on,
 *       so a length of 0 is the end.
 *   <li>{@code check} is CRC32C of the bytes from 8 to the end, xor the segment's salt: a frame of
 *       another segment, or one that a client put into a document, is not valid here.
 *   <li>{@code flags} is 0 for a record, 1 for a mark, 2 for a record whose payload is compressed
 *       ({@link Compression}). A mark has no payload and repeats the LSN of the record before it.
 *   <li>{@code batchOffset}: how far this frame lies behind the point up to which the file had been
 *       forced when the frame was written. So any frame that can be read vouches that every byte
 *       before {@code position - batchOffset} was once durable.
 * </ul>
 *
 * <p>An instance belongs to one thread.
 */
final class RecordCodecV1 {

  static final int HEADER_BYTES = 30;
  static final byte RECORD = 0;
  static final byte MARK = 1;
  static final byte COMPRESSED = 2;

  private static final int CHECK_AT = 4;
  private static final int CHECKED_FROM = 8;
  private static final int LSN_AT = 8;
  private static final int HLC_AT = 16;
  private static final int TYPE_AT = 24;
  private static final int FLAGS_AT = 25;
  private static final int BATCH_OFFSET_AT = 26;

  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private final CRC32C crc = new CRC32C();

  /**
   * Puts a frame's header at the position of {@code out}, which has room for it. The payload has to
   * follow.
   */
  void putHeader(
      ByteBuffer out,
      int salt,
      long lsn,
      HlcTimestamp hlc,
      byte type,
      byte flags,
      long batchOffset,
      byte[] payload,
      int offset,
      int length) {
    int start = out.position();
    int limit = out.limit();
    out.putInt(HEADER_BYTES + length)
        .putInt(0)
        .putLong(lsn)
        .putLong(hlc.packed())
        .put(type)
        .put(flags)
        .putInt((int) batchOffset);
    crc.reset();
    crc.update(out.limit(start + HEADER_BYTES).position(start + CHECKED_FROM));
    out.limit(limit);
    crc.update(payload, offset, length);
    out.putInt(start + CHECK_AT, (int) crc.getValue() ^ salt);
  }

  /** Whether the check of a frame of {@code length} bytes, all of them at hand, is right. */
  boolean isWhole(byte[] bytes, int at, int length, int salt) {
    crc.reset();
    crc.update(bytes, at + CHECKED_FROM, length - CHECKED_FROM);
    return ((int) crc.getValue() ^ salt) == (int) INT.get(bytes, at + CHECK_AT);
  }

  static int length(byte[] bytes, int at) {
    return (int) INT.get(bytes, at);
  }

  static long lsn(byte[] bytes, int at) {
    return (long) LONG.get(bytes, at + LSN_AT);
  }

  static HlcTimestamp hlc(byte[] bytes, int at) {
    return new HlcTimestamp((long) LONG.get(bytes, at + HLC_AT));
  }

  static byte type(byte[] bytes, int at) {
    return bytes[at + TYPE_AT];
  }

  static byte flags(byte[] bytes, int at) {
    return bytes[at + FLAGS_AT];
  }

  static long batchOffset(byte[] bytes, int at) {
    return Integer.toUnsignedLong((int) INT.get(bytes, at + BATCH_OFFSET_AT));
  }
}
