package dev.meridian.replication;

import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionVector;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/**
 * Version 1 of the paused links as bytes. Numbers are big-endian; {@code name} is a length byte and
 * ASCII; sorted by name.
 *
 * <pre>
 *  0        1            5          6
 *  +--------+------------+----------+-------------------------------------+
 *  | ver=1  | CRC32C of  | count u8 | count × (peer name, since ms u64)   |
 *  | u8     | the rest   |          |                                     |
 *  +--------+------------+----------+-------------------------------------+
 * </pre>
 *
 * Stateless and thread-safe.
 */
final class PausedLinksCodecV1 {

  static final byte VERSION = 1;

  private static final int HEADER_BYTES = 1 + Integer.BYTES;
  private static final int MAX_ENTRY_BYTES = 1 + 32 + Long.BYTES;

  /** No file is longer. */
  static final int MAX_BYTES = HEADER_BYTES + 1 + VersionVector.MAX_ORIGINS * MAX_ENTRY_BYTES;

  private PausedLinksCodecV1() {}

  static byte[] encode(PausedLinks paused) {
    ByteBuffer out = ByteBuffer.allocate(MAX_BYTES);
    out.position(HEADER_BYTES).put((byte) paused.since().size());
    new TreeMap<>(paused.since())
        .forEach(
            (peer, since) -> {
              byte[] name = peer.toBytes();
              out.put((byte) name.length).put(name).putLong(since);
            });
    byte[] bytes = new byte[out.position()];
    out.flip().get(bytes);
    ByteBuffer.wrap(bytes).put(VERSION).putInt(checksum(bytes));
    return bytes;
  }

  /** Bytes that are not such a file are an {@link IllegalArgumentException}. */
  static PausedLinks decode(byte[] bytes) {
    if (bytes.length > MAX_BYTES) {
      throw new IllegalArgumentException("it has " + bytes.length + " bytes");
    }
    ByteBuffer in = ByteBuffer.wrap(bytes);
    try {
      byte version = in.get();
      if (version != VERSION) {
        throw new IllegalArgumentException(
            "it has format version " + version + "; this node reads up to " + VERSION);
      }
      if (in.getInt() != checksum(bytes)) {
        throw new IllegalArgumentException("its checksum does not fit its bytes");
      }
      Map<ReplicaId, Long> since = new HashMap<>();
      for (int left = in.get() & 0xFF; left > 0; left--) {
        byte[] name = new byte[in.get() & 0xFF];
        in.get(name);
        since.put(new ReplicaId(new String(name, StandardCharsets.ISO_8859_1)), in.getLong());
      }
      if (in.hasRemaining()) {
        throw new IllegalArgumentException(in.remaining() + " bytes too many");
      }
      return new PausedLinks(since);
    } catch (BufferUnderflowException cut) {
      throw new IllegalArgumentException("it ends too early", cut);
    }
  }

  private static int checksum(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, HEADER_BYTES, bytes.length - HEADER_BYTES);
    return (int) crc.getValue();
  }
}
