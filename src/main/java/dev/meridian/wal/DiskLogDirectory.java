package dev.meridian.wal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Log files in a directory of the file system. */
public final class DiskLogDirectory implements LogDirectory {

  /**
   * Zeros are forced in steps of this size: one large force would keep the log's own forces waiting
   * behind it for as long as the disk needs for a whole segment.
   */
  private static final int PREALLOCATION_STEP_BYTES = 2 << 20;

  private final Path directory;
  private final Set<OpenOption> access;

  /** The directory is created when it is first listed. */
  public DiskLogDirectory(Path directory) {
    this(directory, Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE));
  }

  private DiskLogDirectory(Path directory, Set<OpenOption> access) {
    this.directory = directory;
    this.access = access;
  }

  /** One whose files can only be read, also where the disk takes no writes. */
  public static DiskLogDirectory toRead(Path directory) {
    return new DiskLogDirectory(directory, Set.of(StandardOpenOption.READ));
  }

  @Override
  public List<String> list() throws IOException {
    Files.createDirectories(directory);
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Override
  public LogFile create(String name, long preallocateBytes) throws IOException {
    Path path = directory.resolve(name);
    FileChannel channel =
        FileChannel.open(
            path, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      fillWithZeros(channel, preallocateBytes);
    } catch (IOException failure) {
      discard(channel, path, failure);
      throw failure;
    }
    return new DiskLogFile(channel);
  }

  @Override
  public LogFile open(String name) throws IOException {
    return new DiskLogFile(FileChannel.open(directory.resolve(name), access));
  }

  @Override
  public void rename(String from, String to) throws IOException {
    Files.move(directory.resolve(from), directory.resolve(to), StandardCopyOption.ATOMIC_MOVE);
  }

  @Override
  public void delete(String name) throws IOException {
    Files.delete(directory.resolve(name));
  }

  @Override
  public void force() throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  @Override
  public String describe(String name) {
    return directory.resolve(name).toString();
  }

  private static void fillWithZeros(FileChannel channel, long bytes) throws IOException {
    ByteBuffer zeros = ByteBuffer.allocateDirect((int) Math.min(bytes, PREALLOCATION_STEP_BYTES));
    for (long position = 0; position < bytes; position += zeros.limit()) {
      zeros.clear().limit((int) Math.min(zeros.capacity(), bytes - position));
      writeAll(channel, zeros, position);
      channel.force(false);
    }
  }

  private static void writeAll(FileChannel channel, ByteBuffer src, long position)
      throws IOException {
    long at = position;
    while (src.hasRemaining()) {
      at += channel.write(src, at);
    }
  }

  private static void discard(FileChannel channel, Path path, IOException failure) {
    try {
      channel.close();
      Files.delete(path);
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  private record DiskLogFile(FileChannel channel) implements LogFile {

    @Override
    public void write(ByteBuffer src, long position) throws IOException {
      writeAll(channel, src, position);
    }

    @Override
    public int read(ByteBuffer dst, long position) throws IOException {
      return channel.read(dst, position);
    }

    @Override
    public void force() throws IOException {
      channel.force(false);
    }

    @Override
    public long size() throws IOException {
      return channel.size();
    }

    @Override
    public void truncate(long size) throws IOException {
      channel.truncate(size);
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
