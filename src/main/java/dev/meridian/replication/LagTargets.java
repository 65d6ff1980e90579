package dev.meridian.replication;

import java.util.List;

/**
 * What the lag of a link should keep to, in milliseconds, 1 to an hour, none below the one before.
 * Nothing is refused when it does not; it is shown.
 */
public record LagTargets(long p50, long p95, long p99, long p999) {

  private static final long HOUR = 3_600_000;

  public LagTargets {
    if (p50 < 1 || p95 < p50 || p99 < p95 || p999 < p99 || p999 > HOUR) {
      throw new IllegalArgumentException(
          "expected 1 <= p50 <= p95 <= p99 <= p999 <= "
              + HOUR
              + " ms: "
              + List.of(p50, p95, p99, p999));
    }
  }

  public static LagTargets defaults() {
    return new LagTargets(10, 100, 500, 2000);
  }

  /** All four, p50 first. */
  public List<Long> all() {
    return List.of(p50, p95, p99, p999);
  }
}
