package dev.meridian.engine;

import dev.meridian.clock.Dot;
import dev.meridian.clock.HlcTimestamp;
import dev.meridian.document.Bytes;
import dev.meridian.document.CollectionName;
import dev.meridian.document.DocumentId;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.IntPredicate;

/**
 * What is needed to compare the data of regions and to put back what one of them lost. Versions are
 * put back by {@link Mutation.Repaired}. Any thread; all of it may read the disk.
 */
public interface CopyStore extends DocumentStore {

  /** All collections that were ever heard of, dropped ones too, by name. */
  List<CollectionState> everyCollection();

  /**
   * Which documents are asked for.
   *
   * @param leaves those of these leaves of a large tree
   * @param after only later ids
   * @param asOf as they were then; empty for now
   * @param limit at most so many
   * @param examine look at so many at most
   */
  record Walk(
      IntPredicate leaves,
      Optional<DocumentId> after,
      Optional<HlcTimestamp> asOf,
      int limit,
      int examine) {}

  /** What documents of a collection hash to, deleted ones too, in the byte order of their ids. */
  HashPage hashes(CollectionName collection, Walk walk);

  /**
   * A copy of all that tables and memtables hold, in key order, hash trees left out; for a region
   * that begins with nothing. What is written meanwhile may be in it or not.
   *
   * @param after only what comes after this key; empty for the beginning
   * @param maxBytes the page ends when it is longer than this
   */
  EntryPage entries(Optional<byte[]> after, int maxBytes);

  /**
   * A part of such a copy.
   *
   * @param changes as they are stored, derived ones too
   */
  record EntryPage(List<Bytes> changes, boolean isLast) {}

  /**
   * How many of the newest versions of a document are kept here in any case; older ones are history
   * that may be gone already.
   *
   * @param newestFirst the times of its versions, newest first
   */
  int kept(CollectionName collection, List<HlcTimestamp> newestFirst);

  /** What is here of a document, or of the settings of a collection. */
  DocumentCopy copy(StoredKey key);

  /** Takes in what another region knows of a document's CRDT fields. Logged soon. */
  void takeFields(CollectionName collection, DocumentId id, DocumentCopy.Fields theirs);

  /** A change as this region's log has it, if it does. Reads up to a segment of the log. */
  Optional<Bytes> logged(Dot dot);

  /**
   * Counts and hashes all documents of a collection again, in place of what was kept up to date so
   * far. Logged. Writes wait for it, about a second for a million documents.
   */
  CompletionStage<HashedCollection> recount(CollectionName collection);
}
