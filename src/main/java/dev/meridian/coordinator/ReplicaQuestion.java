package dev.meridian.coordinator;

import dev.meridian.clock.Dot;
import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionId;
import dev.meridian.clock.VersionVector;
import dev.meridian.document.Bytes;
import dev.meridian.document.CollectionName;
import dev.meridian.document.DocumentId;
import java.util.List;
import java.util.Optional;

/** What one region asks another about its copy of the data. */
sealed interface ReplicaQuestion {

  /** Which version of a document is the newest there. */
  record Digest(CollectionName collection, DocumentId id) implements ReplicaQuestion {}

  /** The document itself, from a region that can give the guarantee. */
  record Read(CollectionName collection, DocumentId id, Fresh need) implements ReplicaQuestion {}

  /** A page of a list, from a region that can give the guarantee. */
  record Page(
      CollectionName collection,
      String prefix,
      Optional<DocumentId> after,
      int limit,
      Optional<HlcTimestamp> asOf,
      Fresh need)
      implements ReplicaQuestion {}

  /**
   * Answered once the region has all of {@code wanted}, or its time is up. The asker has it all:
   * the region may fetch from it what it lacks.
   */
  record Cover(VersionVector wanted, int timeoutMillis) implements ReplicaQuestion {}

  /** Some of the changes after {@code have}, in the order of the log. */
  record Since(VersionVector have) implements ReplicaQuestion {}

  /** When changes became visible; at most {@link Journeys#MAX_VERSIONS}. */
  record Seen(List<Dot> changes) implements ReplicaQuestion {}

  /** Certain versions with their bodies; at most {@link Bodies#MAX_VERSIONS}. */
  record Versions(List<VersionOf> versions) implements ReplicaQuestion {}

  /** One version of a document. */
  record VersionOf(CollectionName collection, DocumentId id, VersionId version) {}

  /** Writes to be made there, since that region holds such documents and the asker does not. */
  record Write(
      CollectionName collection,
      Placements.Target target,
      List<Documents.BulkOperation> operations,
      WriteOptions options)
      implements ReplicaQuestion {}

  /** Changes to be kept until {@code owner}, which is down, has them. */
  record Hold(ReplicaId owner, List<Bytes> changes) implements ReplicaQuestion {}

  /**
   * What a region must have to answer in another's place.
   *
   * @param seen what its vector must cover
   * @param maxStalenessMillis how old its state may be; -1 for any
   */
  record Fresh(VersionVector seen, long maxStalenessMillis) {}
}
