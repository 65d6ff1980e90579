package dev.meridian.clock;

import dev.meridian.env.WallClock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Issues timestamps that never repeat and never go back, follow wall time, and lie above every
 * timestamp seen (Kulkarni et al., 2014, Fig. 5; drift check as in CockroachDB's
 * UpdateAndCheckMaxOffset).
 *
 * <p>Lock-free and thread-safe. It forgets at a restart: whoever restarts it passes {@code floor},
 * a timestamp no earlier than any it issued before. The engine logs such a bound ahead of use.
 */
public final class HybridLogicalClock {

  private final WallClock wall;
  private final long maxDriftMillis;
  private final AtomicLong last;

  /**
   * @param maxDrift how far a timestamp seen may lie ahead of {@code wall}
   * @param floor every timestamp issued is later than this
   */
  public HybridLogicalClock(WallClock wall, Duration maxDrift, HlcTimestamp floor) {
    this.wall = wall;
    this.maxDriftMillis = maxDrift.toMillis();
    this.last = new AtomicLong(floor.packed());
  }

  /** A new timestamp, later than all issued and all observed so far. */
  public HlcTimestamp tick() {
    while (true) {
      long before = last.get();
      long now = wall.millis() << 16;
      long next =
          Long.compareUnsigned(now, before) > 0 ? now : new HlcTimestamp(before).next().packed();
      if (last.compareAndSet(before, next)) {
        return new HlcTimestamp(next);
      }
    }
  }

  /**
   * Takes note of a timestamp from elsewhere: every later tick lies above it.
   *
   * @throws ClockDriftException when it lies too far ahead; the clock is then unchanged
   */
  public void observe(HlcTimestamp remote) {
    checkDrift(remote);
    resume(remote);
  }

  /**
   * Refuses a timestamp that {@link #observe} would refuse.
   *
   * @throws ClockDriftException when it lies too far ahead
   */
  public void checkDrift(HlcTimestamp remote) {
    long now = wall.millis();
    if (remote.millis() - now > maxDriftMillis) {
      throw new ClockDriftException(remote, now, maxDriftMillis);
    }
  }

  /** Every later tick lies above a time that this clock had reached before, however far ahead. */
  public void resume(HlcTimestamp own) {
    last.accumulateAndGet(own.packed(), (a, b) -> Long.compareUnsigned(a, b) >= 0 ? a : b);
  }

  /** The latest timestamp issued or observed. */
  public HlcTimestamp latest() {
    return new HlcTimestamp(last.get());
  }
}
