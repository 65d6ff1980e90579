package dev.meridian.node;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * What a crash in the beginning of a region must not make it forget, as files.
 *
 * <ul>
 *   <li>{@code beginning}: it had nothing, and has to ask its peers for its own past before it
 *       takes writes.
 *   <li>{@code filling}: it was given a copy of a peer's tables, which may lack what some of its
 *       entries depend on, and serves no reads before it has what its peers had.
 * </ul>
 */
final class Beginning {

  private static final String BEGINNING = "beginning";
  private static final String FILLING = "filling";

  private Beginning() {}

  static boolean isUnderWay(Path directory) {
    return Files.exists(directory.resolve(BEGINNING));
  }

  static void begin(Path directory) throws IOException {
    create(directory, BEGINNING);
  }

  static boolean isFilling(Path directory) {
    return Files.exists(directory.resolve(FILLING));
  }

  static void fill(Path directory) throws IOException {
    create(directory, FILLING);
  }

  private static void create(Path directory, String file) throws IOException {
    if (!Files.exists(directory.resolve(file))) {
      Files.createFile(directory.resolve(file));
      sync(directory);
    }
  }

  /** It has its past, and what its peers had. */
  static void over(Path directory) {
    try {
      boolean began = Files.deleteIfExists(directory.resolve(BEGINNING));
      boolean filled = Files.deleteIfExists(directory.resolve(FILLING));
      if (began || filled) {
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
