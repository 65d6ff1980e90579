package dev.meridian.wal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Decides what lies behind the last whole frame of the last segment.
 *
 * <p>A batch that was written and not yet forced when the power went may be there in parts, in any
 * order. Nobody was told that it is durable, so it may be left behind. A batch that was forced may
 * not. Every frame says up to where the file was forced when it was written; so if any whole frame
 * further on vouches for the place where reading had to stop, acknowledged records are damaged.
 */
final class LogTail {

  private static final int STEP_BYTES = 256 << 10;
  private static final byte[] ZEROS = new byte[STEP_BYTES];

  /**
   * Bytes checked in search of frames, as a multiple of the bytes they can lie in. Real remains
   * need at most one pass; bytes made up to look like many large frames would need one for each.
   * Then the log is refused: refusing wrongly costs a repair, cutting wrongly costs data.
   */
  private static final int MAX_PASSES = 16;

  private final LogFile file;
  private final LogSegment segment;
  private final long end;
  private final long nextLsn;

  /**
   * @param end behind the last whole frame
   * @param nextLsn that a record at {@code end} would have
   */
  LogTail(LogFile file, LogSegment segment, long end, long nextLsn) {
    this.file = file;
    this.segment = segment;
    this.end = end;
    this.nextLsn = nextLsn;
  }

  /**
   * Whether the remains of a batch follow that was never forced.
   *
   * @throws LogDamagedException when something that was once forced is lost
   */
  boolean isTorn() throws IOException {
    long remainsEnd = lastNonZero() + 1;
    if (remainsEnd <= end) {
      return false;
    }
    refuseIfForced(remainsEnd);
    return true;
  }

  private long lastNonZero() throws IOException {
    long last = end - 1;
    byte[] bytes = new byte[STEP_BYTES];
    for (long at = end; at < segment.capacity(); at += STEP_BYTES) {
      int length = (int) Math.min(STEP_BYTES, segment.capacity() - at);
      read(bytes, length, at);
      int within = lastNonZero(bytes, length);
      if (within >= 0) {
        last = at + within;
      }
    }
    return last;
  }

  private static int lastNonZero(byte[] bytes, int length) {
    if (Arrays.equals(bytes, 0, length, ZEROS, 0, length)) {
      return -1;
    }
    int i = length - 1;
    while (bytes[i] == 0) {
      i--;
    }
    return i;
  }

  private void refuseIfForced(long remainsEnd) throws IOException {
    // A frame may end in zeros, so it may reach beyond the last other byte.
    byte[] remains = new byte[(int) (segment.capacity() - end)];
    int length = (int) (remainsEnd - end);
    read(remains, length, end);
    RecordCodecV1 codec = new RecordCodecV1();
    long budget = (long) MAX_PASSES * remains.length;
    for (int at = 0; at <= remains.length - RecordCodecV1.HEADER_BYTES && at < length; at++) {
      if (!isPlausible(remains, at)) {
        continue;
      }
      int frame = RecordCodecV1.length(remains, at);
      budget -= frame;
      if (budget < 0) {
        throw segment.damaged(end, nextLsn, "unreadable, and too many possible frames follow");
      }
      if (codec.isWhole(remains, at, frame, segment.salt())
          && at - RecordCodecV1.batchOffset(remains, at) > 0) {
        throw segment.damaged(
            end,
            nextLsn,
            "unreadable, though the record with LSN "
                + RecordCodecV1.lsn(remains, at)
                + " at offset "
                + (end + at)
                + " was written after this place had been forced to disk");
      }
    }
  }

  private boolean isPlausible(byte[] bytes, int at) {
    int length = RecordCodecV1.length(bytes, at);
    if (length < RecordCodecV1.HEADER_BYTES || length > bytes.length - at) {
      return false;
    }
    long ahead = RecordCodecV1.lsn(bytes, at) - nextLsn;
    return ahead >= -1 && ahead <= at / RecordCodecV1.HEADER_BYTES;
  }

  private void read(byte[] into, int length, long position) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(into, 0, length);
    while (buffer.hasRemaining()) {
      if (file.read(buffer, position + buffer.position()) <= 0) {
        throw segment.damaged(position + buffer.position(), nextLsn, "the file ends early");
      }
    }
  }
}
