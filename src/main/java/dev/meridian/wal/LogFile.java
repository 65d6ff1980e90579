package dev.meridian.wal;

import java.io.IOException;
import java.nio.ByteBuffer;

/** A file of a {@link LogDirectory}. Used by one thread at a time. */
public interface LogFile extends AutoCloseable {

  /** Writes all that remains in {@code src}. Not durable before {@link #force}. */
  void write(ByteBuffer src, long position) throws IOException;

  /** Reads up to what remains in {@code dst}; the number of bytes read, -1 at the end. */
  int read(ByteBuffer dst, long position) throws IOException;

  /**
   * On return everything written so far is durable. After a failure nothing is known about any of
   * it, and a second attempt proves nothing: the operating system may have dropped the pages.
   */
  void force() throws IOException;

  long size() throws IOException;

  /** Cuts the file to {@code size} bytes. */
  void truncate(long size) throws IOException;

  @Override
  void close() throws IOException;
}
