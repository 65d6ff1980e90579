package dev.meridian.replication;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * The lag of the changes of one link, in histograms: of the last minute in slots of ten seconds, of
 * the last ten minutes in slots of a minute, and of all. A window holds its newest slot as far as
 * it has come, so it is shorter than its name by up to one slot. Recording costs tens of
 * nanoseconds; memory is bounded by the range of values, some tens of KiB a histogram at most.
 * Thread-safe.
 */
final class LagRecorder {

  /** A longer lag counts as this. */
  static final long LONGEST_MILLIS = Duration.ofDays(7).toMillis();

  private static final int DIGITS = 2;

  private final LagTargets targets;
  private final Ring seconds;
  private final Ring minutes;
  private final Histogram total = new Histogram(DIGITS);

  /** The newest slots of some length. */
  private static final class Ring {
    private final Histogram[] slots;
    private final long slotNanos;
    private int newest;
    private long newestStart;

    Ring(int count, Duration slot, long nowNanos) {
      slots = new Histogram[count];
      for (int i = 0; i < count; i++) {
        slots[i] = new Histogram(DIGITS);
      }
      slotNanos = slot.toNanos();
      newestStart = nowNanos;
    }

    void advance(long nowNanos) {
      long steps = (nowNanos - newestStart) / slotNanos;
      for (long i = 0; i < Math.min(steps, slots.length); i++) {
        newest = (newest + 1) % slots.length;
        slots[newest].reset();
      }
      newestStart += Math.max(0, steps) * slotNanos;
    }

    Histogram newest() {
      return slots[newest];
    }

    Histogram sum() {
      Histogram sum = new Histogram(DIGITS);
      for (Histogram slot : slots) {
        sum.add(slot);
      }
      return sum;
    }

    List<Histogram> oldestFirst() {
      List<Histogram> each = new ArrayList<>(slots.length);
      for (int i = 1; i <= slots.length; i++) {
        each.add(slots[(newest + i) % slots.length]);
      }
      return each;
    }
  }

  LagRecorder(LagTargets targets, long nowNanos) {
    this.targets = targets;
    seconds = new Ring(6, Duration.ofSeconds(10), nowNanos);
    minutes = new Ring(10, Duration.ofMinutes(1), nowNanos);
  }

  /**
   * @param lagMillis may be negative when clocks differ by more than was measured; counts as 0
   */
  void record(long lagMillis, long nowNanos) {
    record(new long[] {lagMillis}, nowNanos);
  }

  /** The same for the changes of one batch. */
  synchronized void record(long[] lagMillis, long nowNanos) {
    advance(nowNanos);
    for (int first = 0; first < lagMillis.length; ) {
      long lag = Math.clamp(lagMillis[first], 0, LONGEST_MILLIS);
      int next = first + 1;
      while (next < lagMillis.length && lagMillis[next] == lagMillis[first]) {
        next++; // what was made in the same millisecond
      }
      seconds.newest().recordValueWithCount(lag, next - first);
      minutes.newest().recordValueWithCount(lag, next - first);
      total.recordValueWithCount(lag, next - first);
      first = next;
    }
  }

  synchronized LagWindows windows(long nowNanos) {
    advance(nowNanos);
    return new LagWindows(
        percentiles(seconds.sum()),
        percentiles(minutes.sum()),
        percentiles(total),
        minutes.oldestFirst().stream().map(this::percentiles).toList());
  }

  private void advance(long nowNanos) {
    seconds.advance(nowNanos);
    minutes.advance(nowNanos);
  }

  private LagPercentiles percentiles(Histogram lags) {
    if (lags.getTotalCount() == 0) {
      return LagPercentiles.NONE;
    }
    return new LagPercentiles(
        lags.getValueAtPercentile(50),
        lags.getValueAtPercentile(95),
        lags.getValueAtPercentile(99),
        lags.getValueAtPercentile(99.9),
        lags.getTotalCount(),
        targets.all().stream().map(target -> over(lags, target)).toList());
  }

  /** Values that cannot be told from the target keep to it. */
  private static long over(Histogram lags, long target) {
    long first = lags.nextNonEquivalentValue(target);
    return first > lags.getMaxValue() ? 0 : lags.getCountBetweenValues(first, lags.getMaxValue());
  }
}
