package dev.meridian.engine;

import java.io.IOException;

/** A file is whole, and a later release wrote it: nothing of it may be guessed or changed. */
final class NewerFormatException extends IOException {

  private static final long serialVersionUID = 1L;

  NewerFormatException(int found, int known) {
    super(
        "it has format version "
            + found
            + ", and this release reads up to "
            + known
            + ". Start the release that wrote it; nothing was changed.");
  }
}
