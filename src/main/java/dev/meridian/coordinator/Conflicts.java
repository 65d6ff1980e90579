package dev.meridian.coordinator;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionId;
import dev.meridian.document.Bytes;
import dev.meridian.document.CollectionName;
import dev.meridian.document.ConflictSettings;
import dev.meridian.document.DocumentId;
import dev.meridian.document.JsonPointer;
import dev.meridian.document.Revision;
import dev.meridian.document.StoreFailure;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * The conflict log: where versions of documents collided, what became of it, and how to decide
 * otherwise. Conflicts that are over are remembered for {@code ConflictRecord.KEPT_FOR}, at most
 * {@code MAX_CONFLICTS} of a document. Nothing here blocks; stages fail with {@code StoreFailure}
 * only.
 */
public interface Conflicts {

  /** The most conflicts of one page, and of one bulk request. */
  int MAX_LIMIT = 1000;

  /** What has become of a conflict. */
  enum State {
    /** The versions stand side by side, and a client has to decide. */
    OPEN,
    /** A client has decided. */
    RESOLVED,
    /** The collection's policy has decided. */
    AUTO;

    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Which conflicts are meant.
   *
   * @param since of this time or later
   * @param limit 1 to {@link #MAX_LIMIT}
   * @param after where the page before ended
   */
  record Filter(
      Optional<CollectionName> collection,
      Optional<State> state,
      Optional<HlcTimestamp> since,
      int limit,
      Optional<ConflictKey> after) {}

  /**
   * Conflicts by collection and document id, of a document the latest first. Looks at so many
   * documents for a page; there may be more even if it is short. {@code collection-not-found} for a
   * collection that does not exist.
   */
  CompletionStage<ConflictPage> list(Filter filter, ReadOptions options);

  /**
   * @param next where to go on; empty at the end
   */
  record ConflictPage(List<Conflict> conflicts, Optional<ConflictKey> next, Answer answer) {}

  /**
   * One conflict.
   *
   * @param at when it became known to somebody at the earliest: the time of its highest version
   * @param policy in force now while the versions stand side by side, else at the time
   * @param base the document they come from; empty when each was made anew, or it was deleted, or
   *     is not kept
   * @param versions highest first
   * @param outcome what the document became: by the policy, or by whoever resolved the conflict
   * @param closedBy the version that had seen all of them
   * @param regions that wrote them
   */
  record Conflict(
      ConflictKey key,
      VersionId at,
      State state,
      ConflictSettings.Policy policy,
      Optional<Bytes> base,
      List<Side> versions,
      Outcome outcome,
      Optional<VersionId> closedBy,
      List<ReplicaId> regions) {}

  /**
   * @param body empty for a deletion, for an operation on CRDT fields, and if it is not kept
   * @param won the outcome is this
   */
  record Side(VersionId version, boolean deleted, Optional<Bytes> body, boolean won) {}

  /**
   * @param version empty when it was made of several
   * @param body empty for a deletion, and if it is not kept
   * @param undecided a client has to decide; this is what is shown meanwhile
   */
  record Outcome(
      Optional<VersionId> version, boolean deleted, Optional<Bytes> body, boolean undecided) {}

  /**
   * The versions of a document that stand side by side now; a single one when nothing collided.
   * Fails like a read when there is no document, or deletions alone.
   */
  CompletionStage<SideBySide> ofDocument(
      CollectionName collection, DocumentId id, ReadOptions options);

  /**
   * @param winner the version that is shown, or that others are merged into
   * @param revision what to name to write over all of them
   * @param siblings highest first
   * @param base as of a conflict
   */
  record SideBySide(
      VersionId winner,
      Revision revision,
      int undecided,
      List<Side> siblings,
      Optional<Bytes> base,
      Answer answer) {}

  /** How a client ends a conflict. */
  sealed interface Resolution {
    /** One of its versions, which may be a deletion. */
    record Pick(VersionId version) implements Resolution {}

    /**
     * @param body JSON that {@code JsonDocument} has checked and compacted
     */
    record Whole(Bytes body) implements Resolution {}

    /**
     * The document as it is now, or the conflict's outcome if it is deleted, with other places.
     *
     * @param places not empty
     */
    record Fields(List<Place> places) implements Resolution {}

    record Deletion() implements Resolution {}
  }

  /**
   * @param from the version whose value is taken, and whose lack of one; empty for the base
   */
  record Place(JsonPointer at, Optional<VersionId> from) {}

  /**
   * Ends a conflict by a version that has seen all there are; or, if it is over, writes that
   * version all the same. Fails with {@code precondition-failed} when the document changes
   * meanwhile, when it is not what {@code options} ask for, and when the conflict was resolved
   * before and they ask for nothing; with {@code conflict-not-found}, {@code version-not-found} for
   * what took no part in it, and {@code history-expired} for what is not kept.
   */
  CompletionStage<Resolved> resolve(ConflictKey key, Resolution how, WriteOptions options);

  /**
   * @param body empty for a deletion
   * @param unconfirmed as of a document's write
   */
  record Resolved(
      ConflictKey key,
      VersionId version,
      Optional<Bytes> body,
      Answer answer,
      Optional<StoreFailure> unconfirmed) {}

  /** Which version ends each of many conflicts. */
  sealed interface Choice {
    record Newest() implements Choice {}

    record Oldest() implements Choice {}

    /** What last-write-wins would show: a deletion loses, unless they win in the collection. */
    record LastWrite() implements Choice {}

    /** The highest of a region; conflicts that it took no part in stay. */
    record Origin(ReplicaId region) implements Choice {}
  }

  /** Resolves the conflicts of a page. Each succeeds or fails by itself. */
  CompletionStage<BulkResolved> resolveAll(Filter filter, Choice choice, WriteOptions options);

  /** The same for these, at most {@link #MAX_LIMIT}. */
  CompletionStage<BulkResolved> resolveAll(
      List<ConflictKey> keys, Choice choice, WriteOptions options);

  /**
   * @param remaining conflicts that are meant and are not resolved now
   * @param counted false when there may be more remaining than were counted
   */
  record BulkResolved(List<BulkOutcome> outcomes, long remaining, boolean counted, Answer answer) {}

  record BulkOutcome(
      ConflictKey key, Optional<VersionId> version, Optional<StoreFailure> failure) {}

  /**
   * Tells what remembered conflicts of a collection would have become with other settings. Writes
   * nothing.
   *
   * @param limit look at so many, 1 to {@link #MAX_LIMIT}
   */
  CompletionStage<Replay> replay(
      CollectionName collection,
      ConflictSettings other,
      int limit,
      Optional<ConflictKey> after,
      ReadOptions options);

  /** How many became what, and examples of that. */
  record Replay(Tally tally, List<Example> examples, Optional<ConflictKey> next, Answer answer) {}

  /**
   * @param unknown a version is not kept any more
   */
  record Tally(long same, long different, long undecided, long unknown) {
    public long examined() {
      return same + different + undecided + unknown;
    }
  }

  /** The most examples of a replay; those that are not the same come first. */
  int MAX_EXAMPLES = 100;

  /** What a conflict would be with other settings, against what it is. */
  enum Verdict {
    SAME,
    DIFFERENT,
    UNDECIDED,
    UNKNOWN;

    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  record Example(ConflictKey key, VersionId at, Verdict verdict, Outcome now, Outcome then) {}

  /** Makes these the settings for conflicts of a collection; all its other settings stay. */
  CompletionStage<Collections.Configured> adopt(
      CollectionName collection, ConflictSettings settings, WriteOptions options);
}
