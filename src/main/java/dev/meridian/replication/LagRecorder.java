package dev.meridian.replication;

import dev.meridian.env.WallClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.AbstractHistogram;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.IntCountsHistogram;

/**
 * The lag of one link's changes over the last minute and the last ten, to two digits, in a ring of
 * histograms of ten seconds each: about 8 KB for each that has changes. Thread-safe; recording
 * takes some nanoseconds.
 */
public final class LagRecorder {

  /** What one histogram is of. */
  public static final Duration SLICE = Duration.ofSeconds(10);

  /** How many there are. */
  public static final int SLICES = 60;

  private static final int SLICES_OF_A_MINUTE = 6;
  private static final int DIGITS = 2;

  private final WallClock clock;
  private final LagObjectives objectives;
  private final IntCountsHistogram[] ring = new IntCountsHistogram[SLICES];
  private final long[] sliceOf = new long[SLICES];

  public LagRecorder(WallClock clock, LagObjectives objectives) {
    this.clock = clock;
    this.objectives = objectives;
  }

  /**
   * @param lagMillis may be negative when clocks differ by more than was measured; counts as 0
   */
  public synchronized void record(long lagMillis) {
    long slice = now();
    int at = (int) (slice % SLICES);
    if (ring[at] == null) {
      ring[at] = new IntCountsHistogram(LagObjectives.MAX_MILLIS, DIGITS);
    } else if (sliceOf[at] != slice) {
      ring[at].reset();
    }
    sliceOf[at] = slice;
    ring[at].recordValue(Math.clamp(lagMillis, 0, LagObjectives.MAX_MILLIS));
  }

  /** The newest minute's percentiles. */
  public synchronized LagPercentiles percentiles() {
    return percentiles(last(SLICES_OF_A_MINUTE));
  }

  public synchronized LagReport report() {
    Histogram minute = last(SLICES_OF_A_MINUTE);
    Histogram tenMinutes = last(SLICES);
    List<LagReport.Burn> burns = new ArrayList<>();
    for (LagObjectives.Objective objective : objectives.all()) {
      burns.add(
          new LagReport.Burn(
              objective.percentile(),
              objective.targetMillis(),
              burn(minute, objective),
              burn(tenMinutes, objective)));
    }
    return new LagReport(percentiles(minute), percentiles(tenMinutes), burns, trend());
  }

  private long now() {
    return SLICES + clock.nanos() / SLICE.toNanos();
  }

  private Histogram last(int slices) {
    Histogram sum = new Histogram(LagObjectives.MAX_MILLIS, DIGITS);
    long now = now();
    for (long slice = now - slices + 1; slice <= now; slice++) {
      if (has(slice)) {
        sum.add(ring[(int) (slice % SLICES)]);
      }
    }
    return sum;
  }

  private boolean has(long slice) {
    int at = (int) (slice % SLICES);
    return ring[at] != null && sliceOf[at] == slice;
  }

  private List<Long> trend() {
    List<Long> trend = new ArrayList<>(SLICES);
    long now = now();
    for (long slice = now - SLICES + 1; slice <= now; slice++) {
      trend.add(has(slice) ? at(ring[(int) (slice % SLICES)], 95) : -1);
    }
    return trend;
  }

  private static double burn(AbstractHistogram lags, LagObjectives.Objective objective) {
    if (lags.getTotalCount() == 0) {
      return 0;
    }
    long within = lags.getCountBetweenValues(0, objective.targetMillis());
    double over = 1 - (double) within / lags.getTotalCount();
    return over / (1 - objective.share());
  }

  private static LagPercentiles percentiles(AbstractHistogram lags) {
    return lags.getTotalCount() == 0
        ? LagPercentiles.NONE
        : new LagPercentiles(
            at(lags, 50),
            at(lags, 95),
            at(lags, 99),
            at(lags, 99.9),
            (int) Math.min(Integer.MAX_VALUE, lags.getTotalCount()));
  }

  /** The lower end of what two digits cannot tell apart: small values stay exact. */
  private static long at(AbstractHistogram lags, double percentile) {
    return lags.lowestEquivalentValue(lags.getValueAtPercentile(percentile));
  }
}
