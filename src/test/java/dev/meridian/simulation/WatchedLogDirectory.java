package dev.meridian.simulation;

import dev.meridian.wal.LogDirectory;
import dev.meridian.wal.LogFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/** Another directory, whose files' forces are seen first. */
public abstract class WatchedLogDirectory implements LogDirectory {

  private final LogDirectory inner;

  protected WatchedLogDirectory(LogDirectory inner) {
    this.inner = inner;
  }

  /** A file is about to be forced; an exception fails the force. Any thread. */
  protected abstract void beforeForce() throws IOException;

  private LogFile watched(LogFile file) {
    return new LogFile() {
      @Override
      public void write(ByteBuffer src, long position) throws IOException {
        file.write(src, position);
      }

      @Override
      public int read(ByteBuffer dst, long position) throws IOException {
        return file.read(dst, position);
      }

      @Override
      public void force() throws IOException {
        beforeForce();
        file.force();
      }

      @Override
      public long size() throws IOException {
        return file.size();
      }

      @Override
      public void truncate(long size) throws IOException {
        file.truncate(size);
      }

      @Override
      public void close() throws IOException {
        file.close();
      }
    };
  }

  @Override
  public List<String> list() throws IOException {
    return inner.list();
  }

  @Override
  public LogFile create(String name, long preallocateBytes) throws IOException {
    return watched(inner.create(name, preallocateBytes));
  }

  @Override
  public LogFile open(String name) throws IOException {
    return watched(inner.open(name));
  }

  @Override
  public void rename(String from, String to) throws IOException {
    inner.rename(from, to);
  }

  @Override
  public void delete(String name) throws IOException {
    inner.delete(name);
  }

  @Override
  public void force() throws IOException {
    inner.force();
  }

  @Override
  public String describe(String name) {
    return inner.describe(name);
  }
}
