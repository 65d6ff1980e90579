package dev.meridian.engine;

import dev.meridian.clock.VersionId;
import dev.meridian.document.Change;
import dev.meridian.document.CollectionName;
import dev.meridian.document.ConflictResolver;
import dev.meridian.document.DocumentId;
import dev.meridian.document.Lineage;
import dev.meridian.document.StoredDocument;
import java.util.List;
import java.util.Optional;

/**
 * Documents as they are read: made of all versions that stand side by side. A document whose newest
 * version is all there is costs no more than finding that. Any thread; may read the disk.
 */
final class DocumentViews {

  private final EngineState state;
  private final Standings standings;

  DocumentViews(EngineState state) {
    this.state = state;
    this.standings = new Standings(state, Standings.Unforced.NOTHING);
  }

  /**
   * @param newest the newest visible version, looked up before this is called
   */
  Optional<StoredDocument> of(Optional<Change> newest) {
    if (newest.isEmpty() || isAlone(newest.get())) {
      return newest.map(StoredDocument::of);
    }
    Change change = newest.get();
    return Optional.of(
        of(
            standings.of(new DocumentPrefix(change), change.collection(), newest),
            change.collection()));
  }

  /** The same, if no disk has to be read for it; empty when it has. */
  Optional<Optional<StoredDocument>> inMemory(Optional<Change> newest) {
    boolean told =
        newest.isEmpty()
            || isAlone(newest.get())
            || isKnownToBeAlone(newest.get().collection(), newest.get().id());
    return told ? Optional.of(newest.map(StoredDocument::of)) : Optional.empty();
  }

  /** True when a collection has nothing that its documents' newest versions do not tell. */
  private boolean isAlone(Change newest) {
    return state.collection(newest.collection()).concurrency().conflicted() == 0;
  }

  private boolean isKnownToBeAlone(CollectionName collection, DocumentId id) {
    return state
        .view()
        .newestIfInMemory(TableKey.HEADS, collection, id)
        .map(record -> record.map(each -> ConflictRecordCodecV1.decode(each.body())))
        .map(record -> record.isEmpty() || !record.get().isConflicted())
        .orElse(false);
  }

  /**
   * A document as it was when it had just these versions.
   *
   * @param versions newest first, at least one
   */
  StoredDocument of(List<Change> versions) {
    Change newest = versions.getFirst();
    if (versions.stream().skip(1).allMatch(newest::covers)) {
      return StoredDocument.of(newest);
    }
    return of(Standing.of(new Lineage(versions)), newest.collection());
  }

  private StoredDocument of(Standing standing, CollectionName collection) {
    return standing.isConflicted()
        ? ConflictResolver.resolve(
            standing.heads(),
            standing.plain(),
            standing
                .base()
                .flatMap(base -> version(collection, standing.heads().getFirst().id(), base)),
            state.settings(collection).conflict())
        : StoredDocument.of(standing.heads().getFirst());
  }

  /** A version, also one that is kept for nothing but a conflict it took part in. */
  Optional<Change> version(CollectionName collection, DocumentId id, VersionId version) {
    byte[] prefix = TableKey.prefix(TableKey.DOCUMENTS, collection, id);
    return state.view().version(prefix, version).filter(state::isVisible);
  }
}
