package dev.meridian.bench.storage;

/** Counts durations in buckets that are at most 1/32 wide. One thread. */
final class Latencies {

  private static final int STEPS = 32;

  private final long[] buckets = new long[64 * STEPS];
  private long count;

  void add(long nanos) {
    buckets[bucket(Math.max(nanos, STEPS))]++;
    count++;
  }

  long count() {
    return count;
  }

  double micros(double quantile) {
    long wanted = (long) Math.ceil(count * quantile);
    long seen = 0;
    for (int i = 0; i < buckets.length; i++) {
      seen += buckets[i];
      if (seen >= wanted && seen > 0) {
        return lowerBound(i) / 1e3;
      }
    }
    return 0;
  }

  private static int bucket(long nanos) {
    int exponent = 63 - Long.numberOfLeadingZeros(nanos);
    return exponent * STEPS + (int) (nanos >>> exponent - 5 & STEPS - 1);
  }

  private static double lowerBound(int bucket) {
    return (1L << bucket / STEPS) * (1 + (double) (bucket % STEPS) / STEPS);
  }
}
