package dev.meridian.engine;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.document.CollectionSettings;
import java.time.Duration;
import java.util.Optional;

/**
 * How much history a collection kept before its limits were raised: raised limits bring nothing
 * back that a merge removed under lower ones.
 *
 * @param until the highest timestamp applied here when the limits were last raised. What was
 *     replaced up to then may have been removed under the lower limits; what was replaced after was
 *     not, whenever its region learned of the raise
 * @param keepVersions the lowest that was in force before
 * @param keepFor the shortest that was in force before
 */
record FormerLimits(HlcTimestamp until, int keepVersions, Duration keepFor) {

  /**
   * What to remember when the settings change.
   *
   * @param latest the highest timestamp applied here
   */
  static Optional<FormerLimits> after(
      Optional<FormerLimits> known,
      CollectionSettings before,
      CollectionSettings now,
      HlcTimestamp latest) {
    boolean raised =
        now.keepVersions() > before.keepVersions() || now.keepFor().compareTo(before.keepFor()) > 0;
    if (!raised) {
      return known;
    }
    FormerLimits former = new FormerLimits(latest, before.keepVersions(), before.keepFor());
    return Optional.of(known.map(former::lower).orElse(former));
  }

  private FormerLimits lower(FormerLimits older) {
    return new FormerLimits(
        until,
        Math.min(keepVersions, older.keepVersions),
        keepFor.compareTo(older.keepFor) < 0 ? keepFor : older.keepFor);
  }
}
