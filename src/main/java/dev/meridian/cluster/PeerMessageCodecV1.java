package dev.meridian.cluster;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionVector;
import dev.meridian.clock.Watermark;
import dev.meridian.document.Bytes;
import dev.meridian.document.ChangeCodecV1;
import java.net.URI;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Version 1 of a message between regions as bytes. Numbers are big-endian; {@code name} is a length
 * byte and ASCII, {@code text} a u16 length and UTF-8, {@code vector} as in {@link ChangeCodecV1}.
 *
 * <pre>
 *  0            4            8         9         10
 *  +------------+------------+---------+---------+-------------------+
 *  | length u32 | CRC32C u32 | ver=1   | type u8 | payload           |
 *  +------------+------------+---------+---------+-------------------+
 *               length = bytes from ver on; the checksum is over the same bytes
 *
 *  type 1 Hello      region: id name | url text | lat f64 | lon f64 | label text, then vector
 *  type 2 Changes    count u16, then count × (length u32, an encoded change)
 *  type 3 Heartbeat  wall ms u64 | steady: clock u64, ns u64 | vector | count u8,
 *                    then count × (origin name, HLC u64, sequence u64, age ms u64)
 *  type 4 AcksWanted received u64 | applied u64
 *  type 5 Ack        received u64 | applied u64
 *  type 6 Packed     length u32, LZ4 block: the payload of a type 2 of that length
 * </pre>
 *
 * <p>Type 6 is sent only to a reader that asked for it, so that one which does not know it can be
 * served, and one that asks can be served by a region that does not.
 *
 * <p>What a peer sent is never believed: a length is checked against its limit before memory is
 * taken for it, and everything that does not fit exactly is a {@link MalformedMessageException}.
 * Stateless and thread-safe.
 */
public final class PeerMessageCodecV1 {

  public static final byte VERSION = 1;

  /** The most bytes a frame has after its header; the largest document fits. */
  public static final int MAX_FRAME_BYTES = 16 << 20;

  /** The most changes in one message. */
  public static final int MAX_CHANGES = 4096;

  /** The most bytes of a region's URL. */
  public static final int MAX_URL_BYTES = 2048;

  /** Length and checksum. */
  static final int HEADER_BYTES = 8;

  private static final byte HELLO = 1;
  private static final byte CHANGES = 2;
  private static final byte HEARTBEAT = 3;
  private static final byte ACKS_WANTED = 4;
  private static final byte ACK = 5;
  private static final byte PACKED = 6;
  private static final int PREFIX_BYTES = HEADER_BYTES + 2;
  private static final int MAX_LABEL_BYTES = Region.MAX_LABEL * 4;

  private PeerMessageCodecV1() {}

  /** The message as one whole frame. Messages beyond the limits are the caller's mistake. */
  public static byte[] encode(PeerMessage message) {
    return switch (message) {
      case PeerMessage.Hello hello -> hello(hello);
      case PeerMessage.Changes changes -> changes(changes);
      case PeerMessage.Heartbeat heartbeat -> heartbeat(heartbeat);
      case PeerMessage.AcksWanted(long received, long applied) ->
          sequences(ACKS_WANTED, received, applied);
      case PeerMessage.Ack(long received, long applied) -> sequences(ACK, received, applied);
    };
  }

  /** The same for a reader that can unpack: a large batch of changes is compressed. */
  public static byte[] encodePacked(PeerMessage message) {
    byte[] plain = encode(message);
    if (!(message instanceof PeerMessage.Changes)) {
      return plain;
    }
    byte[] packed = Packing.pack(plain, PREFIX_BYTES);
    return packed == plain
        ? plain
        : seal(ByteBuffer.wrap(packed).position(HEADER_BYTES).put(VERSION).put(PACKED));
  }

  private static byte[] sequences(byte type, long received, long applied) {
    return seal(frame(type, 2 * Long.BYTES).putLong(received).putLong(applied));
  }

  private static byte[] hello(PeerMessage.Hello hello) {
    Region region = hello.speaker();
    byte[] id = region.id().toBytes();
    byte[] url = region.url().toString().getBytes(StandardCharsets.UTF_8);
    byte[] label = region.label().getBytes(StandardCharsets.UTF_8);
    check(url.length <= MAX_URL_BYTES, "a URL of " + url.length + " bytes");
    int size = 1 + id.length + 2 + url.length + 16 + 2 + label.length;
    ByteBuffer out = frame(HELLO, size + ChangeCodecV1.size(hello.vector()));
    out.put((byte) id.length).put(id).putShort((short) url.length).put(url);
    out.putDouble(region.lat()).putDouble(region.lon());
    out.putShort((short) label.length).put(label);
    ChangeCodecV1.putVector(out, hello.vector());
    return seal(out);
  }

  private static byte[] changes(PeerMessage.Changes changes) {
    long size = 2;
    for (Bytes change : changes.changes()) {
      size += Integer.BYTES + change.length();
    }
    int count = changes.changes().size();
    check(count <= MAX_CHANGES, count + " changes in one message");
    check(size <= MAX_FRAME_BYTES - 2, size + " bytes of changes in one message");
    ByteBuffer out = frame(CHANGES, (int) size);
    out.putShort((short) count);
    for (Bytes change : changes.changes()) {
      out.putInt(change.length()).put(change.array(), change.offset(), change.length());
    }
    return seal(out);
  }

  private static byte[] heartbeat(PeerMessage.Heartbeat heartbeat) {
    int size = Long.BYTES + SteadyTime.BYTES + ChangeCodecV1.size(heartbeat.vector()) + 1;
    for (PeerMessage.Promised promised : heartbeat.promises()) {
      size += 1 + promised.watermark().origin().value().length() + 3 * Long.BYTES;
    }
    int count = heartbeat.promises().size();
    check(count <= VersionVector.MAX_ORIGINS, count + " promises");
    ByteBuffer out = frame(HEARTBEAT, size);
    out.putLong(heartbeat.wallMillis());
    out.putLong(heartbeat.now().clock()).putLong(heartbeat.now().nanos());
    ChangeCodecV1.putVector(out, heartbeat.vector());
    out.put((byte) count);
    for (PeerMessage.Promised promised : heartbeat.promises()) {
      Watermark watermark = promised.watermark();
      byte[] origin = watermark.origin().toBytes();
      out.put((byte) origin.length).put(origin);
      out.putLong(watermark.hlc().packed())
          .putLong(watermark.sequence())
          .putLong(promised.ageMillis());
    }
    return seal(out);
  }

  private static ByteBuffer frame(byte type, int payloadBytes) {
    ByteBuffer out = ByteBuffer.allocate(PREFIX_BYTES + payloadBytes);
    return out.position(HEADER_BYTES).put(VERSION).put(type);
  }

  private static byte[] seal(ByteBuffer out) {
    byte[] frame = out.array();
    int length = frame.length - HEADER_BYTES;
    out.putInt(0, length).putInt(4, checksum(frame, HEADER_BYTES, length));
    return frame;
  }

  private static int checksum(byte[] bytes, int offset, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, offset, length);
    return (int) crc.getValue();
  }

  private static void check(boolean fits, String what) {
    if (!fits) {
      throw new IllegalArgumentException("beyond the limits of the protocol: " + what);
    }
  }

  /**
   * The length that a frame's header announces.
   *
   * @param header at least {@link #HEADER_BYTES} bytes
   */
  static int length(byte[] header) throws MalformedMessageException {
    int length = ByteBuffer.wrap(header).getInt();
    if (length < 2 || length > MAX_FRAME_BYTES) {
      throw new MalformedMessageException(
          "a frame of "
              + Integer.toUnsignedLong(length)
              + " bytes; 2 to "
              + MAX_FRAME_BYTES
              + " are allowed");
    }
    return length;
  }

  /**
   * Reads what follows a frame's header. The message shares nothing with {@code body}; the changes
   * of one message share an array.
   *
   * @param checksum as in the header
   */
  static PeerMessage decode(int checksum, byte[] body, int offset, int length)
      throws MalformedMessageException {
    if (checksum(body, offset, length) != checksum) {
      throw new MalformedMessageException("a frame whose checksum does not fit its bytes");
    }
    ByteBuffer in = ByteBuffer.wrap(body, offset, length);
    byte version = in.get();
    if (version != VERSION) {
      throw new MalformedMessageException(
          "a message of format version " + version + "; this node reads up to " + VERSION);
    }
    try {
      byte type = in.get();
      PeerMessage message =
          switch (type) {
            case HELLO -> hello(in);
            case CHANGES -> changes(alone(in));
            case PACKED -> changes(Packing.unpack(in, MAX_FRAME_BYTES - 2));
            case HEARTBEAT -> heartbeat(in);
            case ACKS_WANTED -> new PeerMessage.AcksWanted(sequence(in), sequence(in));
            case ACK -> new PeerMessage.Ack(sequence(in), sequence(in));
            default -> throw new MalformedMessageException("a message of unknown type " + type);
          };
      if (in.hasRemaining()) {
        throw new MalformedMessageException(in.remaining() + " bytes after a message's end");
      }
      return message;
    } catch (BufferUnderflowException | IllegalArgumentException damaged) {
      throw new MalformedMessageException("not a message: " + damaged.getMessage(), damaged);
    }
  }

  private static PeerMessage hello(ByteBuffer in) throws MalformedMessageException {
    ReplicaId id = origin(in);
    URI url = URI.create(text(in, MAX_URL_BYTES));
    double lat = in.getDouble();
    double lon = in.getDouble();
    String label = text(in, MAX_LABEL_BYTES);
    return new PeerMessage.Hello(new Region(id, url, lat, lon, label), ChangeCodecV1.getVector(in));
  }

  private static PeerMessage changes(ByteBuffer in) throws MalformedMessageException {
    int count = in.getShort() & 0xFFFF;
    if (count > MAX_CHANGES) {
      throw new MalformedMessageException(count + " changes in one message");
    }
    List<Bytes> changes = new ArrayList<>(Math.min(count, in.remaining() / Integer.BYTES));
    for (int i = 0; i < count; i++) {
      int length = in.getInt();
      checkLength(length, MAX_FRAME_BYTES, in);
      changes.add(new Bytes(in.array(), in.position(), length));
      in.position(in.position() + length);
    }
    if (in.hasRemaining()) {
      throw new MalformedMessageException(in.remaining() + " bytes after the last change");
    }
    return new PeerMessage.Changes(changes);
  }

  /** The rest of a frame in an array of its own: copied once, not change by change. */
  private static ByteBuffer alone(ByteBuffer in) {
    byte[] rest = new byte[in.remaining()];
    in.get(rest);
    return ByteBuffer.wrap(rest);
  }

  private static PeerMessage heartbeat(ByteBuffer in) throws MalformedMessageException {
    long wallMillis = in.getLong();
    SteadyTime now = new SteadyTime(in.getLong(), in.getLong());
    VersionVector vector = ChangeCodecV1.getVector(in);
    int count = in.get() & 0xFF;
    if (count > VersionVector.MAX_ORIGINS) {
      throw new MalformedMessageException(count + " promises");
    }
    List<PeerMessage.Promised> promises = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      Watermark watermark = new Watermark(origin(in), new HlcTimestamp(in.getLong()), in.getLong());
      promises.add(new PeerMessage.Promised(watermark, in.getLong()));
    }
    return new PeerMessage.Heartbeat(wallMillis, now, vector, promises);
  }

  private static long sequence(ByteBuffer in) throws MalformedMessageException {
    long sequence = in.getLong();
    if (sequence < 0) {
      throw new MalformedMessageException("a negative sequence");
    }
    return sequence;
  }

  private static ReplicaId origin(ByteBuffer in) throws MalformedMessageException {
    return new ReplicaId(new String(bytes(in, in.get(), 32), StandardCharsets.ISO_8859_1));
  }

  private static String text(ByteBuffer in, int maxBytes) throws MalformedMessageException {
    byte[] utf8 = bytes(in, in.getShort() & 0xFFFF, maxBytes);
    try {
      CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8));
      return text.toString();
    } catch (CharacterCodingException damaged) {
      throw new MalformedMessageException("a text that is not UTF-8", damaged);
    }
  }

  private static void checkLength(int length, int max, ByteBuffer in)
      throws MalformedMessageException {
    if (length < 0 || length > max || length > in.remaining()) {
      throw new MalformedMessageException("a field of " + length + " bytes");
    }
  }

  private static byte[] bytes(ByteBuffer in, int length, int max) throws MalformedMessageException {
    checkLength(length, max, in);
    byte[] bytes = new byte[length];
    in.get(bytes);
    return bytes;
  }
}
