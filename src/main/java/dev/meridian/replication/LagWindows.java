package dev.meridian.replication;

import java.util.List;

/**
 * The lag of a link, over the last minute, the last ten and since the start of this node.
 *
 * @param p99PerMinute p99 of each of the last ten minutes in milliseconds, the oldest first; -1
 *     where no change came
 */
public record LagWindows(
    LagPercentiles minute,
    LagPercentiles tenMinutes,
    LagPercentiles total,
    List<Double> p99PerMinute) {

  public LagWindows {
    p99PerMinute = List.copyOf(p99PerMinute);
  }
}
