package dev.meridian.engine.mapdb;

import dev.meridian.document.Bytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * The large values of a table, one after another in a file of their own. In the map stands a
 * reference, told apart by its first byte: a change starts with its format version, never 0xFF.
 *
 * <pre>
 *  0      1         9         13       17
 *  +------+---------+---------+--------+
 *  | 0xFF | offset  | length  | CRC32C |
 *  | u8   | u64     | u32     | u32    |
 *  +------+---------+---------+--------+
 * </pre>
 */
final class LargeValues {

  private static final byte REFERENCE = (byte) 0xFF;
  private static final int REFERENCE_BYTES = 17;

  private final Path file;
  private final FileChannel channel;

  LargeValues(Path file) throws IOException {
    this.file = file;
    this.channel = FileChannel.open(file, StandardOpenOption.READ);
  }

  static boolean isReference(byte[] value) {
    return value.length == REFERENCE_BYTES && value[0] == REFERENCE;
  }

  /** The value behind a reference, its checksum verified. */
  Bytes read(byte[] reference) {
    ByteBuffer in = ByteBuffer.wrap(reference, 1, REFERENCE_BYTES - 1);
    long offset = in.getLong();
    byte[] value = new byte[in.getInt()];
    int crc = in.getInt();
    try {
      ByteBuffer target = ByteBuffer.wrap(value);
      while (target.hasRemaining()) {
        if (channel.read(target, offset + target.position()) < 0) {
          throw new IOException("it ends early");
        }
      }
      if (checksum(new Bytes(value)) != crc) {
        throw new IOException("the checksum differs");
      }
    } catch (IOException damaged) {
      throw new UncheckedIOException(
          "cannot read the value at offset " + offset + " of " + file + ": " + damaged.getMessage(),
          damaged);
    }
    return new Bytes(value);
  }

  private static int checksum(Bytes value) {
    CRC32C crc = new CRC32C();
    crc.update(value.array(), value.offset(), value.length());
    return (int) crc.getValue();
  }

  /** Writes the file. For one thread. */
  static final class Writer implements AutoCloseable {
    private final FileChannel channel;
    private long position;

    Writer(Path file) throws IOException {
      channel =
          FileChannel.open(
              file,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE);
    }

    /** Appends a value; returns the reference to it. */
    byte[] add(Bytes value) throws IOException {
      byte[] reference =
          ByteBuffer.allocate(REFERENCE_BYTES)
              .put(REFERENCE)
              .putLong(position)
              .putInt(value.length())
              .putInt(checksum(value))
              .array();
      ByteBuffer bytes = value.asBuffer();
      while (bytes.hasRemaining()) {
        position += channel.write(bytes, position);
      }
      return reference;
    }

    void force() throws IOException {
      channel.force(true);
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
