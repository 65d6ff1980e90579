package dev.meridian.replication;

import java.util.Arrays;

/** The lag of the latest changes of one link. Thread-safe. */
public final class LagRecorder {

  /** How many changes are remembered. */
  public static final int WINDOW = 1000;

  private final long[] lags = new long[WINDOW];
  private long recorded;

  /**
   * @param lagMillis may be negative when clocks differ by more than was measured; counts as 0
   */
  public synchronized void record(long lagMillis) {
    lags[(int) (recorded++ % WINDOW)] = Math.max(0, lagMillis);
  }

  /** Nearest-rank percentiles over the window. */
  public synchronized LagPercentiles percentiles() {
    int count = (int) Math.min(recorded, WINDOW);
    if (count == 0) {
      return LagPercentiles.NONE;
    }
    long[] sorted = Arrays.copyOf(lags, count);
    Arrays.sort(sorted);
    return new LagPercentiles(
        rank(sorted, 0.5), rank(sorted, 0.95), rank(sorted, 0.99), rank(sorted, 0.999), count);
  }

  private static long rank(long[] sorted, double share) {
    return sorted[(int) Math.ceil(share * sorted.length) - 1];
  }
}
