package dev.meridian.wal;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.Lsn;
import java.util.Arrays;
import java.util.Objects;

/**
 * A record as read from the log.
 *
 * @param type what the payload is, by whoever wrote it; the log does not look
 * @param buffer holds the payload, and its neighbours: shared, so nobody may change it. The log
 *     never writes to it again, so it may be kept, at the cost of keeping the neighbours too.
 * @param offset where the payload starts in {@code buffer}
 * @param length bytes of payload
 */
public record LogRecord(
    Lsn lsn, HlcTimestamp hlc, byte type, byte[] buffer, int offset, int length) {

  public LogRecord {
    Objects.checkFromIndexSize(offset, length, buffer.length);
  }

  /** A copy of the payload. */
  public byte[] payload() {
    return Arrays.copyOfRange(buffer, offset, offset + length);
  }
}
