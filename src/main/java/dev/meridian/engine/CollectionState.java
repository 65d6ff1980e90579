package dev.meridian.engine;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.document.Bytes;
import dev.meridian.document.CollectionName;
import java.util.Optional;

/**
 * What is known of a collection without looking at its documents. Immutable; the writer replaces
 * it.
 *
 * <p>A collection exists once it has settings or a document younger than its last drop.
 *
 * @param count live documents
 * @param bytes of their bodies
 * @param firstMillis wall time of the first change since the last drop; 0 when there is none
 * @param latest the highest timestamp of a document change
 * @param droppedAt everything of this collection up to here is gone
 * @param settings the settings in force, as written
 * @param former what its history was limited to before; empty while the limits were never raised
 * @param concurrency of versions that stand side by side
 * @param digest of all documents: the sum of the {@link HeadHash} of each version that no other one
 *     has seen. The same in regions that have the same
 */
public record CollectionState(
    CollectionName name,
    long count,
    long bytes,
    long firstMillis,
    HlcTimestamp latest,
    HlcTimestamp droppedAt,
    Optional<Bytes> settings,
    Optional<FormerLimits> former,
    Concurrency concurrency,
    long digest) {

  static CollectionState unknown(CollectionName name) {
    return new CollectionState(
        name,
        0,
        0,
        0,
        HlcTimestamp.ZERO,
        HlcTimestamp.ZERO,
        Optional.empty(),
        Optional.empty(),
        Concurrency.NONE,
        0);
  }

  public boolean exists() {
    return settings.isPresent() || latest.isAfter(droppedAt);
  }

  /** True when a change of this time is not undone by a drop. */
  boolean isVisible(HlcTimestamp hlc) {
    return hlc.isAfter(droppedAt);
  }

  CollectionState withChange(HlcTimestamp hlc, Standings.Effect effect) {
    return new CollectionState(
        name,
        count + effect.documents(),
        bytes + effect.bytes(),
        earliest(hlc),
        HlcTimestamp.max(latest, hlc),
        droppedAt,
        settings,
        former,
        concurrency,
        digest + effect.digest());
  }

  /** The same with other figures. */
  CollectionState with(Standings.Effect effect) {
    return new CollectionState(
        name,
        count + effect.documents(),
        bytes + effect.bytes(),
        firstMillis,
        latest,
        droppedAt,
        settings,
        former,
        concurrency,
        digest + effect.digest());
  }

  CollectionState withSettings(HlcTimestamp hlc, Bytes json) {
    return new CollectionState(
        name,
        count,
        bytes,
        earliest(hlc),
        latest,
        droppedAt,
        Optional.of(json),
        former,
        concurrency,
        digest);
  }

  CollectionState withFormer(Optional<FormerLimits> limits) {
    return new CollectionState(
        name, count, bytes, firstMillis, latest, droppedAt, settings, limits, concurrency, digest);
  }

  CollectionState withConcurrency(Concurrency known) {
    return new CollectionState(
        name, count, bytes, firstMillis, latest, droppedAt, settings, former, known, digest);
  }

  CollectionState withDigest(long known) {
    return new CollectionState(
        name, count, bytes, firstMillis, latest, droppedAt, settings, former, concurrency, known);
  }

  /** After a drop: counts and settings are those of what is younger. */
  CollectionState dropped(
      HlcTimestamp at,
      Standings.Effect left,
      Optional<Bytes> newSettings,
      Concurrency newConcurrency) {
    boolean remains = latest.isAfter(at) || newSettings.isPresent();
    return new CollectionState(
        name,
        left.documents(),
        left.bytes(),
        remains ? Math.max(firstMillis, at.millis()) : 0,
        latest,
        HlcTimestamp.max(droppedAt, at),
        newSettings,
        former,
        newConcurrency,
        left.digest());
  }

  private long earliest(HlcTimestamp hlc) {
    return firstMillis == 0 ? hlc.millis() : Math.min(firstMillis, hlc.millis());
  }
}
