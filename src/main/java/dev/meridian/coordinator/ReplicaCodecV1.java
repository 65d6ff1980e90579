package dev.meridian.coordinator;

import dev.meridian.clock.Dot;
import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionVector;
import dev.meridian.cluster.ReplicaEndpoint;
import dev.meridian.document.Bytes;
import dev.meridian.document.ChangeCodecV1;
import dev.meridian.document.CollectionName;
import dev.meridian.document.DocumentId;
import dev.meridian.document.FailureCode;
import dev.meridian.document.StoreFailure;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * Version 1 of the questions and answers between regions as bytes. Numbers are big-endian; {@code
 * text} is a u16 length and UTF-8, {@code vector} and {@code change} as in {@link ChangeCodecV1};
 * {@code opt x} is a byte, 0 or 1, and x after a 1.
 *
 * <pre>
 *  ver=1 | type u8 | payload | CRC32C of all before, u32
 *
 *  type 1 Digest    collection text | id text
 *       2 Read      collection text | id text | fresh
 *       3 Page      collection text | prefix text | opt after text | limit u16 | opt as-of u64 | fresh
 *       4 Cover     vector | timeout ms u32
 *       5 Since     vector
 *       6 Seen      count u16, then count × (origin text | sequence u64)
 *       7 Versions  count u16, then count × (collection text | id text | HLC u64 | origin text)
 *       8 Write     see {@link WriteCodecV1}
 *       9 Hold      owner text | changes
 *  fresh            vector | staleness ms i64
 *
 *  type 65 Digest   vector | dropped-at u64 | opt (HLC u64 | origin text | sequence u64 | CRC32C u32)
 *       66 Document vector | staleness ms i64 | opt (length u32, change)
 *       67 Page     vector | staleness ms i64 | as-of u64 | more u8 | changes
 *       68 Vector   vector
 *       69 Changes  changes
 *       70 Cannot   vector | staleness ms i64
 *       71 Ahead    vector
 *       72 Failed   code text | detail text
 *       73 Times    count u16, then count × i64
 *       74 Written  see {@link WriteCodecV1}
 *       75 Digest   as 65, then heads vector: when they are more than the newest version
 *       76 Document vector | staleness ms i64 | shown: when it is made of more than one version
 *       77 Page     as 67, but count u16 × shown instead of changes
 *  changes          count u16, then count × (length u32, change)
 *  shown            length u32, change | opt (opt (length u32, body) | changes | revision count u16
 *                   × (HLC u64 | origin text) | siblings u16)
 * </pre>
 *
 * <p>Nothing of what came is believed: what does not fit exactly is an {@link
 * IllegalArgumentException}. Stateless and thread-safe.
 */
final class ReplicaCodecV1 {

  static final byte VERSION = 1;

  private static final int DIGEST = 1;
  private static final int READ = 2;
  private static final int PAGE = 3;
  private static final int COVER = 4;
  private static final int SINCE = 5;
  private static final int SEEN = 6;
  private static final int VERSIONS = 7;
  private static final int WRITE = 8;
  private static final int HOLD = 9;
  private static final int DIGEST_ANSWER = 65;
  private static final int DOCUMENT_ANSWER = 66;
  private static final int PAGE_ANSWER = 67;
  private static final int VECTOR_ANSWER = 68;
  private static final int CHANGES_ANSWER = 69;
  private static final int CANNOT_ANSWER = 70;
  private static final int AHEAD_ANSWER = 71;
  private static final int FAILED_ANSWER = 72;
  private static final int TIMES_ANSWER = 73;
  private static final int WRITTEN_ANSWER = 74;
  private static final int HEADS_ANSWER = 75;
  private static final int SHOWN_ANSWER = 76;
  private static final int SHOWN_PAGE_ANSWER = 77;
  private static final int MAX_DETAIL = 1000;

  private ReplicaCodecV1() {}

  static Bytes encode(ReplicaQuestion question) {
    MessageWriter out = new MessageWriter();
    switch (question) {
      case ReplicaQuestion.Digest(CollectionName collection, DocumentId id) ->
          out.type(DIGEST).text(collection.value()).text(id.value());
      case ReplicaQuestion.Read(CollectionName collection, DocumentId id, var need) ->
          out.type(READ).text(collection.value()).text(id.value()).fresh(need);
      case ReplicaQuestion.Page page -> {
        out.type(PAGE).text(page.collection().value()).text(page.prefix());
        out.present(page.after().isPresent());
        page.after().ifPresent(after -> out.text(after.value()));
        out.u16(page.limit()).present(page.asOf().isPresent());
        page.asOf().ifPresent(asOf -> out.u64(asOf.packed()));
        out.fresh(page.need());
      }
      case ReplicaQuestion.Cover(VersionVector wanted, int timeoutMillis) ->
          out.type(COVER).vector(wanted).u32(timeoutMillis);
      case ReplicaQuestion.Since(VersionVector have) -> out.type(SINCE).vector(have);
      case ReplicaQuestion.Seen(List<Dot> changes) -> {
        out.type(SEEN).u16(changes.size());
        changes.forEach(dot -> out.text(dot.origin().value()).u64(dot.sequence()));
      }
      case ReplicaQuestion.Versions(var versions) -> {
        out.type(VERSIONS).u16(versions.size());
        versions.forEach(
            each ->
                out.text(each.collection().value())
                    .text(each.id().value())
                    .version(each.version()));
      }
      case ReplicaQuestion.Write write -> WriteCodecV1.put(out.type(WRITE), write);
      case ReplicaQuestion.Hold(ReplicaId owner, List<Bytes> changes) ->
          out.type(HOLD).text(owner.value()).changes(changes);
    }
    return out.seal();
  }

  static Bytes encode(ReplicaAnswer answer) {
    MessageWriter out = new MessageWriter();
    switch (answer) {
      case ReplicaAnswer.Digest digest -> {
        out.type(digest.hasSingleHead() ? DIGEST_ANSWER : HEADS_ANSWER);
        out.vector(digest.vector()).u64(digest.droppedAt().packed());
        out.present(digest.newest().isPresent());
        digest
            .newest()
            .ifPresent(
                each ->
                    out.u64(each.hlc().packed())
                        .text(each.dot().origin().value())
                        .u64(each.dot().sequence())
                        .u32(each.checksum()));
        if (!digest.hasSingleHead()) {
          out.vector(digest.heads());
        }
      }
      case ReplicaAnswer.Document(VersionVector vector, long staleness, var shown) -> {
        if (shown.isPresent() && shown.get().made().isPresent()) {
          out.type(SHOWN_ANSWER).vector(vector).u64(staleness);
          shown.get().put(out);
        } else {
          out.type(DOCUMENT_ANSWER).vector(vector).u64(staleness).present(shown.isPresent());
          shown.ifPresent(each -> out.bytes(each.change()));
        }
      }
      case ReplicaAnswer.Page page -> page(page, out);
      case ReplicaAnswer.Vector(VersionVector vector) -> out.type(VECTOR_ANSWER).vector(vector);
      case ReplicaAnswer.Changes(List<Bytes> changes) -> out.type(CHANGES_ANSWER).changes(changes);
      case ReplicaAnswer.Cannot(VersionVector vector, long staleness) ->
          out.type(CANNOT_ANSWER).vector(vector).u64(staleness);
      case ReplicaAnswer.Ahead(VersionVector vector) -> out.type(AHEAD_ANSWER).vector(vector);
      case ReplicaAnswer.Times(List<Long> millis) -> {
        out.type(TIMES_ANSWER).u16(millis.size());
        millis.forEach(out::u64);
      }
      case ReplicaAnswer.Written(var result) -> WriteCodecV1.put(out.type(WRITTEN_ANSWER), result);
      case ReplicaAnswer.Failed(FailureCode code, String detail) ->
          out.type(FAILED_ANSWER)
              .text(code.text())
              .text(detail.substring(0, Math.min(detail.length(), MAX_DETAIL)));
    }
    return out.seal();
  }

  private static void page(ReplicaAnswer.Page page, MessageWriter out) {
    boolean plain = page.documents().stream().allMatch(each -> each.made().isEmpty());
    out.type(plain ? PAGE_ANSWER : SHOWN_PAGE_ANSWER)
        .vector(page.vector())
        .u64(page.stalenessMillis())
        .u64(page.asOf().packed())
        .present(page.more());
    if (plain) {
      out.changes(page.documents().stream().map(Shown::change).toList());
    } else {
      out.u16(page.documents().size());
      page.documents().forEach(each -> each.put(out));
    }
  }

  static ReplicaQuestion question(Bytes bytes) {
    return decode(
        bytes,
        ReplicaEndpoint.MAX_QUESTION_BYTES,
        in -> {
          int type = in.u8();
          return switch (type) {
            case DIGEST -> new ReplicaQuestion.Digest(in.collection(), in.id());
            case READ -> new ReplicaQuestion.Read(in.collection(), in.id(), in.fresh());
            case PAGE ->
                new ReplicaQuestion.Page(
                    in.collection(),
                    in.text(),
                    in.present() ? Optional.of(in.id()) : Optional.empty(),
                    in.limit(),
                    in.present() ? Optional.of(new HlcTimestamp(in.u64())) : Optional.empty(),
                    in.fresh());
            case COVER -> new ReplicaQuestion.Cover(in.vector(), in.millis());
            case SINCE -> new ReplicaQuestion.Since(in.vector());
            case SEEN -> new ReplicaQuestion.Seen(in.dots());
            case VERSIONS -> new ReplicaQuestion.Versions(in.versions());
            case WRITE -> WriteCodecV1.write(in);
            case HOLD -> new ReplicaQuestion.Hold(in.region(), in.changes());
            default -> throw new IllegalArgumentException("a question of unknown type " + type);
          };
        });
  }

  static ReplicaAnswer answer(Bytes bytes) {
    return decode(
        bytes,
        ReplicaEndpoint.MAX_ANSWER_BYTES,
        in -> {
          int type = in.u8();
          return switch (type) {
            case DIGEST_ANSWER ->
                new ReplicaAnswer.Digest(
                    in.vector(),
                    new HlcTimestamp(in.u64()),
                    in.present() ? Optional.of(in.newest()) : Optional.empty());
            case DOCUMENT_ANSWER ->
                new ReplicaAnswer.Document(
                    in.vector(),
                    in.u64(),
                    in.present()
                        ? Optional.of(new Shown(in.bytes(), Optional.empty()))
                        : Optional.empty());
            case HEADS_ANSWER ->
                new ReplicaAnswer.Digest(
                    in.vector(),
                    new HlcTimestamp(in.u64()),
                    in.present() ? Optional.of(in.newest()) : Optional.empty(),
                    in.vector());
            case SHOWN_ANSWER ->
                new ReplicaAnswer.Document(in.vector(), in.u64(), Optional.of(Shown.read(in)));
            case PAGE_ANSWER ->
                new ReplicaAnswer.Page(
                    in.vector(),
                    in.u64(),
                    new HlcTimestamp(in.u64()),
                    in.present(),
                    in.changes().stream().map(each -> new Shown(each, Optional.empty())).toList());
            case SHOWN_PAGE_ANSWER ->
                new ReplicaAnswer.Page(
                    in.vector(), in.u64(), new HlcTimestamp(in.u64()), in.present(), in.shown());
            case VECTOR_ANSWER -> new ReplicaAnswer.Vector(in.vector());
            case CHANGES_ANSWER -> new ReplicaAnswer.Changes(in.changes());
            case CANNOT_ANSWER -> new ReplicaAnswer.Cannot(in.vector(), in.u64());
            case AHEAD_ANSWER -> new ReplicaAnswer.Ahead(in.vector());
            case WRITTEN_ANSWER -> new ReplicaAnswer.Written(WriteCodecV1.result(in));
            case TIMES_ANSWER -> new ReplicaAnswer.Times(in.times());
            case FAILED_ANSWER -> new ReplicaAnswer.Failed(in.code(), in.text());
            default -> throw new IllegalArgumentException("an answer of unknown type " + type);
          };
        });
  }

  private interface Reading<T> {
    T read(MessageReader in);
  }

  private static <T> T decode(Bytes bytes, int maxBytes, Reading<T> reading) {
    int body = bytes.length() - Integer.BYTES;
    if (body < 2 || bytes.length() > maxBytes) {
      throw new IllegalArgumentException("a message of " + bytes.length() + " bytes");
    }
    ByteBuffer in = ByteBuffer.wrap(bytes.array(), bytes.offset(), bytes.length()).slice();
    if (in.getInt(body) != checksum(bytes.array(), bytes.offset(), body)) {
      throw new IllegalArgumentException("a message whose checksum does not fit its bytes");
    }
    byte version = in.get();
    if (version != VERSION) {
      throw new IllegalArgumentException("a message of format version " + version);
    }
    in.limit(body);
    try {
      T read = reading.read(new MessageReader(in));
      if (in.hasRemaining()) {
        throw new IllegalArgumentException(in.remaining() + " bytes after a message's end");
      }
      return read;
    } catch (BufferUnderflowException | StoreFailure damaged) {
      throw new IllegalArgumentException("not a message: " + damaged.getMessage(), damaged);
    }
  }

  static int checksum(byte[] bytes, int offset, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, offset, length);
    return (int) crc.getValue();
  }
}
