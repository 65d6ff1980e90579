package dev.meridian.console;

import dev.meridian.coordinator.ClusterStatus;
import dev.meridian.coordinator.ClusterStatus.LinkStatus;
import dev.meridian.coordinator.ClusterView.RegionReport;
import dev.meridian.coordinator.LinkDetail;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** All links of the cluster, each as the region at its end last told it. */
final class Links {

  /** What a link should keep to, p99. */
  static final double TARGET_MILLIS = 100;

  private Links() {}

  /** How a link fares; the name is also its colour in the style sheet. */
  enum Tone {
    GOOD("in step"),
    LATE("late"),
    BAD("broken"),
    IDLE("unknown");

    final String words;

    Tone(String words) {
      this.words = words;
    }

    String css() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /**
   * @param ageMillis how old the figures are
   * @param known false when the region at the end cannot be asked
   */
  record Link(LinkStatus status, long ageMillis, boolean known) {

    String name() {
      return status.from() + "→" + status.to();
    }

    boolean measured() {
      return status.lagMs().window() > 0;
    }

    boolean late() {
      return measured() && status.lagMs().p99() > TARGET_MILLIS;
    }

    Tone tone() {
      if (!known) {
        return Tone.IDLE;
      }
      return switch (status.state()) {
        case "down" -> Tone.BAD;
        case "streaming" -> late() ? Tone.LATE : Tone.GOOD;
        default -> Tone.LATE;
      };
    }

    /** The state in words, with the reason where there is one. */
    String words() {
      if (!known) {
        return status.state().equals("unknown") ? "unknown" : "last known: " + status.state();
      }
      String state = late() && status.state().equals("streaming") ? "late" : status.state();
      return status.reason().isEmpty() ? state : state + ": " + status.reason();
    }

    String lag() {
      return measured()
          ? Words.millis(status.lagMs().p99())
          : status.lastChangeAt().isEmpty() ? "no changes yet" : "no changes lately";
    }

    String brief() {
      return switch (tone()) {
        case BAD -> "down";
        case IDLE -> "unknown";
        case GOOD, LATE -> measured() ? lag() : quiet();
      };
    }

    String text() {
      String waiting = status.pendingChanges() == 0 ? "" : ", " + waiting() + " pending";
      return switch (tone()) {
        case BAD -> "down" + waiting;
        case IDLE -> "unknown";
        case GOOD, LATE -> (measured() ? lag() + " p99" : quiet()) + waiting;
      };
    }

    private String quiet() {
      return status.state().equals("streaming") ? "in step" : status.state();
    }

    private String waiting() {
      return Words.count(status.pendingChanges());
    }
  }

  /** Links between the regions there are; what a peer says of others is not taken over. */
  static List<Link> of(List<RegionReport> reports) {
    Set<String> regions =
        reports.stream().map(report -> report.region().id()).collect(Collectors.toSet());
    List<Link> links = new ArrayList<>();
    for (RegionReport report : reports) {
      String here = report.region().id();
      Map<String, LinkStatus> incoming =
          report.status().map(ClusterStatus::links).orElse(List.of()).stream()
              .filter(link -> link.to().equals(here) && regions.contains(link.from()))
              .collect(Collectors.toMap(LinkStatus::from, link -> link, (a, b) -> a));
      for (String from : regions.stream().sorted().toList()) {
        if (!from.equals(here)) {
          LinkStatus status = Optional.ofNullable(incoming.get(from)).orElse(unknown(from, here));
          boolean known = report.reachable() && incoming.containsKey(from);
          links.add(new Link(status, report.ageMillis(), known));
        }
      }
    }
    return links;
  }

  private static LinkStatus unknown(String from, String to) {
    return new LinkStatus(
        from,
        to,
        "unknown",
        0,
        0,
        new ClusterStatus.LagMillis(0, 0, 0, 0, 0),
        0,
        0,
        "",
        0,
        0,
        "",
        LinkDetail.NONE);
  }
}
