package dev.meridian.console;

import dev.meridian.coordinator.ClusterStatus;
import dev.meridian.coordinator.ClusterStatus.LinkStatus;
import dev.meridian.coordinator.ClusterView.RegionReport;
import dev.meridian.coordinator.LinkDetail;
import dev.meridian.coordinator.LinkDetail.Slo;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** All links of the cluster, each as the region at its end last told it. */
final class Links {

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
   * An objective of the last minute that was not kept.
   *
   * @param burn the share of changes that were later by the share that may be; over 1
   */
  record Missed(Percentile percentile, double millis, long objectiveMillis, double burn) {

    /** Such as: p99 142 ms, objective 100 ms. */
    String text() {
      return percentile.text()
          + " "
          + Words.millis(millis)
          + ", objective "
          + Words.span(objectiveMillis);
    }
  }

  /**
   * @param ageMillis how old the figures are
   * @param known false when the region at the end cannot be asked
   * @param pendingChanges as the region at the end said; of a link from here to a region that
   *     cannot be asked, what is here and was not there when it was last heard of
   */
  record Link(LinkStatus status, long ageMillis, boolean known, long pendingChanges) {

    Link(LinkStatus status, long ageMillis, boolean known) {
      this(status, ageMillis, known, status.pendingChanges());
    }

    String name() {
      return status.from() + "→" + status.to();
    }

    /** The link's name in an address. */
    String key() {
      return status.from() + "~" + status.to();
    }

    /** Nobody has told anything of it since this node started. */
    boolean neverKnown() {
      return status.state().equals("unknown");
    }

    boolean measured() {
      return status.lagMs().window() > 0;
    }

    boolean streaming() {
      return status.state().equals("streaming");
    }

    /** A region of an older version tells less. */
    LinkDetail detail() {
      LinkDetail told = status.detail();
      return told == null ? LinkDetail.NONE : told;
    }

    /** What the region at the end wants that percentile to keep to. */
    Optional<Slo> objective(Percentile percentile) {
      return detail().slo().stream()
          .filter(slo -> percentile.key().equals(slo.percentile()))
          .findFirst();
    }

    Optional<Missed> missed(Percentile percentile) {
      return objective(percentile)
          .filter(slo -> measured() && slo.minute().burn() > 1)
          .map(
              slo ->
                  new Missed(
                      percentile,
                      percentile.of(status.lagMs()),
                      slo.targetMs(),
                      slo.minute().burn()));
    }

    /** The objective that is missed by most. */
    Optional<Missed> missed() {
      return List.of(Percentile.values()).stream()
          .flatMap(each -> missed(each).stream())
          .max(Comparator.comparing(Missed::burn));
    }

    boolean late() {
      return missed().isPresent();
    }

    Tone tone() {
      return tone(late());
    }

    /** How it fares if only one of its objectives counts. */
    Tone tone(Percentile percentile) {
      return tone(missed(percentile).isPresent());
    }

    private Tone tone(boolean late) {
      if (!known) {
        return Tone.IDLE;
      }
      return switch (status.state()) {
        case "down" -> Tone.BAD;
        case "streaming" -> late ? Tone.LATE : Tone.GOOD;
        default -> Tone.LATE;
      };
    }

    /** The state in words, with the reason where there is one. */
    String words() {
      if (!known) {
        return neverKnown() ? "unknown" : "last known: " + status.state();
      }
      String state = late() && streaming() ? "late" : status.state();
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
      String waiting = pendingChanges == 0 ? "" : ", " + waiting() + " pending";
      return switch (tone()) {
        case BAD -> "down" + waiting;
        case IDLE -> "unknown";
        case GOOD, LATE -> (measured() ? lag() + " p99" : quiet()) + waiting;
      };
    }

    private String quiet() {
      return streaming() ? "in step" : status.state();
    }

    private String waiting() {
      return Words.count(pendingChanges);
    }
  }

  /**
   * Links between the regions there are; what a peer says of others is not taken over.
   *
   * @param reports this region first
   */
  static List<Link> of(List<RegionReport> reports) {
    Set<String> regions =
        reports.stream().map(report -> report.region().id()).collect(Collectors.toSet());
    List<Link> links = new ArrayList<>();
    RegionReport self = reports.getFirst();
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
          Link told = new Link(status, report.ageMillis(), known);
          links.add(from.equals(self.region().id()) ? sent(told, self, report) : told);
        }
      }
    }
    return links;
  }

  private static Link sent(Link told, RegionReport self, RegionReport to) {
    return told.known()
        ? told
        : new Link(told.status(), told.ageMillis(), false, Headline.waiting(self, to));
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
