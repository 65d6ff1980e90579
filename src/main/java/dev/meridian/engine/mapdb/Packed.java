package dev.meridian.engine.mapdb;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4SafeDecompressor;

/**
 * Bytes as tables store them: compressed when that saves an eighth, and always checked.
 *
 * <pre>
 *  0       1        5            9
 *  +-------+--------+------------+---------+
 *  | codec | length | CRC32C of  | payload |   codec 0: as it is, 1: LZ4 block format
 *  | u8    | u32    | all else   |         |   length: of what was packed
 *  +-------+--------+------------+---------+
 * </pre>
 *
 * The pure Java LZ4 is used: the native one would be unpacked outside the data directory.
 */
final class Packed {

  private static final int HEADER_BYTES = 9;
  private static final int CRC_AT = 5;
  private static final byte PLAIN = 0;
  private static final byte LZ4 = 1;
  private static final int MAX_BYTES = 16 << 20;

  private static final LZ4Compressor COMPRESSOR = LZ4Factory.safeInstance().fastCompressor();
  private static final LZ4SafeDecompressor DECOMPRESSOR =
      LZ4Factory.safeInstance().safeDecompressor();

  private Packed() {}

  /**
   * @param compress whether to try
   */
  static byte[] pack(byte[] bytes, int offset, int length, boolean compress) {
    byte[] packed = compress ? compressed(bytes, offset, length) : plain(bytes, offset, length);
    ByteBuffer header = ByteBuffer.wrap(packed).putInt(1, length);
    header.putInt(CRC_AT, checksum(packed));
    return packed;
  }

  private static byte[] plain(byte[] bytes, int offset, int length) {
    byte[] packed = new byte[HEADER_BYTES + length];
    packed[0] = PLAIN;
    System.arraycopy(bytes, offset, packed, HEADER_BYTES, length);
    return packed;
  }

  private static byte[] compressed(byte[] bytes, int offset, int length) {
    byte[] out = new byte[HEADER_BYTES + COMPRESSOR.maxCompressedLength(length)];
    int compressed =
        COMPRESSOR.compress(bytes, offset, length, out, HEADER_BYTES, out.length - HEADER_BYTES);
    if (compressed >= length - length / 8) {
      return plain(bytes, offset, length);
    }
    out[0] = LZ4;
    return Arrays.copyOf(out, HEADER_BYTES + compressed);
  }

  /**
   * The bytes that were packed.
   *
   * @throws IOException when {@code packed} is not what {@link #pack} returned
   */
  static byte[] unpack(byte[] packed) throws IOException {
    if (packed.length < HEADER_BYTES) {
      throw new IOException("only " + packed.length + " bytes");
    }
    ByteBuffer header = ByteBuffer.wrap(packed);
    if (header.getInt(CRC_AT) != checksum(packed)) {
      throw new IOException("the checksum differs");
    }
    int length = header.getInt(1);
    if (length < 0 || length > MAX_BYTES) {
      throw new IOException("it claims " + length + " bytes");
    }
    if (packed[0] == PLAIN) {
      return Arrays.copyOfRange(packed, HEADER_BYTES, packed.length);
    }
    try {
      byte[] bytes = new byte[length];
      DECOMPRESSOR.decompress(packed, HEADER_BYTES, packed.length - HEADER_BYTES, bytes, 0);
      return bytes;
    } catch (LZ4Exception malformed) {
      throw new IOException("it cannot be unpacked: " + malformed.getMessage(), malformed);
    }
  }

  private static int checksum(byte[] packed) {
    CRC32C crc = new CRC32C();
    crc.update(packed, 0, CRC_AT);
    crc.update(packed, HEADER_BYTES, packed.length - HEADER_BYTES);
    return (int) crc.getValue();
  }
}
