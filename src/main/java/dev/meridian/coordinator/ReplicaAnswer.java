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
   * @param heads the changes of the document that none of the others has seen
   */
  record Digest(
      VersionVector vector, HlcTimestamp droppedAt, Optional<Newest> newest, VersionVector heads)
      implements ReplicaAnswer {

    /** Of a document with a single version that counts. */
    Digest(VersionVector vector, HlcTimestamp droppedAt, Optional<Newest> newest) {
      this(vector, droppedAt, newest, head(newest));
    }

    boolean hasSingleHead() {
      return heads.equals(head(newest));
    }

    private static VersionVector head(Optional<Newest> newest) {
      return newest.map(each -> VersionVector.EMPTY.with(each.dot())).orElse(VersionVector.EMPTY);
    }
  }

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
   * @param shown the document, which may be deleted
   */
  record Document(VersionVector vector, long stalenessMillis, Optional<Shown> shown)
      implements ReplicaAnswer {}

  record Page(
      VersionVector vector,
      long stalenessMillis,
      HlcTimestamp asOf,
      boolean more,
      List<Shown> documents)
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
