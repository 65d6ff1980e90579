package dev.meridian.replication;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.VersionVector;

/**
 * What peers know of a region's own past, and of all. More changes than are here mean that this
 * region lost its disk, or got an old one back: it must have them again before it makes new ones,
 * or two changes would share a dot; and it must stamp none before what it promised, or what others
 * read as of then would change.
 *
 * @param changes that it made
 * @param promised it promised to make no more changes up to this
 * @param all changes of any region that a peer has
 */
public record OwnPast(long changes, HlcTimestamp promised, VersionVector all) {

  static final OwnPast NONE = new OwnPast(0, HlcTimestamp.ZERO, VersionVector.EMPTY);

  OwnPast max(OwnPast other) {
    return new OwnPast(
        Math.max(changes, other.changes),
        HlcTimestamp.max(promised, other.promised),
        all.merge(other.all));
  }

  /** True when this region never was, as far as the peers can tell. */
  public boolean isNone() {
    return changes == 0 && promised.equals(HlcTimestamp.ZERO);
  }
}
