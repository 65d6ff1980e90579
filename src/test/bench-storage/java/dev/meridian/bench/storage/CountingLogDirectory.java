package dev.meridian.bench.storage;

import dev.meridian.wal.LogDirectory;
import dev.meridian.wal.LogFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Counts how often the log is forced: changes over forces is the size of a commit group. */
final class CountingLogDirectory implements LogDirectory {

  private final LogDirectory inner;
  private final AtomicLong forces = new AtomicLong();

  CountingLogDirectory(LogDirectory inner) {
    this.inner = inner;
  }

  long forces() {
    return forces.get();
  }

  @Override
  public List<String> list() throws IOException {
    return inner.list();
  }

  @Override
  public LogFile create(String name, long preallocateBytes) throws IOException {
    return new CountingLogFile(inner.create(name, preallocateBytes), forces);
  }

  @Override
  public LogFile open(String name) throws IOException {
    return new CountingLogFile(inner.open(name), forces);
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

  private record CountingLogFile(LogFile inner, AtomicLong forces) implements LogFile {

    @Override
    public void write(ByteBuffer src, long position) throws IOException {
      inner.write(src, position);
    }

    @Override
    public int read(ByteBuffer dst, long position) throws IOException {
      return inner.read(dst, position);
    }

    @Override
    public void force() throws IOException {
      forces.incrementAndGet();
      inner.force();
    }

    @Override
    public long size() throws IOException {
      return inner.size();
    }

    @Override
    public void truncate(long size) throws IOException {
      inner.truncate(size);
    }

    @Override
    public void close() throws IOException {
      inner.close();
    }
  }
}
