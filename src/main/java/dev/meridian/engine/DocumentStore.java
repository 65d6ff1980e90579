package dev.meridian.engine;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.VersionId;
import dev.meridian.clock.VersionVector;
import dev.meridian.document.CollectionName;
import dev.meridian.document.DocumentId;
import dev.meridian.document.StoredDocument;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/** The door, and the reads of what is behind it. Any thread. */
public interface DocumentStore extends StorageEngine {

  /**
   * The newest version of a document, if there is one that no drop has undone. May read the disk.
   */
  Optional<StoredDocument> find(CollectionName collection, DocumentId id);

  /**
   * The same without the disk: empty when memory alone cannot tell, else what {@link #find} would
   * return.
   */
  Optional<Optional<StoredDocument>> findInMemory(CollectionName collection, DocumentId id);

  /**
   * Documents, no deletions, in id order as they were at a time. May read the disk. Fails with
   * {@code history-expired} when one of them cannot be told any more.
   *
   * @param prefix of the ids; empty for all
   * @param after only greater ids
   * @param limit at most so many
   */
  List<StoredDocument> scan(
      CollectionName collection,
      String prefix,
      Optional<DocumentId> after,
      int limit,
      HlcTimestamp asOf);

  /**
   * Versions of a document that are kept, newest first. May read the disk.
   *
   * @param before only older ones
   */
  List<StoredDocument> versions(
      CollectionName collection, DocumentId id, Optional<VersionId> before, int limit);

  /** One version of a document, if it is kept. May read the disk. */
  default Optional<StoredDocument> version(
      CollectionName collection, DocumentId id, VersionId version) {
    VersionId above = new VersionId(version.hlc().next(), version.origin());
    return versions(collection, id, Optional.of(above), VersionVector.MAX_ORIGINS).stream()
        .filter(each -> each.version().equals(version))
        .findFirst();
  }

  /**
   * One version of a document, also one that is kept for nothing but a conflict it took part in.
   * May read the disk.
   */
  Optional<StoredDocument> kept(CollectionName collection, DocumentId id, VersionId version);

  /**
   * Uses a document together with its CRDT fields as they are at one moment. May read the disk.
   *
   * @param use must be short, and keep nothing of what it gets
   */
  <T> T withFields(CollectionName collection, DocumentId id, Function<FieldedDocument, T> use);

  /**
   * Works out operations on the CRDT fields of a document and applies them. May read the disk.
   *
   * @param work like that of {@link #withFields}; what it throws is thrown
   * @param done gets the one outcome, as with {@link #apply}
   */
  void operate(
      CollectionName collection,
      DocumentId id,
      Function<FieldedDocument, Mutation.Operate> work,
      Sync sync,
      Consumer<Outcome> done);

  /** What is known of a document whose versions collided. May read the disk. */
  Optional<ConflictRecord> conflicts(CollectionName collection, DocumentId id);

  /**
   * Documents whose versions collided, in id order. May read the disk.
   *
   * @param after only greater ids
   * @param limit at most so many
   */
  List<CollidedDocument> collided(CollectionName collection, Optional<DocumentId> after, int limit);

  /** What is known of a collection, whether it exists or not. */
  CollectionState collection(CollectionName name);

  /** The highest timestamp applied: reads as of it see everything that is here now. */
  HlcTimestamp latest();
}
