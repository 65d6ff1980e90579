package dev.meridian.simulation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The bytes of published formats, kept under {@code src/test/resources/golden}. A format that
 * changes gets a new version and a new file; an old file never changes.
 */
public final class Golden {

  private static final Path DIRECTORY = Path.of("src/test/resources/golden");

  private Golden() {}

  /**
   * The published bytes.
   *
   * @param ifNew what to publish when {@code -Dmeridian.golden.write=true} and the file is missing
   */
  public static byte[] bytes(String name, byte[] ifNew) throws IOException {
    Path file = DIRECTORY.resolve(name);
    if (Boolean.getBoolean("meridian.golden.write") && !Files.exists(file)) {
      Files.createDirectories(DIRECTORY);
      Files.write(file, ifNew);
    }
    return Files.readAllBytes(file);
  }
}
