package dev.meridian.console;

import com.vaadin.flow.component.html.Article;
import com.vaadin.flow.component.html.H3;
import com.vaadin.flow.component.html.Header;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.component.html.Span;
import dev.meridian.clock.HlcTimestamp;
import dev.meridian.console.LiveCluster.Picture;
import dev.meridian.coordinator.ClusterStatus;
import dev.meridian.coordinator.ClusterStatus.WalStatus;
import dev.meridian.coordinator.ClusterView.RegionReport;
import java.util.OptionalLong;

/** One region: how it is, and how fresh what it knows. */
class RegionCard extends Article {

  private final Span state = new Span();
  private final Paragraph age = new Paragraph();
  private final Facts facts = new Facts();
  private final Span label = new Span();

  RegionCard(String id, boolean self) {
    addClassName("region-card");
    state.addClassName("badge");
    H3 name = new H3(id);
    Header header = new Header(name, state);
    if (self) {
      Span here = new Span("this region");
      here.addClassName("here");
      name.add(here);
    }
    label.addClassName("place");
    age.addClassName("age");
    add(header, label, age, facts);
  }

  static Links.Tone tone(RegionReport report) {
    if (!report.reachable()) {
      return Links.Tone.BAD;
    }
    return switch (report.region().state()) {
      case "up" -> Links.Tone.GOOD;
      case "suspect" -> Links.Tone.LATE;
      default -> Links.Tone.BAD;
    };
  }

  static String state(RegionReport report) {
    return report.reachable() ? report.region().state() : "unreachable";
  }

  void show(RegionReport report, Picture picture, boolean self) {
    String place = report.region().label();
    label.setText(place.isEmpty() ? report.region().url() : place);
    label.setTitle(report.region().url());
    state.setText(state(report));
    state.getElement().setAttribute("data-tone", tone(report).css());
    age.setVisible(!report.reachable());
    age.setText(
        report.status().isEmpty()
            ? "It has not answered since this node started."
            : "Figures from " + Words.span(report.ageMillis()) + " ago.");
    if (self) {
      facts.put(
          "Documents",
          Words.count(picture.documents()),
          Words.count(picture.collections(), "collection", "collections"));
    }
    report.status().ifPresent(status -> figures(report, status, picture, self));
  }

  private void figures(RegionReport report, ClusterStatus status, Picture picture, boolean self) {
    OptionalLong safe = millis(status.safeTime());
    if (safe.isPresent()) {
      long stale = Math.max(0, picture.wallMillis() - safe.getAsLong());
      facts.put("Safe time", Words.span(stale) + " ago", Words.utc(safe.getAsLong()));
    } else {
      facts.put("Safe time", "unknown", "");
    }
    WalStatus log = status.wal();
    facts.put(
        "Log",
        Words.bytes(log.bytes()),
        Words.count(log.segments(), "segment", "segments")
            + ", record "
            + Words.count(log.lastLsn()));
    facts.put("Disk", Words.millis(log.fsyncMs().p99()) + " p99", "time of a forced write to disk");
    if (!self) {
      long drift = report.region().hlcDriftMs();
      facts.put(
          "Clock", (drift > 0 ? "+" : "") + drift + " ms", "its wall clock against this region's");
    }
    facts.put(
        "Changes",
        Words.count(status.vector().values().stream().mapToLong(Long::longValue).sum()),
        status.vector().toString());
  }

  /** A peer's own words; it may say anything. */
  private static OptionalLong millis(String timestamp) {
    try {
      long millis = HlcTimestamp.parse(timestamp).millis();
      return millis == 0 ? OptionalLong.empty() : OptionalLong.of(millis);
    } catch (IllegalArgumentException malformed) {
      return OptionalLong.empty();
    }
  }
}
