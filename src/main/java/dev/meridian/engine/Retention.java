package dev.meridian.engine;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.document.CollectionSettings;

/**
 * Which versions of a document are history that may be read, and which may be dropped. One rule for
 * both, so that what was dropped is never missed silently.
 *
 * <p>Versions are ranked newest first from 1. What the rule keeps is always a run of ranks from 1
 * on: the rank grows along the run and the time of replacement falls. Merging drops versions of
 * some tables only, so an old version may survive behind a hole. It is told by the rule too:
 * counted over what is left, either {@code keepVersions} newer ones are still there, or the one
 * that seems to have replaced it is as old as those that were dropped for their age. So a reader
 * that stops at the first version the rule does not keep never sees past a hole.
 */
final class Retention {

  private final int keepVersions;
  private final long replacedSinceMillis;

  /**
   * @param nowMillis wall time
   */
  Retention(CollectionSettings settings, long nowMillis) {
    this.keepVersions = settings.keepVersions();
    this.replacedSinceMillis = nowMillis - settings.keepFor().toMillis();
  }

  /**
   * @param rank 1 for the newest version
   * @param replacedAt time of the next newer version; of no account for rank 1
   */
  boolean keeps(int rank, HlcTimestamp replacedAt) {
    return rank == 1 || rank <= keepVersions && replacedAt.millis() >= replacedSinceMillis;
  }
}
