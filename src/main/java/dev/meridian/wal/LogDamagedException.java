package dev.meridian.wal;

import dev.meridian.clock.Lsn;
import java.io.IOException;

/**
 * The log does not hold what it promised to hold. Nothing was changed. Retrying does not help: the
 * message tells an operator what to do.
 */
public final class LogDamagedException extends IOException {

  private static final long serialVersionUID = 1L;

  private static final String ADVICE =
      ". Nothing was changed and no record was skipped. To repair: stop this node, move its whole"
          + " data directory aside and start it empty, so that it copies everything back from its"
          + " peers; without a complete peer, restore this file from a backup";

  private final String file;
  private final long offset;
  private final long lsn;

  LogDamagedException(String file, long offset, long lsn, String found) {
    super(
        "log damaged: file=" + file + " offset=" + offset + " lsn=" + lsn + ": " + found + ADVICE);
    this.file = file;
    this.offset = offset;
    this.lsn = lsn;
  }

  /** Path of the file. */
  public String file() {
    return file;
  }

  /** Byte in the file where reading had to end. */
  public long offset() {
    return offset;
  }

  /** The first record that cannot be read. */
  public Lsn lsn() {
    return new Lsn(lsn);
  }
}
