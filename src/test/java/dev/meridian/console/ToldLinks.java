package dev.meridian.console;

import dev.meridian.coordinator.ClusterStatus.LagMillis;
import dev.meridian.coordinator.ClusterStatus.LinkStatus;
import dev.meridian.coordinator.LinkDetail;
import dev.meridian.coordinator.LinkDetail.Burn;
import dev.meridian.coordinator.LinkDetail.Lag;
import dev.meridian.coordinator.LinkDetail.Slo;
import java.util.ArrayList;
import java.util.List;

/** Links as regions tell them. */
final class ToldLinks {

  private static final List<String> KEYS = List.of("p50", "p95", "p99", "p999");
  private static final List<Long> TARGETS = List.of(10L, 100L, 500L, 2000L);

  private ToldLinks() {}

  /** A link that streams; p50, p95 and p99.9 are 0.5, 0.9 and 2 times p99. */
  static LinkStatus link(String from, String to, double p99, List<Slo> objectives) {
    return link(
        from, to, "streaming", new LagMillis(p99 / 2, p99 * 0.9, p99, p99 * 2, 100), objectives);
  }

  static LinkStatus link(
      String from, String to, String state, LagMillis lag, List<Slo> objectives) {
    Lag told = new Lag(lag.p50(), lag.p95(), lag.p99(), lag.p999(), lag.window());
    LinkDetail detail =
        new LinkDetail(
            0, 0, 0, 0, 0, 0, 0, 0, -1, "", "", "", told, told, List.of(told), objectives);
    return new LinkStatus(from, to, state, 0, 0, lag, 0, 0, "", 0, 0, "", detail);
  }

  /** Objectives of 10, 100, 500 and 2000 ms that burn as given in the last minute. */
  static List<Slo> objectives(double... burns) {
    List<Slo> all = new ArrayList<>();
    for (int i = 0; i < burns.length; i++) {
      Burn burn = new Burn(0.01, burns[i]);
      all.add(new Slo(KEYS.get(i), TARGETS.get(i), burn, burn, burn));
    }
    return all;
  }
}
