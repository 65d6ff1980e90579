package dev.meridian.document;

import dev.meridian.clock.Dot;
import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionVector;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Version 1 of a change as bytes. Numbers are big-endian; {@code name} is a length byte and ASCII.
 *
 * <pre>
 *  0        1      2          10      18
 *  +--------+------+----------+-------+--------+------------+------------------+
 *  | ver=1  | kind | sequence | hlc   | origin | collection | id length (u16)  |
 *  | u8     | u8   | u64      | u64   | name   | name       | id (UTF-8)       |
 *  +--------+------+----------+-------+--------+------------+------------------+
 *  +---------+--------------+----------------------+---------------------------+
 *  | context | dependencies | traceparent          | body                      |
 *  | vector  | vector       | name (may be empty)  | the rest                  |
 *  +---------+--------------+----------------------+---------------------------+
 *  vector = count u8, then count × (origin name, sequence u64), sorted by origin
 * </pre>
 *
 * Stateless but for a bounded cache of the names seen; thread-safe.
 */
public final class ChangeCodecV1 {

  public static final byte VERSION = 1;

  /** The most bytes a change has besides its body. */
  public static final int MAX_OVERHEAD_BYTES = 4096;

  private static final int MAX_CACHED_NAMES = 4096;
  private static final ConcurrentHashMap<String, ReplicaId> ORIGINS = new ConcurrentHashMap<>();
  private static final ConcurrentHashMap<String, CollectionName> COLLECTIONS =
      new ConcurrentHashMap<>();

  private ChangeCodecV1() {}

  /** Makes a change with its bytes. {@code body} is copied. */
  public static Change encode(
      Dot dot,
      HlcTimestamp hlc,
      ChangeKind kind,
      CollectionName collection,
      DocumentId id,
      VersionVector context,
      VersionVector dependencies,
      String traceparent,
      Bytes body) {
    byte[] idBytes = id.toBytes();
    int size =
        18
            + name(dot.origin().value())
            + name(collection.value())
            + 2
            + idBytes.length
            + size(context)
            + size(dependencies)
            + name(traceparent)
            + body.length();
    ByteBuffer out = ByteBuffer.allocate(size);
    out.put(VERSION).put(kind.number()).putLong(dot.sequence()).putLong(hlc.packed());
    putName(out, dot.origin().value());
    putName(out, collection.value());
    out.putShort((short) idBytes.length).put(idBytes);
    putVector(out, context);
    putVector(out, dependencies);
    putName(out, traceparent);
    int bodyAt = out.position();
    out.put(body.array(), body.offset(), body.length());
    byte[] encoded = out.array();
    return new Change(
        dot,
        hlc,
        kind,
        collection,
        id,
        context,
        dependencies,
        traceparent,
        new Bytes(encoded, bodyAt, body.length()),
        new Bytes(encoded));
  }

  /**
   * Reads a change; the result shares {@code encoded}. Bytes that are no change, whoever sent them,
   * are an {@link IllegalArgumentException}.
   */
  public static Change decode(Bytes encoded) {
    ByteBuffer in = ByteBuffer.wrap(encoded.array(), encoded.offset(), encoded.length());
    try {
      byte version = in.get();
      if (version != VERSION) {
        throw new IllegalArgumentException(
            "a change of format version " + version + "; this node reads up to " + VERSION);
      }
      ChangeKind kind = ChangeKind.of(in.get());
      long sequence = in.getLong();
      HlcTimestamp hlc = new HlcTimestamp(in.getLong());
      ReplicaId origin = origin(getName(in));
      CollectionName collection = collection(getName(in));
      byte[] id = new byte[in.getShort() & 0xFFFF];
      in.get(id);
      VersionVector context = getVector(in);
      VersionVector dependencies = getVector(in);
      String traceparent = getName(in);
      return new Change(
          new Dot(origin, sequence),
          hlc,
          kind,
          collection,
          new DocumentId(new String(id, StandardCharsets.UTF_8)),
          context,
          dependencies,
          traceparent,
          new Bytes(encoded.array(), in.position(), in.remaining()),
          encoded);
    } catch (BufferUnderflowException | StoreFailure damaged) {
      throw new IllegalArgumentException("not a change: " + damaged.getMessage(), damaged);
    }
  }

  /** Reads the dot alone, of bytes that were made by {@link #encode}. */
  public static Dot dot(Bytes encoded) {
    ByteBuffer in = ByteBuffer.wrap(encoded.array(), encoded.offset(), encoded.length());
    in.position(in.position() + 2);
    long sequence = in.getLong();
    in.position(in.position() + Long.BYTES);
    return new Dot(origin(getName(in)), sequence);
  }

  /** Bytes of a vector in the form shared by changes, log headers and peer messages. */
  public static int size(VersionVector vector) {
    int[] size = {1};
    vector.forEach((origin, sequence) -> size[0] += name(origin.value()) + 8);
    return size[0];
  }

  public static void putVector(ByteBuffer out, VersionVector vector) {
    out.put((byte) vector.size());
    vector.forEach(
        (origin, sequence) -> {
          putName(out, origin.value());
          out.putLong(sequence);
        });
  }

  /** Reads a vector; too many or malformed entries are an {@link IllegalArgumentException}. */
  public static VersionVector getVector(ByteBuffer in) {
    int count = in.get();
    if (count < 0 || count > VersionVector.MAX_ORIGINS) {
      throw new IllegalArgumentException("a vector of " + count + " entries");
    }
    VersionVector vector = VersionVector.EMPTY;
    for (int i = 0; i < count; i++) {
      ReplicaId origin = origin(getName(in));
      vector = vector.with(origin, in.getLong());
    }
    return vector;
  }

  private static int name(String text) {
    return 1 + text.length();
  }

  @SuppressWarnings("deprecation") // copies ASCII without a temporary array
  private static void putName(ByteBuffer out, String text) {
    int length = text.length();
    if (length > 255) {
      throw new IllegalArgumentException("longer than 255 characters: " + length);
    }
    out.put((byte) length);
    text.getBytes(0, length, out.array(), out.arrayOffset() + out.position());
    out.position(out.position() + length);
  }

  @SuppressWarnings("deprecation") // ASCII by construction
  private static String getName(ByteBuffer in) {
    int length = in.get() & 0xFF;
    if (length > in.remaining()) {
      throw new BufferUnderflowException();
    }
    String text = new String(in.array(), 0, in.arrayOffset() + in.position(), length);
    in.position(in.position() + length);
    return text;
  }

  private static ReplicaId origin(String name) {
    ReplicaId known = ORIGINS.get(name);
    if (known != null) {
      return known;
    }
    ReplicaId made = new ReplicaId(name);
    if (ORIGINS.size() < MAX_CACHED_NAMES) {
      ORIGINS.put(name, made);
    }
    return made;
  }

  private static CollectionName collection(String name) {
    CollectionName known = COLLECTIONS.get(name);
    if (known != null) {
      return known;
    }
    CollectionName made = new CollectionName(name);
    if (COLLECTIONS.size() < MAX_CACHED_NAMES) {
      COLLECTIONS.put(name, made);
    }
    return made;
  }
}
