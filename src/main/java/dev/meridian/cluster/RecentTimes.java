package dev.meridian.cluster;

import java.util.Arrays;

/** How long the latest of something took. Thread-safe. */
public final class RecentTimes {

  /** How many are remembered. */
  private static final int WINDOW = 128;

  private final long[] nanos = new long[WINDOW];
  private long recorded;

  public synchronized void record(long tookNanos) {
    nanos[(int) (recorded++ % WINDOW)] = tookNanos;
  }

  /**
   * Nearest-rank percentile in ns.
   *
   * @param share 0 to 1
   * @param unknown what to say when nothing was recorded yet
   */
  public synchronized long percentile(double share, long unknown) {
    int count = (int) Math.min(recorded, WINDOW);
    if (count == 0) {
      return unknown;
    }
    long[] sorted = Arrays.copyOf(nanos, count);
    Arrays.sort(sorted);
    return sorted[Math.max(0, (int) Math.ceil(share * count) - 1)];
  }
}
