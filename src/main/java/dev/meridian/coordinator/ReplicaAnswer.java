package dev.meridian.coordinator;

import dev.meridian.clock.Dot;
import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.VersionId;
import dev.meridian.clock.VersionVector;
import dev.meridian.document.Bytes;
import dev.meridian.document.FailureCode;
import java.util.List;
import java.util.Optional;

/** What a region answers about its copy of the data. */
sealed interface ReplicaAnswer {

  /**
   * The newest version of a document.
   *
   * @param vector the region has applied this, and what the digest tells is part of it
   * @param droppedAt when the collection was dropped last; zero for never
   */
  record Digest(VersionVector vector, HlcTimestamp droppedAt, Optional<Newest> newest)
      implements ReplicaAnswer {}

  /**
   * @param dot the change that made the version
   * @param checksum CRC32C of that change's bytes
   */
  record Newest(HlcTimestamp hlc, Dot dot, int checksum) {
    VersionId version() {
      return new VersionId(hlc, dot.origin());
    }
  }

  /**
   * @param change the newest version, which may be a deletion
   */
  record Document(VersionVector vector, long stalenessMillis, Optional<Bytes> change)
      implements ReplicaAnswer {}

  record Page(
      VersionVector vector,
      long stalenessMillis,
      HlcTimestamp asOf,
      boolean more,
      List<Bytes> changes)
      implements ReplicaAnswer {}

  /** How far the region is. */
  record Vector(VersionVector vector) implements ReplicaAnswer {}

  record Changes(List<Bytes> changes) implements ReplicaAnswer {}

  /** For each change asked about, as of {@link Sightings#at}. */
  record Times(List<Long> millis) implements ReplicaAnswer {}

  /** What became of the writes that were asked for. */
  record Written(Documents.BulkResult result) implements ReplicaAnswer {}

  /** The region cannot give the guarantee either. */
  record Cannot(VersionVector vector, long stalenessMillis) implements ReplicaAnswer {}

  /** A change was asked for that this region, its origin, has not made. */
  record Ahead(VersionVector vector) implements ReplicaAnswer {}

  /** The question was understood and could not be answered. */
  record Failed(FailureCode code, String detail) implements ReplicaAnswer {}
}
