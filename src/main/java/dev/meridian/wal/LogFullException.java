package dev.meridian.wal;

import java.io.IOException;

/**
 * There is no room for the next segment. The record was not appended and took no LSN; the log is as
 * it was and still usable: what was appended before can be forced, and appending may be tried again
 * once there is space.
 */
public final class LogFullException extends IOException {

  private static final long serialVersionUID = 1L;

  LogFullException(long segmentBytes, IOException cause) {
    super(
        "no new log segment of "
            + segmentBytes
            + " bytes can be made; free disk space or check the disk: "
            + cause.getMessage(),
        cause);
  }
}
