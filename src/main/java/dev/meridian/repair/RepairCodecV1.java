package dev.meridian.repair;

import dev.meridian.clock.Dot;
import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionId;
import dev.meridian.cluster.MalformedMessageException;
import dev.meridian.cluster.Packing;
import dev.meridian.cluster.ReplicaEndpoint;
import dev.meridian.document.Bytes;
import dev.meridian.document.DocumentId;
import dev.meridian.document.StoreFailure;
import dev.meridian.engine.DocumentCopy;
import dev.meridian.engine.DocumentHash;
import dev.meridian.engine.HashPage;
import dev.meridian.engine.MerkleTree;
import dev.meridian.engine.StoredKey;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * Version 1 of what regions say to each other for a repair. Numbers are big-endian; {@code text} is
 * a u16 length and UTF-8; {@code opt x} is a byte, 0 or 1, and x after a 1; {@code list of x} is a
 * u32 count and so many; {@code bytes} are a u32 length and so many; {@code vector} as in changes.
 *
 * <pre>
 *  'R' | ver=1 | packed u8 | content | CRC32C of all before, u32
 *  content          type u8 | payload; when packed is 1 that packed as {@link Packing} does
 *
 *  type 1 AskRoots  starts u8
 *       2 AskSums   collection text | opt uppers
 *       3 AskHashes collection text | leaves | opt after text | opt as-of u64
 *       4 AskPast   collection text | as-of u64 | opt after text
 *       5 Compare   vector | list of (key | list of (origin text | sequence u64 | HLC u64 | CRC32C u32))
 *       6 Take      list of (key | list of bytes | opt bytes)
 *       7 AskCheck  start u8
 *       8 AskSnapshot
 *       9 AskEntries opt after bytes
 *  key              settings u8 | collection text | id text
 *  uppers, leaves   0 u8 | bytes, bit 0 the lowest of the first; or 1 u8 | list of u16
 *
 *  type 65 Roots    list of (name text | digest u64 | count u64 | settings u64)
 *       66 Sums     large u8 | list of u64
 *       67 Hashes   list of (id text | leaf u16 | sum u64) | list of untold id text | opt last text
 *       68 Past     list of 256 u64 | count u64 | untold u64 | opt last text
 *       69 Compared list of (list of bytes | list of (HLC u64 | origin text) | opt bytes)
 *       70 Taken    versions u32
 *       71 Checked  running u8 | amiss u32
 *       72 NotNow   why text
 *       73 Snapshot vector | log-from vector | documents u64
 *       74 Entries  list of bytes | last u8
 * </pre>
 *
 * <p>Nothing of what came is believed: what does not fit exactly is an {@link
 * IllegalArgumentException}. Stateless and thread-safe.
 */
final class RepairCodecV1 {

  static final byte MAGIC = 'R';
  static final byte VERSION = 1;

  /** So many documents are compared at a time. */
  static final int MAX_DOCUMENTS = 256;

  private static final int PACKED_AT = 2;
  private static final int HEAD = 3;

  private RepairCodecV1() {}

  /** Whether a question is about a repair at all. */
  static boolean isRepair(Bytes bytes) {
    return bytes.length() > HEAD && bytes.array()[bytes.offset()] == MAGIC;
  }

  static Bytes encode(RepairMessage message) {
    RepairWriter out = new RepairWriter().u8(MAGIC).u8(VERSION).u8(0);
    switch (message) {
      case RepairMessage.AskRoots(boolean starts) -> out.u8(1).flag(starts);
      case RepairMessage.AskSums ask ->
          out.u8(2).name(ask.collection()).optional(ask.uppers(), RepairWriter::bits);
      case RepairMessage.AskHashes ask ->
          out.u8(3)
              .name(ask.collection())
              .bits(ask.leaves())
              .optional(ask.after(), RepairWriter::id)
              .optional(ask.asOf(), RepairWriter::time);
      case RepairMessage.AskPast ask ->
          out.u8(4).name(ask.collection()).time(ask.asOf()).optional(ask.after(), RepairWriter::id);
      case RepairMessage.Compare compare ->
          out.u8(5).vector(compare.vector()).list(compare.documents(), RepairCodecV1::known);
      case RepairMessage.Take take -> out.u8(6).list(take.documents(), RepairCodecV1::given);
      case RepairMessage.AskCheck(boolean start) -> out.u8(7).flag(start);
      case RepairMessage.AskSnapshot ask -> out.u8(8);
      case RepairMessage.AskEntries(Optional<Bytes> after) ->
          out.u8(9).optional(after, RepairWriter::bytes);
      case RepairMessage.Roots roots -> out.u8(65).list(roots.roots(), RepairCodecV1::root);
      case RepairMessage.Sums sums -> out.u8(66).flag(sums.large()).longs(sums.sums());
      case RepairMessage.Hashes(HashPage page) ->
          out.u8(67)
              .list(page.documents(), RepairCodecV1::hash)
              .list(page.untold(), RepairWriter::id)
              .optional(page.last(), RepairWriter::id);
      case RepairMessage.Past past ->
          out.u8(68)
              .longs(past.sums())
              .u64(past.count())
              .u64(past.untold())
              .optional(past.last(), RepairWriter::id);
      case RepairMessage.Compared compared ->
          out.u8(69).list(compared.documents(), RepairCodecV1::difference);
      case RepairMessage.Taken(int versions) -> out.u8(70).u32(versions);
      case RepairMessage.Checked checked -> out.u8(71).flag(checked.running()).u32(checked.amiss());
      case RepairMessage.NotNow(String why) -> out.u8(72).text(why);
      case RepairMessage.Snapshot snapshot ->
          out.u8(73).vector(snapshot.vector()).vector(snapshot.logFrom()).u64(snapshot.documents());
      case RepairMessage.Entries entries ->
          out.u8(74).list(entries.changes(), RepairWriter::bytes).flag(entries.isLast());
    }
    return seal(out.toArray());
  }

  static Bytes seal(byte[] message) {
    byte[] packed = Packing.pack(message, HEAD);
    if (packed != message) {
      System.arraycopy(message, 0, packed, 0, HEAD);
      packed[PACKED_AT] = 1;
    }
    byte[] sealed = Arrays.copyOf(packed, packed.length + Integer.BYTES);
    ByteBuffer.wrap(sealed).putInt(packed.length, checksum(packed, 0, packed.length));
    return new Bytes(sealed);
  }

  private static void known(RepairWriter out, RepairMessage.Known known) {
    out.key(known.key())
        .list(
            known.versions(),
            (inner, ref) ->
                inner
                    .text(ref.dot().origin().value())
                    .u64(ref.dot().sequence())
                    .time(ref.hlc())
                    .u32(ref.checksum()));
  }

  private static void given(RepairWriter out, RepairMessage.Given given) {
    out.key(given.key())
        .list(given.versions(), RepairWriter::bytes)
        .optional(given.fields(), RepairWriter::bytes);
  }

  private static void root(RepairWriter out, RepairMessage.Root root) {
    out.name(root.name()).u64(root.digest()).u64(root.count()).u64(root.settings());
  }

  private static void hash(RepairWriter out, DocumentHash hash) {
    out.id(hash.id()).u16(hash.leaf()).u64(hash.sum());
  }

  private static void difference(RepairWriter out, RepairMessage.Difference difference) {
    out.list(difference.versions(), RepairWriter::bytes)
        .list(
            difference.wanted(),
            (inner, version) -> inner.time(version.hlc()).text(version.origin().value()))
        .optional(difference.fields(), RepairWriter::bytes);
  }

  static RepairMessage.Question question(Bytes bytes) {
    if (decode(bytes) instanceof RepairMessage.Question question) {
      return question;
    }
    throw new IllegalArgumentException("an answer where a question belongs");
  }

  static RepairMessage.Answer answer(Bytes bytes) {
    if (decode(bytes) instanceof RepairMessage.Answer answer) {
      return answer;
    }
    throw new IllegalArgumentException("a question where an answer belongs");
  }

  private static RepairMessage decode(Bytes bytes) {
    if (bytes.length() > ReplicaEndpoint.MAX_ANSWER_BYTES
        || bytes.length() < HEAD + 1 + Integer.BYTES) {
      throw new IllegalArgumentException("a message of " + bytes.length() + " bytes");
    }
    ByteBuffer all = ByteBuffer.wrap(bytes.array(), bytes.offset(), bytes.length()).slice();
    int end = bytes.length() - Integer.BYTES;
    if (all.getInt(end) != checksum(bytes.array(), bytes.offset(), end)) {
      throw new IllegalArgumentException("a message that is damaged");
    }
    if (all.get() != MAGIC || all.get() != VERSION) {
      throw new IllegalArgumentException("not a message for a repair of version " + VERSION);
    }
    int packed = all.get();
    all.limit(end);
    try {
      RepairReader in =
          new RepairReader(
              packed == 1 ? Packing.unpack(all, ReplicaEndpoint.MAX_ANSWER_BYTES) : all);
      RepairMessage message = payload(in.u8(), in);
      if (packed > 1 || packed < 0 || !in.isAtEnd()) {
        throw new IllegalArgumentException("a message that is longer than it says");
      }
      return message;
    } catch (BufferUnderflowException | StoreFailure | MalformedMessageException malformed) {
      throw new IllegalArgumentException("a message that is none", malformed);
    }
  }

  private static RepairMessage payload(int type, RepairReader in) {
    return switch (type) {
      case 1 -> new RepairMessage.AskRoots(in.flag());
      case 2 ->
          new RepairMessage.AskSums(
              in.name(), in.optional(inner -> inner.bits(MerkleTree.FAN_OUT)));
      case 3 ->
          new RepairMessage.AskHashes(
              in.name(),
              in.bits(MerkleTree.MAX_LEAVES),
              in.optional(RepairReader::id),
              in.optional(RepairReader::time));
      case 4 -> new RepairMessage.AskPast(in.name(), in.time(), in.optional(RepairReader::id));
      case 5 ->
          new RepairMessage.Compare(in.vector(), in.list(MAX_DOCUMENTS, RepairCodecV1::known));
      case 6 -> new RepairMessage.Take(in.list(MAX_DOCUMENTS, RepairCodecV1::given));
      case 7 -> new RepairMessage.AskCheck(in.flag());
      case 8 -> new RepairMessage.AskSnapshot();
      case 9 -> new RepairMessage.AskEntries(in.optional(RepairReader::bytes));
      case 65 -> new RepairMessage.Roots(in.list(Integer.MAX_VALUE, RepairCodecV1::root));
      case 66 -> new RepairMessage.Sums(in.flag(), in.longs(MerkleTree.MAX_LEAVES));
      case 67 ->
          new RepairMessage.Hashes(
              new HashPage(
                  in.list(Integer.MAX_VALUE, RepairCodecV1::hash),
                  in.list(Integer.MAX_VALUE, RepairReader::id),
                  in.optional(RepairReader::id)));
      case 68 -> past(in);
      case 69 -> new RepairMessage.Compared(in.list(MAX_DOCUMENTS, RepairCodecV1::difference));
      case 70 -> new RepairMessage.Taken(in.u32());
      case 71 -> new RepairMessage.Checked(in.flag(), in.u32());
      case 72 -> new RepairMessage.NotNow(in.text());
      case 73 -> new RepairMessage.Snapshot(in.vector(), in.vector(), in.u64());
      case 74 ->
          new RepairMessage.Entries(in.list(Integer.MAX_VALUE, RepairReader::bytes), in.flag());
      default -> throw new IllegalArgumentException("a message of type " + type);
    };
  }

  private static RepairMessage.Past past(RepairReader in) {
    long[] sums = in.longs(MerkleTree.FAN_OUT);
    if (sums.length != MerkleTree.FAN_OUT) {
      throw new IllegalArgumentException(sums.length + " parts");
    }
    return new RepairMessage.Past(sums, in.u64(), in.u64(), in.optional(RepairReader::id));
  }

  private static RepairMessage.Known known(RepairReader in) {
    StoredKey key = in.key();
    List<RepairMessage.VersionRef> versions =
        in.list(DocumentCopy.MAX_VERSIONS, RepairCodecV1::versionRef);
    return new RepairMessage.Known(key, versions);
  }

  private static RepairMessage.VersionRef versionRef(RepairReader in) {
    ReplicaId origin = new ReplicaId(in.text());
    return new RepairMessage.VersionRef(new Dot(origin, in.u64()), in.time(), in.u32());
  }

  private static RepairMessage.Given given(RepairReader in) {
    return new RepairMessage.Given(
        in.key(),
        in.list(DocumentCopy.MAX_VERSIONS, RepairReader::bytes),
        in.optional(RepairReader::bytes));
  }

  private static RepairMessage.Root root(RepairReader in) {
    return new RepairMessage.Root(in.name(), in.u64(), in.u64(), in.u64());
  }

  private static DocumentHash hash(RepairReader in) {
    DocumentId id = in.id();
    return new DocumentHash(id, in.u16(), in.u64());
  }

  private static RepairMessage.Difference difference(RepairReader in) {
    return new RepairMessage.Difference(
        in.list(DocumentCopy.MAX_VERSIONS, RepairReader::bytes),
        in.list(DocumentCopy.MAX_VERSIONS, RepairCodecV1::version),
        in.optional(RepairReader::bytes));
  }

  private static VersionId version(RepairReader in) {
    HlcTimestamp hlc = in.time();
    return new VersionId(hlc, new ReplicaId(in.text()));
  }

  private static int checksum(byte[] bytes, int offset, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, offset, length);
    return (int) crc.getValue();
  }
}
