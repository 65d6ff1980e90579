package dev.meridian.coordinator;

import java.time.Duration;

/**
 * Faults on purpose, on this region's traffic with one peer or its clock. Fails with {@code
 * chaos-disabled} where they are not allowed and {@code peer-not-found} for a region that is no
 * peer.
 */
public interface Chaos {

  /** Fails with {@code chaos-disabled} where nothing may be broken. */
  void requireEnabled();

  /** Puts a fault on the link, instead of the one it has. It ends by itself. */
  LinkFault set(String peer, LinkFault fault);

  /** Ends the fault on the link, if there is one. */
  void clear(String peer);

  /** Sets this region's wall clock, instead of what it is set to. It is right again by itself. */
  ClockFault setClock(ClockFault fault);

  /** Sets this region's wall clock right. */
  void clearClock();

  /**
   * @param offset after the true time, or before it when negative
   * @param duration after which it ends by itself, at most an hour
   */
  record ClockFault(Duration offset, Duration duration) {}

  /**
   * @param drop nothing gets through
   * @param delay added to every message
   * @param jitter at most this much more, at random
   * @param lossPercent 0 to 100: so many of the messages are lost, which breaks the stream and
   *     makes it start again
   * @param direction of the traffic it acts on, as seen from this region
   * @param duration after which it ends by itself, at most an hour
   */
  record LinkFault(
      boolean drop,
      Duration delay,
      Duration jitter,
      int lossPercent,
      Direction direction,
      Duration duration) {}

  enum Direction {
    BOTH,
    IN,
    OUT
  }
}
