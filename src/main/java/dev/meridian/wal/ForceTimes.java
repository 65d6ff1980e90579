package dev.meridian.wal;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/** Remembers the last forces. Written by the writer thread, read by any. */
final class ForceTimes {

  /** How many forces count as recent. */
  private static final int RECENT = 1024;

  private static final double NANOS_PER_MILLI = 1e6;

  private final AtomicLongArray nanos = new AtomicLongArray(RECENT);
  private final AtomicLongArray batches = new AtomicLongArray(RECENT);
  private final AtomicLong forces = new AtomicLong();
  private final AtomicLong records = new AtomicLong();

  void add(long tookNanos, long batch) {
    long count = forces.getPlain();
    int slot = (int) (count % RECENT);
    nanos.setRelease(slot, tookNanos);
    batches.setRelease(slot, batch);
    records.setRelease(records.getPlain() + batch);
    forces.setRelease(count + 1);
  }

  ForceStats stats() {
    long count = forces.getAcquire();
    int recent = (int) Math.min(count, RECENT);
    long[] times = sorted(nanos, recent);
    long[] sizes = sorted(batches, recent);
    return new ForceStats(
        count,
        records.getAcquire(),
        at(times, 0.5) / NANOS_PER_MILLI,
        at(times, 0.99) / NANOS_PER_MILLI,
        at(times, 1) / NANOS_PER_MILLI,
        buckets(times),
        at(sizes, 0.5),
        at(sizes, 0.99),
        at(sizes, 1));
  }

  private static List<Long> buckets(long[] times) {
    List<Double> bounds = ForceStats.BUCKET_MILLIS;
    Long[] counts = new Long[bounds.size() + 1];
    Arrays.fill(counts, 0L);
    for (long time : times) {
      int bucket = 0;
      while (bucket < bounds.size() && time > bounds.get(bucket) * NANOS_PER_MILLI) {
        bucket++;
      }
      counts[bucket]++;
    }
    return List.of(counts);
  }

  private static long[] sorted(AtomicLongArray values, int count) {
    long[] copy = new long[count];
    Arrays.setAll(copy, values::getAcquire);
    Arrays.sort(copy);
    return copy;
  }

  private static long at(long[] sorted, double share) {
    return sorted.length == 0 ? 0 : sorted[(int) Math.ceil(share * sorted.length) - 1];
  }
}
