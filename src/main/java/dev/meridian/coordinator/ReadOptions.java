package dev.meridian.coordinator;

import java.time.Duration;

/**
 * How a read is to be served.
 *
 * @param level the guarantee asked for
 * @param session what the reader has seen; {@link SessionToken#NONE} when it says nothing
 * @param degrade when the guarantee cannot be had: true answers with less and says so, false fails
 * @param timeout how long to wait for the guarantee, 0 to 60 s
 */
public record ReadOptions(
    ConsistencyLevel level, SessionToken session, boolean degrade, Duration timeout) {

  public static final ReadOptions DEFAULTS =
      new ReadOptions(
          new ConsistencyLevel.Session(), SessionToken.NONE, false, Duration.ofSeconds(2));

  /** The same after some of the time was spent. */
  ReadOptions after(long spentNanos) {
    Duration left = Duration.ofNanos(Math.max(0, timeout.toNanos() - spentNanos));
    return new ReadOptions(level, session, degrade, left);
  }
}
