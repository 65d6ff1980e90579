package dev.meridian.engine;

import dev.meridian.wal.LogDirectory;
import dev.meridian.wal.LogFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.Semaphore;

/** A directory whose files' forces wait at a gate, or fail. */
final class GatedLogDirectory implements LogDirectory {

  private static final int OPEN = 1 << 20;

  private final LogDirectory disk;
  private final Semaphore gate = new Semaphore(OPEN);
  private volatile boolean failing;

  GatedLogDirectory(LogDirectory disk) {
    this.disk = disk;
  }

  /** From now on forces wait. */
  void shut() {
    gate.drainPermits();
  }

  void open() {
    gate.release(OPEN);
  }

  /** From now on forces fail. */
  void failForces() {
    failing = true;
  }

  private LogFile gated(LogFile file) {
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
        gate.acquireUninterruptibly();
        if (failing) {
          throw new IOException("the device does not answer");
        }
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
    return disk.list();
  }

  @Override
  public LogFile create(String name, long preallocateBytes) throws IOException {
    return gated(disk.create(name, preallocateBytes));
  }

  @Override
  public LogFile open(String name) throws IOException {
    return gated(disk.open(name));
  }

  @Override
  public void rename(String from, String to) throws IOException {
    disk.rename(from, to);
  }

  @Override
  public void delete(String name) throws IOException {
    disk.delete(name);
  }

  @Override
  public void force() throws IOException {
    disk.force();
  }

  @Override
  public String describe(String name) {
    return disk.describe(name);
  }
}
