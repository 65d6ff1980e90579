package dev.meridian.engine;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Keeps a second process out of a data directory. The operating system lets go of it when the
 * process ends, however it ends.
 */
public final class DirectoryLock implements AutoCloseable {

  private final FileChannel channel;

  private DirectoryLock(FileChannel channel) {
    this.channel = channel;
  }

  /** Creates the directory if it is missing. Fails with one clear line when it cannot be used. */
  public static DirectoryLock acquire(Path directory) throws IOException {
    FileChannel channel;
    try {
      Files.createDirectories(directory);
      channel =
          FileChannel.open(
              directory.resolve("LOCK"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    } catch (IOException denied) {
      throw new IOException(
          "the data directory "
              + directory.toAbsolutePath()
              + " cannot be written: "
              + denied.getClass().getSimpleName()
              + " "
              + denied.getMessage(),
          denied);
    }
    try {
      FileLock lock = channel.tryLock();
      if (lock != null) {
        return new DirectoryLock(channel);
      }
    } catch (OverlappingFileLockException alreadyOurs) {
      // the same process holds it: as much in use as by another one
    }
    channel.close();
    throw new IOException(
        "the data directory " + directory.toAbsolutePath() + " is in use by another process");
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
