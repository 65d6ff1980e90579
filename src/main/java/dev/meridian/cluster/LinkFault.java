package dev.meridian.cluster;

import java.time.Duration;

/**
 * What is wrong, on purpose, with one direction of a link.
 *
 * @param drop nothing gets through
 * @param delay added to every message, at most {@link #MAX_DELAY}
 * @param jitter at most this much more, at random; the order is kept
 * @param lossPercent 0 to 100: so many of the messages are lost. A lost message breaks its stream,
 *     as on a network where the sender gives up; it starts again by itself
 */
public record LinkFault(boolean drop, Duration delay, Duration jitter, int lossPercent) {

  /** Longer ones would look like a dead link to every time limit there is. */
  public static final Duration MAX_DELAY = Duration.ofMinutes(1);

  /** Directions as seen from this region. */
  public enum Direction {
    /** What the peer sends to this region. */
    IN,
    /** What this region sends to the peer. */
    OUT
  }

  public LinkFault {
    checkDelay(delay);
    checkDelay(jitter);
    if (lossPercent < 0 || lossPercent > 100) {
      throw new IllegalArgumentException("0 to 100 percent can be lost: " + lossPercent);
    }
  }

  private static void checkDelay(Duration delay) {
    if (delay.isNegative() || delay.compareTo(MAX_DELAY) > 0) {
      throw new IllegalArgumentException("a delay is 0 to " + MAX_DELAY + ": " + delay);
    }
  }
}
