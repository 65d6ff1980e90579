package dev.meridian.repair;

import dev.meridian.clock.Dot;
import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.VersionId;
import dev.meridian.clock.VersionVector;
import dev.meridian.document.Bytes;
import dev.meridian.document.Change;
import dev.meridian.document.ChangeCodecV1;
import dev.meridian.document.CollectionName;
import dev.meridian.document.DocumentId;
import dev.meridian.engine.HashPage;
import dev.meridian.engine.StoredKey;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/** What regions say to each other to compare and mend their data. */
sealed interface RepairMessage {

  /** What is asked; no answer depends on what was asked before. */
  sealed interface Question extends RepairMessage {}

  /** What is said to it. */
  sealed interface Answer extends RepairMessage {}

  /**
   * What do all collections hash to?
   *
   * @param starts a repair begins with it: to be refused while there is one of this pair
   */
  record AskRoots(boolean starts) implements Question {}

  record Roots(List<Root> roots) implements Answer {}

  /**
   * One collection.
   *
   * @param settings what the settings in force are told by; 0 for none
   */
  record Root(CollectionName name, long digest, long count, long settings) {}

  /**
   * What do parts of a collection hash to?
   *
   * @param uppers which of the 256 to divide again; empty for all undivided
   */
  record AskSums(CollectionName collection, Optional<BitSet> uppers) implements Question {}

  /**
   * @param large whether parts can be divided
   * @param sums of the parts in their order
   */
  record Sums(boolean large, long[] sums) implements Answer {}

  /**
   * What do the documents of some leaves hash to?
   *
   * @param asOf as they were then; empty for now
   */
  record AskHashes(
      CollectionName collection,
      BitSet leaves,
      Optional<DocumentId> after,
      Optional<HlcTimestamp> asOf)
      implements Question {}

  record Hashes(HashPage page) implements Answer {}

  /** What did the 256 parts of a collection hash to? Told of some of its documents at a time. */
  record AskPast(CollectionName collection, HlcTimestamp asOf, Optional<DocumentId> after)
      implements Question {}

  /**
   * @param sums of the 256 parts
   * @param count of the documents, deleted ones too
   * @param untold of how many it cannot be told any more
   * @param last the id that was looked at last; empty at the end
   */
  record Past(long[] sums, long count, long untold, Optional<DocumentId> last) implements Answer {}

  /**
   * Which versions does one of us lack?
   *
   * @param vector what the asker has, before it looked
   */
  record Compare(VersionVector vector, List<Known> documents) implements Question {}

  /** What the asker has of a document. */
  record Known(StoredKey key, List<VersionRef> versions) {}

  /**
   * A version.
   *
   * @param checksum of all its bytes
   */
  record VersionRef(Dot dot, HlcTimestamp hlc, int checksum) {
    static VersionRef of(Change change) {
      return new VersionRef(change.dot(), change.hlc(), ChangeCodecV1.checksum(change));
    }

    VersionId id() {
      return new VersionId(hlc, dot.origin());
    }
  }

  /** Of the first documents that were asked for, as many as one answer takes. */
  record Compared(List<Difference> documents) implements Answer {}

  /**
   * @param versions the asker lacks, or has with other bytes
   * @param wanted versions of the asker that are lacking here, or have other bytes
   * @param fields what the document's CRDT fields hold here
   */
  record Difference(List<Bytes> versions, List<VersionId> wanted, Optional<Bytes> fields) {}

  /** Take what you lack. */
  record Take(List<Given> documents) implements Question {}

  record Given(StoredKey key, List<Bytes> versions, Optional<Bytes> fields) {}

  /**
   * @param versions so many were lacking
   */
  record Taken(int versions) implements Answer {}

  /**
   * Does your data hash to what you keep up to date? Asked again until it is known.
   *
   * @param start look anew, unless it is being looked at
   */
  record AskCheck(boolean start) implements Question {}

  /**
   * @param running not known yet
   * @param amiss in so many collections it did not
   */
  record Checked(boolean running, int amiss) implements Answer {}

  /** What is there for a region that has nothing? */
  record AskSnapshot() implements Question {}

  /**
   * @param vector what a copy that is begun now will have at least
   * @param logFrom who lacks some of this finds it in no log here
   * @param documents in all collections, for an idea of how much it is
   */
  record Snapshot(VersionVector vector, VersionVector logFrom, long documents) implements Answer {}

  /**
   * Copy all that is stored, from a key on.
   *
   * @param after the key of the last entry that was received
   */
  record AskEntries(Optional<Bytes> after) implements Question {}

  /**
   * @param changes as they are stored, derived ones too
   */
  record Entries(List<Bytes> changes, boolean isLast) implements Answer {}

  /** Not now, for a reason that passes. */
  record NotNow(String why) implements Answer {}
}
