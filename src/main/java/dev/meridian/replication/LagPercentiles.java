package dev.meridian.replication;

/**
 * Lag of the latest changes, in milliseconds.
 *
 * @param window how many changes the figures are of; 0 when none came yet
 */
public record LagPercentiles(double p50, double p95, double p99, double p999, int window) {

  public static final LagPercentiles NONE = new LagPercentiles(0, 0, 0, 0, 0);
}
