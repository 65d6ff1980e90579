package dev.meridian.engine;

import dev.meridian.document.DocumentId;
import dev.meridian.document.StoredDocument;
import java.util.Optional;

/**
 * A document at two times.
 *
 * @param before empty when there was none yet
 * @param after empty when there was none yet
 */
public record DocumentDiff(
    DocumentId id, Optional<StoredDocument> before, Optional<StoredDocument> after) {

  /** Whether it was the same at both times, for a reader. */
  public boolean isSame() {
    Optional<StoredDocument> alive = before.filter(StoredDocument::isLive);
    Optional<StoredDocument> now = after.filter(StoredDocument::isLive);
    return alive.map(StoredDocument::revision).equals(now.map(StoredDocument::revision));
  }
}
