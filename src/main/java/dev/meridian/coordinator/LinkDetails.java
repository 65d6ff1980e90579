package dev.meridian.coordinator;

import dev.meridian.coordinator.LinkDetail.Burn;
import dev.meridian.coordinator.LinkDetail.Lag;
import dev.meridian.coordinator.LinkDetail.Slo;
import dev.meridian.replication.LagPercentiles;
import dev.meridian.replication.LagTargets;
import dev.meridian.replication.LagWindows;
import dev.meridian.replication.LinkFigures;
import dev.meridian.replication.LinkSnapshot;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** What the status tells of a link, from what replication measures. */
final class LinkDetails {

  private static final List<String> NAMES = List.of("p50", "p95", "p99", "p999");

  private LinkDetails() {}

  static LinkDetail of(LinkSnapshot link, LagTargets targets) {
    LinkFigures figures = link.figures();
    LagWindows lag = link.lag();
    return new LinkDetail(
        figures.sent().changes(),
        figures.wireBytesIn(),
        figures.sent().wire(),
        figures.sent().wireChanges(),
        figures.changesIn(),
        figures.appliedPerSecond(),
        figures.queued(),
        link.clockOffsetMillis(),
        figures.clockErrorMillis(),
        figures.lastError(),
        instant(figures.lastErrorAtMillis()),
        instant(figures.pausedSinceMillis()),
        lag(lag.tenMinutes()),
        lag(lag.total()),
        lag.perMinute().stream().map(LinkDetails::lag).toList(),
        slo(lag, targets));
  }

  private static String instant(long millis) {
    return millis == 0 ? "" : Instant.ofEpochMilli(millis).toString();
  }

  private static Lag lag(LagPercentiles lag) {
    return new Lag(lag.p50(), lag.p95(), lag.p99(), lag.p999(), lag.window());
  }

  private static List<Slo> slo(LagWindows lag, LagTargets targets) {
    List<Slo> all = new ArrayList<>(NAMES.size());
    for (int i = 0; i < NAMES.size(); i++) {
      all.add(
          new Slo(
              NAMES.get(i),
              targets.all().get(i),
              burn(lag.minute(), i),
              burn(lag.tenMinutes(), i),
              burn(lag.total(), i)));
    }
    return all;
  }

  private static Burn burn(LagPercentiles lag, int target) {
    return new Burn(lag.over(target), lag.burn(target));
  }
}
