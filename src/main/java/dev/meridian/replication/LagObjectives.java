package dev.meridian.replication;

import java.util.List;

/**
 * The lag that changes may have at most, per percentile, in milliseconds: service level objectives
 * (Beyer et al., "Site Reliability Engineering", 2016, chapter 4).
 */
public record LagObjectives(long p50, long p95, long p99, long p999) {

  /** The longest lag that can be told from longer ones. */
  public static final long MAX_MILLIS = 3_600_000;

  /**
   * @param percentile as it is written, such as {@code p99}
   * @param share of the changes that must be within the target
   */
  record Objective(String percentile, double share, long targetMillis) {}

  public LagObjectives {
    if (p50 < 1 || p95 < p50 || p99 < p95 || p999 < p99 || p999 > MAX_MILLIS) {
      throw new IllegalArgumentException(
          "lag objectives must be 1 to "
              + MAX_MILLIS
              + " ms, none below the one before: "
              + List.of(p50, p95, p99, p999));
    }
  }

  public static LagObjectives defaults() {
    return new LagObjectives(10, 100, 500, 2000);
  }

  List<Objective> all() {
    return List.of(
        new Objective("p50", 0.5, p50),
        new Objective("p95", 0.95, p95),
        new Objective("p99", 0.99, p99),
        new Objective("p999", 0.999, p999));
  }
}
