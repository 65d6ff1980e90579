package dev.meridian.replication;

import dev.meridian.document.Bytes;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * Version 1 of a file of hints, big-endian:
 *
 * <pre>
 *  0        1           4
 * +--------+-----------+---------+---------+---
 * | ver=1  | "HNT"     | frame   | frame   | …
 * | u8     | 3 x u8    |         |         |
 * +--------+-----------+---------+---------+---
 *
 *  0        4              8               16           20
 * +--------+--------------+---------------+------------+------------------+
 * | length | change check | held at       | head check | encoded change   |
 * | u32    | u32          | u64, ms, Unix | u32        | length - 20      |
 * +--------+--------------+---------------+------------+------------------+
 * </pre>
 *
 * <ul>
 *   <li>{@code length} of the whole frame, more than 20.
 *   <li>{@code change check} is CRC32C of the encoded change.
 *   <li>{@code head check} is CRC32C of the file's name (ASCII), the frame's position in the file
 *       (u64) and the frame's first 16 bytes. So a place can be taken for a frame without reading
 *       its change, and bytes that only look like a frame, such as one that a client put into a
 *       document, or a file that was given another's name, are not taken for one.
 * </ul>
 *
 * <p>A frame is read whatever the first four bytes of its file are: damage of those harms no hint.
 *
 * <p>An instance belongs to one file and one thread.
 */
final class HintFileCodecV1 {

  static final byte VERSION = 1;
  static final int FILE_HEAD_BYTES = 4;
  static final int FRAME_HEAD_BYTES = 20;

  private static final byte[] FILE_HEAD = {VERSION, 'H', 'N', 'T'};
  private static final int CHANGE_CHECK_AT = 4;
  private static final int MILLIS_AT = 8;
  private static final int HEAD_CHECK_AT = 16;

  private final CRC32C crc = new CRC32C();
  private final byte[] name;
  private final ByteBuffer place = ByteBuffer.allocate(Long.BYTES);

  /**
   * @param name of the file, without its directory
   */
  HintFileCodecV1(String name) {
    this.name = name.getBytes(StandardCharsets.US_ASCII);
  }

  static ByteBuffer fileHead() {
    return ByteBuffer.wrap(FILE_HEAD.clone());
  }

  /**
   * Whether the bytes start a file of this version, perhaps cut within its head, with nothing but
   * zeros behind.
   */
  static boolean mayStart(byte[] file) {
    int same = Arrays.mismatch(file, FILE_HEAD);
    if (same < 0 || same >= Math.min(file.length, FILE_HEAD_BYTES)) {
      return true;
    }
    for (int i = same; i < file.length; i++) {
      if (file[i] != 0) {
        return false;
      }
    }
    return true;
  }

  static long frameBytes(Bytes change) {
    return (long) FRAME_HEAD_BYTES + change.length();
  }

  /**
   * The frames of these changes, one behind the other.
   *
   * @param position of the first of them in the file
   */
  ByteBuffer encode(long position, long millis, Collection<Bytes> changes) {
    long total = changes.stream().mapToLong(HintFileCodecV1::frameBytes).sum();
    ByteBuffer out = ByteBuffer.allocate(Math.toIntExact(total));
    for (Bytes change : changes) {
      int at = out.position();
      out.putInt((int) frameBytes(change))
          .putInt(changeCheck(change.array(), change.offset(), change.length()))
          .putLong(millis);
      out.putInt(headCheck(position + at, out.array(), at));
      out.put(change.array(), change.offset(), change.length());
    }
    return out.flip();
  }

  /**
   * Whether a frame's head is at {@code at}; its change may be damaged or missing.
   *
   * @param position in the file of what is at {@code at} in {@code bytes}
   */
  boolean isHead(long position, byte[] bytes, int at) {
    return bytes.length - at >= FRAME_HEAD_BYTES
        && length(bytes, at) > FRAME_HEAD_BYTES
        && headCheck(position, bytes, at) == intAt(bytes, at + HEAD_CHECK_AT);
  }

  /** The change of a frame whose head is at {@code at}, sharing the bytes; empty if damaged. */
  Optional<Bytes> change(byte[] bytes, int at) {
    int from = at + FRAME_HEAD_BYTES;
    int length = length(bytes, at) - FRAME_HEAD_BYTES;
    return length <= bytes.length - from
            && changeCheck(bytes, from, length) == intAt(bytes, at + CHANGE_CHECK_AT)
        ? Optional.of(new Bytes(bytes, from, length))
        : Optional.empty();
  }

  static int length(byte[] bytes, int at) {
    return intAt(bytes, at);
  }

  static long millis(byte[] bytes, int at) {
    return ByteBuffer.wrap(bytes).getLong(at + MILLIS_AT);
  }

  private int changeCheck(byte[] bytes, int from, int length) {
    crc.reset();
    crc.update(bytes, from, length);
    return (int) crc.getValue();
  }

  private int headCheck(long position, byte[] bytes, int at) {
    crc.reset();
    crc.update(name);
    crc.update(place.putLong(0, position).array());
    crc.update(bytes, at, HEAD_CHECK_AT);
    return (int) crc.getValue();
  }

  private static int intAt(byte[] bytes, int at) {
    return ByteBuffer.wrap(bytes).getInt(at);
  }
}
