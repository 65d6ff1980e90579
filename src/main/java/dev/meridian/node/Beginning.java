package dev.meridian.node;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A region that began with nothing has asked its peers for its own past before it takes writes;
 * that is remembered here, so that a crash meanwhile does not make it one that had something.
 */
final class Beginning {

  private static final String FILE = "beginning";

  private Beginning() {}

  static boolean isUnderWay(Path directory) {
    return Files.exists(directory.resolve(FILE));
  }

  static void begin(Path directory) throws IOException {
    if (!isUnderWay(directory)) {
      Files.createFile(directory.resolve(FILE));
      sync(directory);
    }
  }

  /** It has its past. */
  static void over(Path directory) {
    try {
      if (Files.deleteIfExists(directory.resolve(FILE))) {
        sync(directory);
      }
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private static void sync(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
