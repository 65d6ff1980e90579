package dev.meridian.document;

import dev.meridian.clock.Dot;
import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.VersionId;
import dev.meridian.clock.VersionVector;

/**
 * One change, made once by its origin and the same byte for byte in every log, table and stream.
 *
 * @param dot who made it, and their how-manieth
 * @param hlc when; with the origin it is the version's id
 * @param kind what it does
 * @param collection where
 * @param id of the document; for settings and drops the collection's name
 * @param context the version vector of the document it replaced (empty for a new one)
 * @param dependencies what its origin had applied when it was made, other than its own changes,
 *     which come before it anyway: it may be applied only where all of that is
 * @param traceparent W3C trace context of the request, or empty
 * @param placement the regions that hold the body
 * @param body the document or the settings as JSON without insignificant white space; empty for a
 *     deletion, a drop, or what is withheld
 * @param encoded the whole change in its format; {@code body} is a part of it
 */
public record Change(
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
    Bytes encoded) {

  public VersionId version() {
    return new VersionId(hlc, dot.origin());
  }

  /** The version vector of the document once this change is its newest. */
  public VersionVector vector() {
    return context.with(dot);
  }

  /** True when the document's body is not here, but where {@link #placement} says. */
  public boolean isWithheld() {
    return kind == ChangeKind.PUT && body.length() == 0;
  }

  /** How many bytes the body has, wherever it is. */
  public int bodyBytes() {
    return isWithheld() ? ChangeCodecV1.withheldBytes(encoded) : body.length();
  }

  /** True when the body has places for CRDT fields, or this is an operation on some. */
  public boolean hasFields() {
    return kind == ChangeKind.OPERATIONS || ChangeCodecV1.isFielded(encoded);
  }

  /** True when a client wrote this to end a conflict. */
  public boolean isResolution() {
    return ChangeCodecV1.isResolution(encoded);
  }

  /** Whether the writer of this had seen {@code other}, a version of the same document. */
  public boolean covers(Change other) {
    return context.contains(other.dot);
  }

  /** True for what leaves no live document behind. */
  public boolean isTombstone() {
    return kind == ChangeKind.DELETE || kind == ChangeKind.DROP;
  }
}
