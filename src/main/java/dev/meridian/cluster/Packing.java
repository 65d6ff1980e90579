package dev.meridian.cluster;

import java.nio.ByteBuffer;
import java.util.Arrays;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4SafeDecompressor;

/**
 * The payload of a packed message: its length (u32, big-endian), then an LZ4 block. A batch is
 * packed as a whole: the changes of one collection have most of their text in common, which the
 * log, where each stands alone, cannot use. Stateless and thread-safe.
 *
 * <p>The pure Java LZ4 is used: the native one would be unpacked outside the data directory.
 */
public final class Packing {

  /** Smaller payloads are sent as they are: there is little to save. */
  static final int PACK_FROM_BYTES = 512;

  /** A byte of an LZ4 block stands for at most so many. */
  private static final int MAX_RATIO = 255;

  /** What a token can say without further bytes, in lengths of literals and matches together. */
  private static final int MAX_RATIO_SLACK = 64;

  private static final int LENGTH_BYTES = Integer.BYTES;
  private static final LZ4Compressor COMPRESSOR = LZ4Factory.safeInstance().fastCompressor();
  private static final LZ4SafeDecompressor DECOMPRESSOR =
      LZ4Factory.safeInstance().safeDecompressor();

  private Packing() {}

  /**
   * Packs what stands in {@code frame} from {@code offset} to its end.
   *
   * @return {@code offset} free bytes and then the packed payload; {@code frame} itself when
   *     packing would not save an eighth
   */
  public static byte[] pack(byte[] frame, int offset) {
    int length = frame.length - offset;
    if (length < PACK_FROM_BYTES) {
      return frame;
    }
    int start = offset + LENGTH_BYTES;
    byte[] packed = new byte[start + COMPRESSOR.maxCompressedLength(length)];
    int taken = COMPRESSOR.compress(frame, offset, length, packed, start, packed.length - start);
    if (LENGTH_BYTES + taken > length - length / 8) {
      return frame;
    }
    ByteBuffer.wrap(packed).putInt(offset, length);
    return Arrays.copyOf(packed, start + taken);
  }

  /**
   * Unpacks the rest of {@code in}. Takes no more memory than {@link #MAX_RATIO} times the bytes
   * that came, whatever length they announce.
   */
  public static ByteBuffer unpack(ByteBuffer in, int maxBytes) throws MalformedMessageException {
    int length = in.getInt();
    long most = Math.min(maxBytes, (long) MAX_RATIO * in.remaining() + MAX_RATIO_SLACK);
    if (length < 0 || length > most) {
      throw new MalformedMessageException(
          in.remaining() + " packed bytes that claim to be " + Integer.toUnsignedLong(length));
    }
    byte[] payload = new byte[length];
    int at = in.arrayOffset() + in.position();
    int found;
    try {
      found = DECOMPRESSOR.decompress(in.array(), at, in.remaining(), payload, 0, length);
    } catch (LZ4Exception damaged) {
      throw new MalformedMessageException("packed bytes that cannot be unpacked", damaged);
    }
    if (found != length) {
      throw new MalformedMessageException(
          "packed bytes that announce " + length + " and are " + found);
    }
    in.position(in.limit());
    return ByteBuffer.wrap(payload);
  }
}
