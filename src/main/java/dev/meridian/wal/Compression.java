package dev.meridian.wal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4SafeDecompressor;

/**
 * A record's payload, compressed: its length (u32, big-endian), then an LZ4 block. An instance
 * belongs to one thread.
 */
final class Compression {

  private static final int LENGTH_BYTES = Integer.BYTES;

  private static final LZ4Compressor COMPRESSOR = LZ4Factory.safeInstance().fastCompressor();
  private static final LZ4SafeDecompressor DECOMPRESSOR =
      LZ4Factory.safeInstance().safeDecompressor();
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

  private byte[] buffer = new byte[0];

  /**
   * Compresses into {@link #buffer}.
   *
   * @return how many bytes that took; 0 when it would not save an eighth
   */
  int compress(byte[] payload, int offset, int length) {
    int most = LENGTH_BYTES + COMPRESSOR.maxCompressedLength(length);
    if (buffer.length < most) {
      buffer = new byte[most];
    }
    INT.set(buffer, 0, length);
    int compressed =
        COMPRESSOR.compress(
            payload, offset, length, buffer, LENGTH_BYTES, buffer.length - LENGTH_BYTES);
    int taken = LENGTH_BYTES + compressed;
    return taken < length - length / 8 ? taken : 0;
  }

  /** What was compressed last. Overwritten by the next call. */
  byte[] buffer() {
    return buffer;
  }

  /**
   * The payload that was compressed.
   *
   * @throws IllegalArgumentException when these are not bytes that {@link #compress} made
   */
  static byte[] decompress(byte[] bytes, int offset, int length, int maxLength) {
    int raw = length < LENGTH_BYTES ? -1 : (int) INT.get(bytes, offset);
    if (raw < 0 || raw > maxLength) {
      throw new IllegalArgumentException("a compressed record claims " + raw + " bytes");
    }
    byte[] payload = new byte[raw];
    try {
      int found =
          DECOMPRESSOR.decompress(
              bytes, offset + LENGTH_BYTES, length - LENGTH_BYTES, payload, 0, raw);
      if (found != raw) {
        throw new IllegalArgumentException("a compressed record has " + found + " bytes");
      }
    } catch (LZ4Exception malformed) {
      throw new IllegalArgumentException("a record cannot be decompressed", malformed);
    }
    return payload;
  }
}
