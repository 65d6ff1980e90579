package dev.meridian.wal;

import dev.meridian.bench.ShortRun;
import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.Lsn;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** What the log costs apart from the disk: its files take bytes and forget them. */
public class LogAppendBenchmark extends ShortRun {

  private static final int BATCH = 64;

  private final byte[] payload = new byte[380];
  private WriteAheadLog log;

  @Setup
  public void open() throws IOException {
    log =
        WriteAheadLog.open(
            new ForgetfulDirectory(),
            WalSettings.defaults(),
            Lsn.NONE,
            () -> new byte[64],
            record -> {});
  }

  /** Per record, 64 to a force. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void append() throws IOException {
    for (int i = 0; i < BATCH; i++) {
      log.append((byte) 1, HlcTimestamp.ZERO, payload, 0, payload.length);
    }
    log.force();
  }

  @TearDown
  public void close() throws IOException {
    log.close();
  }

  private static final class ForgetfulDirectory implements LogDirectory {
    private final Map<String, ForgetfulFile> files = new ConcurrentHashMap<>();

    @Override
    public List<String> list() {
      return List.copyOf(files.keySet());
    }

    @Override
    public LogFile create(String name, long preallocateBytes) {
      ForgetfulFile file = new ForgetfulFile(preallocateBytes);
      files.put(name, file);
      return file;
    }

    @Override
    public LogFile open(String name) {
      return files.get(name);
    }

    @Override
    public void rename(String from, String to) {
      files.put(to, files.remove(from));
    }

    @Override
    public void delete(String name) {
      files.remove(name);
    }

    @Override
    public void force() {
      // nothing is kept
    }

    @Override
    public String describe(String name) {
      return name;
    }
  }

  private static final class ForgetfulFile implements LogFile {
    private final ByteBuffer scratch = ByteBuffer.allocateDirect(1 << 16);
    private long size;

    ForgetfulFile(long size) {
      this.size = size;
    }

    @Override
    public void write(ByteBuffer src, long position) {
      size = Math.max(size, position + src.remaining());
      while (src.hasRemaining()) {
        scratch.clear();
        ByteBuffer piece = src.slice();
        piece.limit(Math.min(piece.remaining(), scratch.remaining()));
        src.position(src.position() + piece.remaining());
        scratch.put(piece);
      }
    }

    @Override
    public int read(ByteBuffer dst, long position) {
      throw new UnsupportedOperationException("nothing is kept");
    }

    @Override
    public void force() {
      // nothing is kept
    }

    @Override
    public long size() {
      return size;
    }

    @Override
    public void truncate(long bytes) {
      size = bytes;
    }

    @Override
    public void close() {
      // nothing is open
    }
  }
}
