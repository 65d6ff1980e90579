package dev.meridian.chaos;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** A file system of its own, in memory, that can be filled. Only where this user may mount one. */
final class SmallDisk implements AutoCloseable {

  private static final String SIZE = "512m";
  private static final int PIECE = 1 << 20;

  private final Path directory;
  private final Path filler;

  private SmallDisk(Path directory) {
    this.directory = directory;
    this.filler = directory.resolve("filler");
  }

  /** Mounts one at a directory; empty where that is not allowed. */
  static Optional<SmallDisk> mount(Path directory) throws IOException {
    String options = "size=" + SIZE + ",mode=0700";
    return run("mount", "-t", "tmpfs", "-o", options, "tmpfs", directory.toString())
        ? Optional.of(new SmallDisk(directory))
        : Optional.empty();
  }

  private static boolean run(String... command) throws IOException {
    try {
      return new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (InterruptedException stop) {
      throw new IOException(stop);
    } catch (IOException noSuchCommand) {
      return false;
    }
  }

  /** Leaves room for so many bytes more, and no page beyond. */
  void fill(long left) throws IOException {
    try (OutputStream out = Files.newOutputStream(filler)) {
      byte[] piece = new byte[PIECE];
      for (long room = room() - left; room > 0; room = room() - left) {
        out.write(piece, 0, (int) Math.min(PIECE, room));
      }
    } catch (IOException full) {
      if (room() > left) {
        throw full;
      }
    }
  }

  private long room() throws IOException {
    return Files.getFileStore(directory).getUsableSpace();
  }

  /** There is room again. */
  void free() throws IOException {
    Files.deleteIfExists(filler);
  }

  @Override
  public void close() {
    try {
      run("umount", "--lazy", directory.toString());
    } catch (IOException failed) {
      throw new java.io.UncheckedIOException(failed);
    }
  }
}
