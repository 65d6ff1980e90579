package dev.meridian.engine;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * The manifest as a file: written beside the old one, forced, renamed over it, and the directory
 * forced, so that a crash leaves one of the two whole.
 */
public final class ManifestFile implements ManifestStore {

  private static final String NAME = "MANIFEST";

  private final Path directory;

  public ManifestFile(Path directory) {
    this.directory = directory;
  }

  @Override
  public Optional<Manifest> read() throws IOException {
    Path file = directory.resolve(NAME);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(ManifestCodecV1.decode(Files.readAllBytes(file)));
    } catch (IOException | IllegalArgumentException damaged) {
      throw new IOException(
          "the manifest "
              + file
              + " cannot be used: "
              + damaged.getMessage()
              + ". Move the data directory away and start again to fetch everything from a peer.",
          damaged);
    }
  }

  @Override
  public void write(Manifest manifest) throws IOException {
    Path fresh = directory.resolve(NAME + ".new");
    try (FileChannel out =
        FileChannel.open(
            fresh,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.wrap(ManifestCodecV1.encode(manifest));
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
      out.force(true);
    }
    Files.move(
        fresh,
        directory.resolve(NAME),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
    forceDirectory(directory);
  }

  /** Makes names created in or removed from a directory durable. */
  static void forceDirectory(Path directory) throws IOException {
    try (FileChannel opened = FileChannel.open(directory, StandardOpenOption.READ)) {
      opened.force(true);
    }
  }
}
