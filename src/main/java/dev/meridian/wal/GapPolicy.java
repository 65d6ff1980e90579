package dev.meridian.wal;

import dev.meridian.clock.Lsn;

/** Decides whether a log is used although records that were durable cannot be read any more. */
public interface GapPolicy {

  /** Never: such a log is refused. */
  GapPolicy REFUSE =
      (damage, first, last) -> {
        throw damage;
      };

  /**
   * Returns to go on behind the gap, throws to refuse the log.
   *
   * @param damage what would be thrown
   * @param first the first record that cannot be read
   * @param last the last one
   */
  void gap(LogDamagedException damage, Lsn first, Lsn last) throws LogDamagedException;
}
