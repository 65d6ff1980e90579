package dev.meridian.coordinator;

import dev.meridian.engine.Outcome;

/**
 * How long this region took for a write.
 *
 * @param log until it was forced
 * @param apply from then until it was readable and the writer had answered
 */
record HereNanos(long log, long apply) {

  static final HereNanos NONE = new HereNanos(0, 0);

  /**
   * @param durability asked for: with {@code NONE} nothing is told, whether or not the force, which
   *     nobody waited for, happens to be over
   * @param asked when the write was brought to the store
   * @param now it is answered
   */
  static HereNanos of(Outcome.Applied applied, Durability durability, long asked, long now) {
    long forced = applied.force().nanos();
    return durability == Durability.NONE || forced == 0
        ? NONE
        : new HereNanos(Math.max(0, forced - asked), Math.max(0, now - forced));
  }
}
