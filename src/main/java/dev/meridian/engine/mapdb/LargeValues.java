package dev.meridian.engine.mapdb;

import dev.meridian.document.Bytes;
import dev.meridian.engine.DamagedFileException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The large values of a table, one after another in a file of their own, each as a {@link Block}'s
 * payload: compressed if that helps, and checked. In the block of keys stands a reference, told
 * apart by its first byte: a change starts with its format version, never 0xFF.
 *
 * <pre>
 *  0      1         9         13
 *  +------+---------+---------+
 *  | 0xFF | offset  | length  |   of the stored value
 *  | u8   | u64     | u32     |
 *  +------+---------+---------+
 * </pre>
 */
final class LargeValues implements AutoCloseable {

  private static final byte REFERENCE = (byte) 0xFF;
  private static final int REFERENCE_BYTES = 13;

  private final MappedFile file;

  LargeValues(MappedFile file) {
    this.file = file;
  }

  static boolean isReference(Bytes value) {
    return value.length() == REFERENCE_BYTES && value.array()[value.offset()] == REFERENCE;
  }

  /** The value behind a reference. */
  Bytes read(Bytes reference) throws DamagedFileException {
    ByteBuffer in = reference.asBuffer();
    in.get();
    long offset = in.getLong();
    int length = in.getInt();
    byte[] stored = new byte[length];
    try {
      MemorySegment.copy(file.bytes(), ValueLayout.JAVA_BYTE, offset, stored, 0, length);
      return new Bytes(Packed.unpack(stored));
    } catch (IndexOutOfBoundsException beyond) {
      throw new DamagedFileException(file.path(), offset, "it ends before a value does");
    } catch (IOException damaged) {
      throw new DamagedFileException(file.path(), offset, damaged.getMessage());
    }
  }

  boolean isOpen() {
    return file.isOpen();
  }

  @Override
  public void close() {
    file.close();
  }

  /** Writes the file. One thread. */
  static final class Writer implements AutoCloseable {
    private final FileChannel channel;
    private final boolean compress;
    private long position;

    Writer(Path file, boolean compress) throws IOException {
      this.compress = compress;
      channel =
          FileChannel.open(
              file,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE);
    }

    /** Appends a value; returns the reference to it. */
    Bytes add(Bytes value) throws IOException {
      byte[] stored = Packed.pack(value.array(), value.offset(), value.length(), compress);
      byte[] reference =
          ByteBuffer.allocate(REFERENCE_BYTES)
              .put(REFERENCE)
              .putLong(position)
              .putInt(stored.length)
              .array();
      ByteBuffer bytes = ByteBuffer.wrap(stored);
      while (bytes.hasRemaining()) {
        position += channel.write(bytes, position);
      }
      return new Bytes(reference);
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
