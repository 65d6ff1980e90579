package dev.meridian.console;

import dev.meridian.console.Links.Link;
import dev.meridian.console.Links.Missed;
import dev.meridian.coordinator.ClusterStatus;
import dev.meridian.coordinator.ClusterView.RegionReport;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The state of the world in one sentence.
 *
 * @param tone of the worst thing in it
 * @param topic what it is about, without figures: screen readers are told when this changes, not
 *     every second
 */
record Headline(Links.Tone tone, String topic, String text) {

  static Headline of(List<RegionReport> reports) {
    RegionReport self = reports.getFirst();
    String mode = self.status().map(ClusterStatus::mode).orElse("normal");
    if (mode.equals("left-behind")) {
      return of(
          Links.Tone.BAD,
          mode,
          "Region "
              + self.region().id()
              + " was away for longer than its peers keep their logs. It is filled anew in a moment;"
              + " if this stays, its log says why not");
    }
    if (!mode.equals("normal")) {
      return of(Links.Tone.BAD, mode, "Region " + self.region().id() + " takes no writes: " + mode);
    }
    if (reports.size() == 1) {
      return of(
          Links.Tone.GOOD,
          "alone",
          "Region " + self.region().id() + " is alone: no peers configured");
    }
    List<RegionReport> lost = reports.stream().filter(each -> !each.reachable()).toList();
    return lost.isEmpty() ? connected(reports) : unreachable(self, lost);
  }

  private static Headline unreachable(RegionReport self, List<RegionReport> lost) {
    String names = lost.stream().map(each -> each.region().id()).collect(Collectors.joining(", "));
    String text =
        lost.stream().map(each -> sentence(self, each)).collect(Collectors.joining(" · "));
    return of(Links.Tone.BAD, "unreachable: " + names, text);
  }

  private static String sentence(RegionReport self, RegionReport lost) {
    String id = lost.region().id();
    if (lost.status().isEmpty()) {
      return id + " has not answered since this node started";
    }
    long waiting = waiting(self, lost);
    return id
        + " unreachable for "
        + Words.span(lost.ageMillis())
        + (waiting == 0
            ? "; nothing waits for it"
            : "; " + Words.count(waiting, "change waits", "changes wait"));
  }

  /** Changes that are here and that the other region did not have when last heard of. */
  static long waiting(RegionReport self, RegionReport other) {
    Optional<Map<String, Long>> here = self.status().map(ClusterStatus::vector);
    Optional<Map<String, Long>> there = other.status().map(ClusterStatus::vector);
    if (here.isEmpty() || there.isEmpty()) {
      return 0;
    }
    return here.get().entrySet().stream()
        .mapToLong(each -> Math.max(0, each.getValue() - applied(there.get(), each.getKey())))
        .sum();
  }

  private static long applied(Map<String, Long> vector, String origin) {
    Long sequence = vector.get(origin);
    return sequence == null ? 0 : sequence;
  }

  private static Headline connected(List<RegionReport> reports) {
    List<Link> links = Links.of(reports);
    Optional<Link> waiting =
        links.stream()
            .filter(link -> !link.status().state().equals("streaming"))
            .max(Comparator.comparing(link -> link.pendingChanges()));
    if (waiting.isPresent()) {
      Link link = waiting.get();
      String pending =
          link.pendingChanges() == 0
              ? ""
              : "; " + Words.count(link.pendingChanges(), "change waits", "changes wait");
      return of(
          link.tone() == Links.Tone.GOOD ? Links.Tone.LATE : link.tone(),
          link.name() + link.status().state(),
          link.name() + " is " + link.status().state() + pending);
    }
    String all = reports.size() == 2 ? "Both regions" : "All " + reports.size() + " regions";
    Optional<Link> late =
        links.stream()
            .filter(Link::late)
            .max(Comparator.comparing(link -> link.missed().map(Missed::burn).orElse(0.0)));
    if (late.isPresent()) {
      Link link = late.get();
      return of(
          Links.Tone.LATE,
          "late: " + link.name(),
          all
              + " connected; "
              + link.name()
              + " is late: "
              + link.missed().map(Missed::text).orElse(""));
    }
    Optional<Link> slowest =
        links.stream()
            .filter(Link::measured)
            .max(Comparator.comparing(link -> link.status().lagMs().p99()));
    return of(
        Links.Tone.GOOD,
        "in step",
        slowest
            .map(link -> all + " in step; slowest link " + link.name() + " " + link.lag() + " p99")
            .orElse(all + " in step; no changes lately"));
  }

  private static Headline of(Links.Tone tone, String topic, String text) {
    return new Headline(tone, topic, text);
  }
}
