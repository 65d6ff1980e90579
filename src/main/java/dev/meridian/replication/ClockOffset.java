package dev.meridian.replication;

import java.time.Duration;
import java.util.Arrays;

/**
 * How far a peer's wall clock is ahead of ours, from one-way messages and round trips (Cristian,
 * "Probabilistic Clock Synchronization", 1989).
 *
 * <p>A message stamped with the peer's wall time arrives late by its travel time, so {@code peer
 * wall − our wall at arrival} is the offset less the travel time, and the largest of many is off by
 * the shortest travel time only. Half of the shortest round trip, measured with progress reports,
 * is added for that. The error is at most half of the shortest round trip in the window (all of it,
 * when the shortest way there and back differ that much), plus one millisecond of resolution, plus
 * what the clocks drift apart within the window. The window is long, so that a delay that sets in
 * later shows as lag and not as offset. Thread-safe.
 */
final class ClockOffset {

  /** How many slots the window has; it moves on by one slot at a time. */
  private static final int SLOTS = 10;

  private static final Duration SLOT = Duration.ofMinutes(1);
  private static final long NONE = Long.MIN_VALUE;

  private final long[] largest = new long[SLOTS];
  private final long[] shortestRoundTripNanos = new long[SLOTS];
  private int slot;
  private long slotStartNanos;

  ClockOffset(long nowNanos) {
    slotStartNanos = nowNanos;
    forget();
  }

  /** A message of the peer arrived. */
  synchronized void arrived(long peerWallMillis, long wallMillis, long nowNanos) {
    advance(nowNanos);
    largest[slot] = Math.max(largest[slot], peerWallMillis - wallMillis);
  }

  /** A report was answered. */
  synchronized void roundTrip(long tookNanos, long nowNanos) {
    advance(nowNanos);
    shortestRoundTripNanos[slot] = Math.min(shortestRoundTripNanos[slot], tookNanos);
  }

  /** Peer's wall clock minus ours in milliseconds; 0 while nothing is known. */
  synchronized long millis() {
    long best = Arrays.stream(largest).max().orElse(NONE);
    if (best == NONE) {
      return 0;
    }
    long roundTrip = Arrays.stream(shortestRoundTripNanos).min().orElse(Long.MAX_VALUE);
    return best + (roundTrip == Long.MAX_VALUE ? 0 : roundTrip / 2_000_000);
  }

  /** How far {@link #millis} may be off, in milliseconds; -1 while no round trip was measured. */
  synchronized long errorMillis() {
    long roundTrip = Arrays.stream(shortestRoundTripNanos).min().orElse(Long.MAX_VALUE);
    return roundTrip == Long.MAX_VALUE ? -1 : roundTrip / 2_000_000 + 1;
  }

  private void forget() {
    Arrays.fill(largest, NONE);
    Arrays.fill(shortestRoundTripNanos, Long.MAX_VALUE);
  }

  private void advance(long nowNanos) {
    if (nowNanos - slotStartNanos >= SLOT.toNanos() * SLOTS) {
      forget();
      slotStartNanos = nowNanos;
    }
    while (nowNanos - slotStartNanos >= SLOT.toNanos()) {
      slotStartNanos += SLOT.toNanos();
      slot = (slot + 1) % SLOTS;
      largest[slot] = NONE;
      shortestRoundTripNanos[slot] = Long.MAX_VALUE;
    }
  }
}
