package dev.meridian.coordinator;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.VersionId;
import dev.meridian.document.Bytes;
import dev.meridian.document.CollectionName;
import dev.meridian.document.DocumentId;
import dev.meridian.document.DocumentPatch;
import dev.meridian.document.FailureCode;
import dev.meridian.document.Precondition;
import dev.meridian.document.StoreFailure;
import dev.meridian.document.StoredDocument;
import dev.meridian.document.StoredDocument.LiveDocument;
import dev.meridian.document.StoredDocument.Tombstone;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Reading and writing documents, with the guarantee each call asks for. Nothing here blocks; a
 * stage completes on a thread of the store, so what follows it must be short. A stage fails with a
 * {@link StoreFailure} only.
 */
public interface Documents {

  /** The newest version, which may be a deletion, or that there is none. */
  CompletionStage<Lookup> look(CollectionName collection, DocumentId id, ReadOptions options);

  /**
   * The newest version. Fails with {@code document-not-found}, or {@code document-deleted} with the
   * member {@code version} naming the deletion.
   */
  default CompletionStage<DocumentRead> get(
      CollectionName collection, DocumentId id, ReadOptions options) {
    return look(collection, id, options)
        .thenApply(found -> new DocumentRead(found.live(), found.answer()));
  }

  /**
   * The same with what CRDT fields are made of in the place of their values. Fails with {@code
   * consistency-unavailable} where only another region could give the guarantee.
   */
  CompletionStage<Lookup> lookStates(CollectionName collection, DocumentId id, ReadOptions options);

  /**
   * Creates or replaces a document. Durable as asked when the stage completes, unless the result
   * says that this is not known.
   *
   * @param body JSON that {@code JsonDocument} has checked and compacted; copied before return
   */
  CompletionStage<WriteResult> put(
      CollectionName collection, DocumentId id, Bytes body, WriteOptions options);

  /**
   * Changes parts of a document. What was read is still the newest when the result is written;
   * where others are faster it is read again, until the patch is refused with {@code
   * document-contended}, which is safe to repeat. A patch that changes nothing still makes a
   * version. Runs where the document lives.
   *
   * <p>Fails with {@code document-not-found} or {@code document-deleted} when there is none, {@code
   * precondition-failed} when the version that would be patched is not the one asked for, and what
   * {@link DocumentPatch#apply} says.
   */
  CompletionStage<PatchResult> patch(
      CollectionName collection, DocumentId id, DocumentPatch patch, WriteOptions options);

  /**
   * Writes a tombstone. Fails with {@code document-not-found} when there never was such a document
   * and {@code document-deleted} when it is deleted already.
   */
  CompletionStage<WriteResult> delete(
      CollectionName collection, DocumentId id, WriteOptions options);

  /** One page in id order. A collection that does not exist is {@code collection-not-found}. */
  CompletionStage<DocumentPage> list(
      CollectionName collection, ListRequest request, ReadOptions options);

  /**
   * Several writes with one wait for the disk, in order; each succeeds or fails by itself. At most
   * {@link #MAX_BULK_OPERATIONS} at once.
   */
  CompletionStage<BulkResult> bulk(
      CollectionName collection, List<BulkOperation> operations, WriteOptions options);

  /** The most operations of one {@link #bulk} call. */
  int MAX_BULK_OPERATIONS = 1024;

  /** A new time-ordered id (UUIDv7, RFC 9562). */
  DocumentId newId();

  record DocumentRead(LiveDocument document, Answer answer) {}

  /** What a read found, with its receipt also when that was nothing. */
  record Lookup(CollectionName collection, Optional<StoredDocument> stored, Answer answer) {

    /** The document; throws {@code document-not-found} or {@code document-deleted}. */
    public LiveDocument live() {
      return live(collection, stored);
    }

    static LiveDocument live(CollectionName collection, Optional<StoredDocument> stored) {
      if (stored.isEmpty()) {
        throw new StoreFailure.CallerMistake(
            FailureCode.DOCUMENT_NOT_FOUND,
            "collection '" + collection + "' has no document with this id");
      }
      return switch (stored.get()) {
        case LiveDocument document -> document;
        case StoredDocument.Withheld withheld ->
            throw new IllegalArgumentException("the body was not fetched");
        case Tombstone tombstone ->
            throw new StoreFailure.CallerMistake(
                FailureCode.DOCUMENT_DELETED,
                "the document was deleted by version " + tombstone.version(),
                Map.of("version", tombstone.version().toString()));
      };
    }
  }

  /**
   * @param created true when there was no live document before
   * @param unconfirmed why the durability asked for is not known to be reached: {@code
   *     outcome-unknown}. The write is done here and stays
   */
  record WriteResult(
      VersionId version, boolean created, Answer answer, Optional<StoreFailure> unconfirmed) {}

  /**
   * @param body the document as it is now; not told by another region that is not sure of the write
   */
  record PatchResult(WriteResult written, Optional<Bytes> body) {}

  /**
   * @param prefix only ids that start with it; empty for all
   * @param limit 1 to 1000
   * @param after only ids greater than this one
   * @param asOf the time to read at; empty for now
   */
  record ListRequest(
      String prefix, int limit, Optional<DocumentId> after, Optional<HlcTimestamp> asOf) {
    public static final int MAX_LIMIT = 1000;
  }

  /**
   * @param more true when further documents follow the last one
   * @param asOf the time it was read at: a following page that asks for it belongs to the same
   *     snapshot, whatever this region writes meanwhile
   */
  record DocumentPage(
      List<LiveDocument> documents, boolean more, HlcTimestamp asOf, Answer answer) {}

  /** One line of a bulk request. */
  sealed interface BulkOperation {
    DocumentId id();

    record Put(DocumentId id, Bytes body, Precondition precondition) implements BulkOperation {}

    record Delete(DocumentId id, Precondition precondition) implements BulkOperation {}

    /**
     * @param returning whether the outcome is to have the document as it is then
     */
    record Patch(DocumentId id, DocumentPatch patch, Precondition precondition, boolean returning)
        implements BulkOperation {}

    record Get(DocumentId id) implements BulkOperation {}
  }

  /** Writes that are not known to be as durable as asked are among the failed ones. */
  record BulkResult(List<BulkOutcome> outcomes, Answer answer) {}

  /** What became of one line. */
  sealed interface BulkOutcome {
    record Written(VersionId version, boolean created) implements BulkOutcome {}

    record Deleted(VersionId version) implements BulkOutcome {}

    /** Written by a patch, with what it became. */
    record Patched(VersionId version, Bytes body) implements BulkOutcome {}

    record Found(LiveDocument document) implements BulkOutcome {}

    record Failed(StoreFailure failure) implements BulkOutcome {}
  }
}
