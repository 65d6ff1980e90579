package dev.meridian.replication;

import java.util.List;

/**
 * The lag of one link's changes lately.
 *
 * @param trendMillis the 95th percentile of each of the last {@link LagRecorder#SLICES} spans of
 *     {@link LagRecorder#SLICE}, oldest first; -1 where no change came
 */
public record LagReport(
    LagPercentiles minute, LagPercentiles tenMinutes, List<Burn> burns, List<Long> trendMillis) {

  /**
   * How fast an objective's error budget is used up: the share of changes above the target, over
   * the share that may be. Above 1 the objective is missed over that time.
   *
   * @param percentile such as {@code p99}
   */
  public record Burn(
      String percentile, long targetMillis, double lastMinute, double lastTenMinutes) {}

  /** True while every objective was met in the last minute. */
  public boolean meetsAll() {
    return burns.stream().allMatch(burn -> burn.lastMinute() <= 1);
  }
}
