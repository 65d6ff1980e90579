package dev.meridian.coordinator;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.VersionId;
import dev.meridian.document.CollectionName;
import dev.meridian.document.DocumentId;
import dev.meridian.document.StoredDocument;
import dev.meridian.document.StoredDocument.LiveDocument;
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
   * When each region made the newest versions of a document visible. Regions that do not answer
   * within a second are said not to. A document that never was is {@code document-not-found}.
   *
   * @param limit how many versions, 1 to 100
   */
  CompletionStage<JourneyPage> journey(
      CollectionName collection, DocumentId id, int limit, ReadOptions options);

  record JourneyPage(List<Journey> journeys, Answer answer) {}

  /**
   * The documents whose live state at one time differs from that at another, in id order, a page at
   * a time.
   */
  CompletionStage<DiffPage> diff(
      CollectionName collection, DiffRequest request, ReadOptions options);

  /**
   * @param to not before {@code from}; empty for now
   * @param after only ids greater than this one
   */
  record DiffRequest(HlcTimestamp from, Optional<HlcTimestamp> to, Optional<DocumentId> after) {}

  /**
   * @param to the time that was compared with
   * @param last where to go on; empty at the end
   */
  record DiffPage(
      List<Difference> differences, HlcTimestamp to, Optional<DocumentId> last, Answer answer) {}

  /**
   * @param before empty when there was no live document
   * @param after empty when there was none
   */
  record Difference(DocumentId id, Optional<LiveDocument> before, Optional<LiveDocument> after) {}

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
