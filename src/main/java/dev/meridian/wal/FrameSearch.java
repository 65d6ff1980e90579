package dev.meridian.wal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Finds the next whole record behind a place that cannot be read. Its check contains the segment's
 * salt, so bytes that only look like a frame are not taken for one.
 */
final class FrameSearch {

  /**
   * Bytes checked, as a multiple of the bytes searched: enough for real remains, and an end for
   * bytes made up to look like many large frames.
   */
  private static final int MAX_PASSES = 16;

  /** From where the unreadable record begins to the first byte looked at. */
  private static final int BEFORE = 1;

  private FrameSearch() {}

  /** Where a record is. */
  record Hit(long position, long lsn) {}

  /**
   * @param from the first position looked at: the first behind the one that cannot be read
   * @param limit bytes from here on are not looked at
   * @param nextLsn that the first unreadable record has; only later ones are looked for
   */
  static Optional<Hit> next(LogFile file, LogSegment segment, long from, long limit, long nextLsn)
      throws IOException {
    byte[] bytes = new byte[(int) Math.max(0, limit - from)];
    int length = read(file, bytes, from);
    RecordCodecV1 codec = new RecordCodecV1();
    long budget = (long) MAX_PASSES * length;
    for (int at = 0; at <= length - RecordCodecV1.HEADER_BYTES && budget > 0; at++) {
      int frame = RecordCodecV1.length(bytes, at);
      boolean plausible =
          frame >= RecordCodecV1.HEADER_BYTES
              && frame <= length - at
              && isAhead(RecordCodecV1.lsn(bytes, at) - nextLsn, at)
              && RecordCodecV1.flags(bytes, at) != RecordCodecV1.MARK;
      if (plausible) {
        budget -= frame;
        if (codec.isWhole(bytes, at, frame, segment.salt())) {
          return Optional.of(new Hit(from + at, RecordCodecV1.lsn(bytes, at)));
        }
      }
    }
    return Optional.empty();
  }

  /** No more records can lie between than there are headers' lengths. */
  private static boolean isAhead(long records, int at) {
    return records > 0 && records <= (at + BEFORE) / RecordCodecV1.HEADER_BYTES;
  }

  private static int read(LogFile file, byte[] into, long position) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(into);
    while (buffer.hasRemaining() && file.read(buffer, position + buffer.position()) > 0) {
      // Short reads are allowed; the file may end early.
    }
    return buffer.position();
  }
}
