package dev.meridian.engine.mapdb;

import java.io.EOFException;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.mapdb.DataInput2;
import org.mapdb.volume.Volume;

/**
 * A new file that MapDB fills. All of what it is given gets into it, in its place, or an {@link
 * UncheckedIOException} says why not; MapDB's own puts the rest of a piece that the disk took only
 * a part of, as a full one does, over the beginning of that piece. One thread.
 */
final class WrittenVolume extends Volume {

  /** No node is larger than a page. */
  private static final int MAX_INPUT = MapDbTableStore.PAGE_BYTES;

  private final Path path;
  private final FileChannel channel;

  WrittenVolume(Path path) throws IOException {
    this.path = path;
    channel =
        FileChannel.open(
            path, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  @Override
  public void putData(long offset, ByteBuffer source) {
    try {
      for (long at = offset; source.hasRemaining(); ) {
        at += channel.write(source, at);
      }
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  @Override
  public void putData(long offset, byte[] source, int position, int size) {
    putData(offset, ByteBuffer.wrap(source, position, size));
  }

  @Override
  public void putLong(long offset, long value) {
    putData(offset, ByteBuffer.allocate(Long.BYTES).putLong(0, value));
  }

  @Override
  public void putInt(long offset, int value) {
    putData(offset, ByteBuffer.allocate(Integer.BYTES).putInt(0, value));
  }

  @Override
  public void putByte(long offset, byte value) {
    putData(offset, ByteBuffer.allocate(1).put(0, value));
  }

  /** Zeros. */
  @Override
  public void clear(long start, long end) {
    putData(start, ByteBuffer.allocate(Math.toIntExact(end - start)));
  }

  private ByteBuffer read(long offset, ByteBuffer target) {
    try {
      for (long at = offset; target.hasRemaining(); ) {
        int read = channel.read(target, at);
        if (read < 0) {
          throw new EOFException(path + " ends before " + (offset + target.limit()));
        }
        at += read;
      }
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
    return target.flip();
  }

  @Override
  public long getLong(long offset) {
    return read(offset, ByteBuffer.allocate(Long.BYTES)).getLong();
  }

  @Override
  public int getInt(long offset) {
    return read(offset, ByteBuffer.allocate(Integer.BYTES)).getInt();
  }

  @Override
  public byte getByte(long offset) {
    return read(offset, ByteBuffer.allocate(1)).get();
  }

  @Override
  public void getData(long offset, byte[] target, int position, int size) {
    read(offset, ByteBuffer.wrap(target, position, size));
  }

  /** A copy; no longer than the file. */
  @Override
  public DataInput2 getDataInput(long offset, int size) {
    long left = Math.min(length() - offset, MAX_INPUT);
    int length = (int) (size < 0 ? left : Math.min(left, size));
    return new DataInput2.ByteArray(read(offset, ByteBuffer.allocate(length)).array());
  }

  @Override
  public long length() {
    try {
      return channel.size();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  @Override
  public void truncate(long size) {
    try {
      channel.truncate(size);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /** It grows with what is put. */
  @Override
  public void ensureAvailable(long offset) {}

  /** Whoever wrote it forces all parts of a table at once. */
  @Override
  public void sync() {}

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  @Override
  public File getFile() {
    return path.toFile();
  }

  @Override
  public boolean isReadOnly() {
    return false;
  }

  @Override
  public int sliceSize() {
    return -1;
  }

  @Override
  public boolean isSliced() {
    return false;
  }

  @Override
  public boolean getFileLocked() {
    return false;
  }
}
