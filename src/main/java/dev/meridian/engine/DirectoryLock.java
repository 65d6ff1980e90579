package dev.meridian.engine;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Keeps a second process out of a data directory. The operating system lets go of it when the
 * process ends, however it ends.
 *
 * <p>There are two locks, one beside the log: who deletes the first one, taking it for a relic,
 * does not let a second process in.
 */
public final class DirectoryLock implements AutoCloseable {

  private static final String NAME = "LOCK";
  private static final String LOG = "wal";

  private final List<FileChannel> channels;

  private DirectoryLock(List<FileChannel> channels) {
    this.channels = channels;
  }

  /**
   * For one who writes. Creates the directory if it is missing. Fails with one clear line when it
   * cannot be used.
   */
  public static DirectoryLock acquire(Path directory) throws IOException {
    List<FileChannel> channels = new ArrayList<>();
    try {
      for (Path each : List.of(directory, directory.resolve(LOG))) {
        Files.createDirectories(each);
        channels.add(open(each, StandardOpenOption.CREATE, StandardOpenOption.WRITE));
      }
    } catch (IOException denied) {
      closeAll(channels);
      throw new IOException(
          "the data directory "
              + directory.toAbsolutePath()
              + " cannot be written: "
              + denied.getClass().getSimpleName()
              + " "
              + denied.getMessage(),
          denied);
    }
    return locked(directory, channels, false);
  }

  /** For one who only reads: keeps writers out, changes nothing, needs no right to write. */
  public static DirectoryLock acquireToRead(Path directory) throws IOException {
    List<FileChannel> channels = new ArrayList<>();
    for (Path each : List.of(directory, directory.resolve(LOG))) {
      try {
        channels.add(open(each, StandardOpenOption.READ));
      } catch (NoSuchFileException neverLocked) {
        // a node would have made it
      }
    }
    return locked(directory, channels, true);
  }

  private static FileChannel open(Path directory, OpenOption... options) throws IOException {
    return FileChannel.open(directory.resolve(NAME), options);
  }

  private static DirectoryLock locked(Path directory, List<FileChannel> channels, boolean shared)
      throws IOException {
    try {
      for (FileChannel channel : channels) {
        FileLock lock = channel.tryLock(0, Long.MAX_VALUE, shared);
        if (lock == null) {
          throw new OverlappingFileLockException();
        }
      }
    } catch (OverlappingFileLockException inUse) { // by this process or by another one
      closeAll(channels);
      throw new IOException(
          "the data directory " + directory.toAbsolutePath() + " is in use by another process",
          inUse);
    } catch (IOException failed) {
      closeAll(channels);
      throw failed;
    }
    return new DirectoryLock(List.copyOf(channels));
  }

  private static void closeAll(List<FileChannel> channels) throws IOException {
    for (FileChannel channel : channels) {
      channel.close();
    }
  }

  @Override
  public void close() throws IOException {
    closeAll(channels);
  }
}
