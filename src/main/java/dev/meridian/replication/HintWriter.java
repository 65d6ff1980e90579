package dev.meridian.replication;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The end of a file of hints while it is written to. One force serves all who appended before it
 * began.
 *
 * <p>After a force that failed the file takes nothing more, and what was not forced before never
 * counts: the system may have dropped the bytes and report success the next time (Rebello et al.,
 * "Can Applications Recover from fsync Failures?", 2020).
 */
final class HintWriter {

  /** The system copies what is written at once to memory that it keeps. */
  private static final int MAX_WRITE_BYTES = 1 << 20;

  private final HintFile file;
  private final FileChannel channel;
  private final ReentrantLock forcing = new ReentrantLock();
  private volatile long written;
  private volatile long forced;
  private volatile boolean full;
  private boolean broken;

  HintWriter(HintFile file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  HintFile file() {
    return file;
  }

  /** False when it takes nothing more. */
  boolean isOpen() {
    return !full;
  }

  /** One at a time. On return the bytes are written, not forced. */
  void append(ByteBuffer bytes) throws IOException {
    long at = written;
    long end = at + bytes.remaining();
    file.size(end); // a write that fails may have left any part
    try {
      while (bytes.hasRemaining()) {
        int length = Math.min(MAX_WRITE_BYTES, bytes.remaining());
        ByteBuffer part = bytes.slice(bytes.position(), length);
        int put = channel.write(part, at);
        bytes.position(bytes.position() + put);
        at += put;
      }
      written = end;
    } catch (IOException failed) {
      full = true;
      throw failed;
    }
  }

  /**
   * Returns when everything before {@code end} is durable. Any thread; once this has returned or
   * thrown, {@link #isForced} is settled for good.
   */
  void force(long end) throws IOException {
    forcing.lock();
    try {
      if (forced >= end) {
        return;
      }
      if (broken) {
        throw new IOException("an earlier force of " + file.name() + " failed");
      }
      long upTo = written;
      channel.force(false);
      forced = upTo;
    } catch (IOException failed) {
      full = true;
      broken = true;
      throw failed;
    } finally {
      forcing.unlock();
    }
  }

  boolean isForced(long end) {
    return forced >= end;
  }

  /**
   * Forces what is written, if it can be, and closes. Those who wait learn it from {@link #force}.
   */
  void close() throws IOException {
    full = true;
    try (channel) {
      force(written);
    }
  }

  /** Closes without a force: nothing in the file counts. */
  void abandon() throws IOException {
    full = true;
    channel.close();
  }
}
