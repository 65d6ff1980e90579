package dev.meridian.document;

import dev.meridian.clock.Dot;
import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionVector;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.CRC32C;

/**
 * Version 1 of a change as bytes. Numbers are big-endian; {@code name} is a length byte and ASCII.
 *
 * <pre>
 *  0        1      2          10      18
 *  +--------+------+----------+-------+--------+------------+------------------+
 *  | ver=1  | kind | sequence | hlc   | origin | collection | id length (u16)  |
 *  | u8     | u8   | u64      | u64   | name   | name       | id (UTF-8)       |
 *  +--------+------+----------+-------+--------+------------+------------------+
 *  +---------+--------------+----------------------+-------------+-------------+
 *  | context | dependencies | traceparent          | placement   | body        |
 *  | vector  | vector       | name (may be empty)  | if 0x40     | the rest    |
 *  +---------+--------------+----------------------+-------------+-------------+
 *  vector    = count u8, then count × (origin name, sequence u64), sorted by origin
 *  placement = count u8, then count × region name, sorted
 *  kind      = its number, + 0x10 when it was written to end a conflict, + 0x20 when the body has
 *              places for CRDT fields, + 0x40 when placed, + 0x80 when the body is withheld; then
 *              instead of the body: its length u32, CRC32C u32 of the whole change with its body
 * </pre>
 *
 * What is withheld follows from the whole change alone, so it is the same bytes wherever it is
 * made, and tells whether a body that is fetched later is the right one.
 *
 * <p>Stateless but for a bounded cache of the names seen; thread-safe.
 */
public final class ChangeCodecV1 {

  public static final byte VERSION = 1;

  /** The most bytes a change has besides its body. */
  public static final int MAX_OVERHEAD_BYTES = 4096;

  /** A flag of the kind: a client wrote it to end a conflict. */
  public static final int RESOLUTION = 0x10;

  /** A flag of the kind: the body has places for CRDT fields. */
  public static final int FIELDED = 0x20;

  private static final int NUMBER = 0x0F;
  private static final int PLACED = 0x40;
  private static final int WITHHELD = 0x80;
  private static final int KIND_AT = 1;
  private static final int WITHHELD_BYTES = 2 * Integer.BYTES;
  private static final int MAX_CACHED_NAMES = 4096;
  private static final ConcurrentHashMap<String, ReplicaId> ORIGINS = new ConcurrentHashMap<>();
  private static final ConcurrentHashMap<String, CollectionName> COLLECTIONS =
      new ConcurrentHashMap<>();

  private ChangeCodecV1() {}

  /** Makes a change that every region holds. {@code body} is copied. */
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
    return encode(
        dot,
        hlc,
        kind,
        collection,
        id,
        context,
        dependencies,
        traceparent,
        Placement.EVERYWHERE,
        body,
        0);
  }

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
      Placement placement,
      Bytes body) {
    return encode(
        dot, hlc, kind, collection, id, context, dependencies, traceparent, placement, body, 0);
  }

  /**
   * The same.
   *
   * @param flags {@link #RESOLUTION} and {@link #FIELDED}, or 0
   */
  public static Change encode(
      Dot dot,
      HlcTimestamp hlc,
      ChangeKind kind,
      CollectionName collection,
      DocumentId id,
      VersionVector context,
      VersionVector dependencies,
      String traceparent,
      Placement placement,
      Bytes body,
      int flags) {
    boolean placed = !placement.isEverywhere();
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
            + (placed ? size(placement) : 0)
            + body.length();
    ByteBuffer out = ByteBuffer.allocate(size);
    out.put(VERSION).put((byte) (kind.number() | flags | (placed ? PLACED : 0)));
    out.putLong(dot.sequence()).putLong(hlc.packed());
    putName(out, dot.origin().value());
    putName(out, collection.value());
    out.putShort((short) idBytes.length).put(idBytes);
    putVector(out, context);
    putVector(out, dependencies);
    putName(out, traceparent);
    if (placed) {
      out.put((byte) placement.regions().size());
      placement.regions().forEach(region -> putName(out, region.value()));
    }
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
        placement,
        new Bytes(encoded, bodyAt, body.length()),
        new Bytes(encoded));
  }

  /**
   * Reads a change; the result shares {@code encoded}. Bytes that are no change, whoever sent them,
   * are an {@link IllegalArgumentException}.
   */
  public static Change decode(Bytes encoded) {
    Change change = decodeStored(encoded);
    if (change.kind().isDerived()) {
      throw new IllegalArgumentException(
          "a change of the kind " + change.kind() + " stays at home");
    }
    return change;
  }

  /** The same for what comes from this region's own disk, derived kinds included. */
  public static Change decodeStored(Bytes encoded) {
    ByteBuffer in = ByteBuffer.wrap(encoded.array(), encoded.offset(), encoded.length());
    try {
      byte version = in.get();
      if (version != VERSION) {
        throw new IllegalArgumentException(
            "a change of format version " + version + "; this node reads up to " + VERSION);
      }
      int flags = in.get();
      ChangeKind kind = ChangeKind.of((byte) (flags & NUMBER));
      long sequence = in.getLong();
      HlcTimestamp hlc = new HlcTimestamp(in.getLong());
      ReplicaId origin = origin(getName(in));
      CollectionName collection = collection(getName(in));
      byte[] id = new byte[in.getShort() & 0xFFFF];
      in.get(id);
      VersionVector context = getVector(in);
      VersionVector dependencies = getVector(in);
      String traceparent = getName(in);
      Placement placement = (flags & PLACED) != 0 ? getPlacement(in) : Placement.EVERYWHERE;
      boolean withheld = (flags & WITHHELD) != 0;
      if (withheld
          && (placement.isEverywhere()
              || kind != ChangeKind.PUT
              || in.remaining() != WITHHELD_BYTES
              || in.getInt(in.position()) <= 0)) {
        throw new IllegalArgumentException("withholds what cannot be withheld");
      }
      if (!withheld && kind == ChangeKind.PUT && !in.hasRemaining()) {
        throw new IllegalArgumentException("a document without a body");
      }
      return new Change(
          new Dot(origin, sequence),
          hlc,
          kind,
          collection,
          new DocumentId(new String(id, StandardCharsets.UTF_8)),
          context,
          dependencies,
          traceparent,
          placement,
          withheld ? Bytes.EMPTY : new Bytes(encoded.array(), in.position(), in.remaining()),
          encoded);
    } catch (BufferUnderflowException | StoreFailure damaged) {
      throw new IllegalArgumentException("not a change: " + damaged.getMessage(), damaged);
    }
  }

  /**
   * What a region may have of a change: all of it, or all but the body. The same bytes when nothing
   * is to be withheld. {@code encoded} was made by {@link #encode}.
   */
  public static Bytes forRegion(ReplicaId region, Bytes encoded) {
    if (!isPlaced(encoded)) {
      return encoded;
    }
    Change change = decode(encoded);
    return change.placement().holds(region) ? encoded : withhold(change).encoded();
  }

  /** Whether a change lives in some regions only. */
  public static boolean isPlaced(Bytes encoded) {
    return (encoded.array()[encoded.offset() + KIND_AT] & PLACED) != 0;
  }

  /** Whether a change is an operation on CRDT fields. */
  public static boolean isOperation(Bytes encoded) {
    int kind = encoded.array()[encoded.offset() + KIND_AT] & NUMBER;
    return kind == ChangeKind.OPERATIONS.number();
  }

  static boolean isFielded(Bytes encoded) {
    return (encoded.array()[encoded.offset() + KIND_AT] & FIELDED) != 0;
  }

  static boolean isResolution(Bytes encoded) {
    return (encoded.array()[encoded.offset() + KIND_AT] & RESOLUTION) != 0;
  }

  /** Whether a change is without its body. */
  public static boolean isWithheld(Bytes encoded) {
    return (encoded.array()[encoded.offset() + KIND_AT] & WITHHELD) != 0;
  }

  /** A change without its body; the same one when there is nothing to withhold. */
  public static Change withhold(Change change) {
    if (change.placement().isEverywhere()
        || change.kind() != ChangeKind.PUT
        || change.isWithheld()) {
      return change;
    }
    Bytes whole = change.encoded();
    int head = whole.length() - change.body().length();
    ByteBuffer out = ByteBuffer.allocate(head + WITHHELD_BYTES);
    out.put(whole.array(), whole.offset(), head);
    out.put(KIND_AT, (byte) (out.get(KIND_AT) | WITHHELD));
    out.putInt(change.body().length()).putInt(checksum(whole));
    return decode(new Bytes(out.array()));
  }

  /** Whether {@code whole} is the change whose body {@code withheld} lacks. */
  public static boolean completes(Change withheld, Change whole) {
    return !whole.isWithheld() && withhold(whole).encoded().equals(withheld.encoded());
  }

  /** How long the body is that is withheld. */
  static int withheldBytes(Bytes encoded) {
    return ByteBuffer.wrap(encoded.array())
        .getInt(encoded.offset() + encoded.length() - WITHHELD_BYTES);
  }

  /** CRC32C of the whole change, also when its body is withheld. */
  public static int checksum(Change change) {
    Bytes encoded = change.encoded();
    return change.isWithheld()
        ? ByteBuffer.wrap(encoded.array())
            .getInt(encoded.offset() + encoded.length() - Integer.BYTES)
        : checksum(encoded);
  }

  private static int checksum(Bytes bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes.array(), bytes.offset(), bytes.length());
    return (int) crc.getValue();
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

  private static int size(Placement placement) {
    int size = 1;
    for (ReplicaId region : placement.regions()) {
      size += name(region.value());
    }
    return size;
  }

  private static Placement getPlacement(ByteBuffer in) {
    int count = in.get();
    if (count < 1 || count > Placement.MAX_REGIONS) {
      throw new IllegalArgumentException("a placement in " + count + " regions");
    }
    List<ReplicaId> regions = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      regions.add(origin(getName(in)));
    }
    return new Placement(regions);
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
