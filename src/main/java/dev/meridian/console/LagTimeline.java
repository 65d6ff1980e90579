package dev.meridian.console;

import dev.meridian.console.Links.Link;
import dev.meridian.console.Links.Tone;
import dev.meridian.coordinator.LinkDetail.Lag;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A link's lag in each of the last ten minutes, beside its objective. */
class LagTimeline extends Bars {

  private static final double LEAST = 2;

  LagTimeline() {
    super(
        "Lag minute by minute, on a logarithmic scale; the line is the objective",
        Stream.concat(
                Stream.concat(
                    Stream.of("Minute"), Stream.of(Percentile.values()).map(Percentile::text)),
                Stream.of("Changes"))
            .toList());
  }

  void show(Link link, Percentile percentile) {
    List<Lag> minutes = link.detail().perMinute();
    List<Double> figures = minutes.stream().map(percentile::of).toList();
    double objective = link.objective(percentile).map(slo -> (double) slo.targetMs()).orElse(0.0);
    LagScale scale = LagScale.of(figures, objective);
    mark(objective > 0 ? scale.percent(objective) : -1);
    List<Row> rows = new ArrayList<>();
    int missed = 0;
    for (int i = 0; i < minutes.size(); i++) {
      Lag minute = minutes.get(i);
      boolean over = minute.changes() > 0 && objective > 0 && figures.get(i) > objective;
      missed += over ? 1 : 0;
      int ago = minutes.size() - 1 - i;
      rows.add(
          new Row(
              ago == 0 ? "this minute" : ago + " min ago",
              ago == 0 ? "now" : "−" + ago,
              minute.changes() == 0 ? 0 : Math.max(LEAST, scale.percent(figures.get(i))),
              over ? Tone.LATE : Tone.GOOD,
              figures(minute)));
    }
    setVisible(!rows.isEmpty());
    show(
        rows,
        "Lag at "
            + percentile.text()
            + " in each of the last ten minutes: over the objective in "
            + missed
            + ". The table below has the figures.");
  }

  private static List<String> figures(Lag minute) {
    return Stream.concat(
            Stream.of(Percentile.values())
                .map(each -> minute.changes() == 0 ? Words.NONE : Words.millis(each.of(minute))),
            Stream.of(Words.count(minute.changes())))
        .toList();
  }
}
