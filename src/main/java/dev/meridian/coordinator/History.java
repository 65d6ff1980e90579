package dev.meridian.coordinator;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.VersionId;
import dev.meridian.document.CollectionName;
import dev.meridian.document.DocumentId;
import dev.meridian.document.StoredDocument;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * The past of documents, as far as their collection's history settings keep it. Nothing here
 * blocks; stages fail with {@code StoreFailure} only.
 */
public interface History {

  /**
   * The document as it was at a time. Fails with {@code document-not-found} or {@code
   * document-deleted} when it was not there then, and with {@code history-expired} when that cannot
   * be told any more.
   */
  CompletionStage<Documents.DocumentRead> get(
      CollectionName collection, DocumentId id, HlcTimestamp asOf, ReadOptions options);

  /**
   * Versions newest first, deletions too. A document that never was is {@code document-not-found}.
   */
  CompletionStage<VersionPage> versions(
      CollectionName collection, DocumentId id, VersionsRequest request, ReadOptions options);

  /** One version, which may be a deletion. Fails with {@code version-not-found}. */
  CompletionStage<VersionRead> version(
      CollectionName collection, DocumentId id, VersionId version, ReadOptions options);

  /**
   * @param limit 1 to 1000
   * @param before only versions older than this one
   */
  record VersionsRequest(int limit, Optional<VersionId> before) {}

  /**
   * @param more true when older versions follow the last one
   */
  record VersionPage(List<StoredDocument> versions, boolean more, Answer answer) {}

  record VersionRead(StoredDocument version, Answer answer) {}
}
