package dev.meridian.replication;

import java.util.List;

/**
 * The lag of a link, over the last minute, the last ten and since the start of this node.
 *
 * @param perMinute each of the last ten minutes, the oldest first
 */
public record LagWindows(
    LagPercentiles minute,
    LagPercentiles tenMinutes,
    LagPercentiles total,
    List<LagPercentiles> perMinute) {

  public LagWindows {
    perMinute = List.copyOf(perMinute);
  }
}
