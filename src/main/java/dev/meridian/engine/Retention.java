package dev.meridian.engine;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.document.CollectionSettings;
import java.util.Optional;

/**
 * Which versions of a document are history that may be read, and which may be removed. One rule for
 * both, so that what was removed is never missed silently.
 *
 * <p>Versions are ranked newest first from 1. What the rule keeps is always a run of ranks from 1
 * on: the rank grows along the run and the time of replacement falls. Merging removes versions of
 * some tables only, so an old version may survive behind a hole. It is told by the rule too: at the
 * newest hole the rank counted over what is left is the true one, and the version behind it seems
 * replaced when the removed one was. So limits that are no higher than those of the removal stop a
 * reader there. Limits in force are that, unless they were raised since; {@link FormerLimits} are
 * for what was replaced before that.
 *
 * <p>Removal takes the time of the latest change applied, which no restart and no clock takes back;
 * reading takes the wall's if it is later.
 */
final class Retention {

  private final CollectionSettings settings;
  private final Optional<FormerLimits> former;
  private final long nowMillis;

  private Retention(
      CollectionSettings settings, Optional<FormerLimits> former, HlcTimestamp latest, long wall) {
    this.settings = settings;
    this.former = former;
    this.nowMillis = Math.max(latest.millis(), wall);
  }

  /**
   * @param latest the highest timestamp applied here
   * @param wallMillis wall time
   */
  static Retention ofReading(
      CollectionState collection,
      CollectionSettings settings,
      HlcTimestamp latest,
      long wallMillis) {
    return new Retention(settings, collection.former(), latest, wallMillis);
  }

  /**
   * @param latest the highest timestamp applied here
   */
  static Retention ofRemoval(CollectionSettings settings, HlcTimestamp latest) {
    return new Retention(settings, Optional.empty(), latest, 0);
  }

  /**
   * @param rank 1 for the newest version
   * @param replacedAt time of the next newer version; of no account for rank 1
   */
  boolean keeps(int rank, HlcTimestamp replacedAt) {
    if (rank == 1) {
      return true;
    }
    long age = nowMillis - replacedAt.millis();
    if (rank > settings.keepVersions() || age > settings.keepFor().toMillis()) {
      return false;
    }
    return former.isEmpty()
        || replacedAt.isAfter(former.get().until())
        || rank <= former.get().keepVersions() && age <= former.get().keepFor().toMillis();
  }
}
