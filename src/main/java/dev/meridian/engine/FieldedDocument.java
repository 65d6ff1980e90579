package dev.meridian.engine;

import dev.meridian.document.Change;
import dev.meridian.document.FieldedBody;
import dev.meridian.document.StoredDocument;
import dev.meridian.document.StoredDocument.LiveDocument;
import java.util.Optional;

/**
 * A document with its CRDT fields, as it is at one moment.
 *
 * @param plain without what its fields hold; empty when there is none
 * @param body as it is stored; empty when the document is not alive here
 * @param incarnation of a field that is made now: names what the document was before
 */
public record FieldedDocument(
    Optional<StoredDocument> plain, FieldedBody body, String incarnation) {

  static final FieldedDocument NONE = new FieldedDocument(Optional.empty(), FieldedBody.NONE, "");

  /** As readers see it. */
  public Optional<StoredDocument> shown(FieldedBody.Show show) {
    return plain.map(
        document ->
            document instanceof LiveDocument live
                ? new LiveDocument(highest(live), body.shown(show).toBytes(), live.heads())
                : document);
  }

  /** Operations make versions, too. */
  private static Change highest(LiveDocument document) {
    return document.heads().versions().stream()
        .filter(head -> !head.isTombstone())
        .findFirst()
        .orElse(document.change());
  }
}
