package dev.meridian.engine;

import java.io.IOException;
import java.nio.file.Path;

/** Bytes at rest are not those that were written. Says which file and, if known, where. */
public final class DamagedFileException extends IOException {

  private static final long serialVersionUID = 1L;

  private final String file;
  private final long offset;

  /**
   * @param offset where in the file; -1 when it cannot be told
   */
  public DamagedFileException(Path file, long offset, String what) {
    super(
        "the file "
            + file
            + " is damaged"
            + (offset < 0 ? "" : " at offset " + offset)
            + ": "
            + what);
    this.file = file.getFileName().toString();
    this.offset = offset;
  }

  public String file() {
    return file;
  }

  public long offset() {
    return offset;
  }
}
