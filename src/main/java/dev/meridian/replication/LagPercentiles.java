package dev.meridian.replication;

import java.util.List;

/**
 * Lag of the changes of one window, in milliseconds, off by 1 % at most.
 *
 * @param window how many changes the figures are of; 0 when none came in it
 * @param over how many of them missed the target of p50, p95, p99 and p99.9, in this order
 */
public record LagPercentiles(
    double p50, double p95, double p99, double p999, long window, List<Long> over) {

  public static final LagPercentiles NONE =
      new LagPercentiles(0, 0, 0, 0, 0, List.of(0L, 0L, 0L, 0L));

  /** The shares that may miss the targets. */
  private static final List<Double> ALLOWED = List.of(0.5, 0.05, 0.01, 0.001);

  public LagPercentiles {
    over = List.copyOf(over);
  }

  /** The share of changes that missed a target, 0 to 1; 0 is p50's, 3 is p99.9's. */
  public double over(int target) {
    return window == 0 ? 0 : (double) over.get(target) / window;
  }

  /** That share by the one that may miss it: over 1, the target is not kept. */
  public double burn(int target) {
    return over(target) / ALLOWED.get(target);
  }
}
