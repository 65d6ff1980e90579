package dev.meridian.console;

import dev.meridian.console.Links.Tone;
import dev.meridian.coordinator.Journey.State;
import dev.meridian.coordinator.Journey.Visit;
import java.util.List;
import java.util.stream.Collectors;

/** A version's way through the regions, in words. */
final class JourneyText {

  private JourneyText() {}

  static Tone tone(State state) {
    return switch (state) {
      case VISIBLE, FORGOTTEN -> Tone.GOOD;
      case NOT_YET -> Tone.LATE;
      case UNREACHABLE -> Tone.IDLE;
    };
  }

  /** Of one region. */
  static String visit(Visit visit, boolean origin) {
    return switch (visit.state()) {
      case VISIBLE -> (origin ? "written, " : "") + "after " + Words.span(visit.lagMillis());
      case FORGOTTEN -> "visible, since when is not known";
      case NOT_YET -> "not yet";
      case UNREACHABLE -> "did not answer";
    };
  }

  /** Whether asking again could tell more. */
  static boolean settled(List<Visit> visits) {
    return visits.stream()
        .allMatch(visit -> visit.state() == State.VISIBLE || visit.state() == State.FORGOTTEN);
  }

  /** Of all regions, for the newest version. */
  static String sentence(List<Visit> visits) {
    List<Visit> there =
        visits.stream()
            .filter(visit -> visit.state() == State.VISIBLE || visit.state() == State.FORGOTTEN)
            .toList();
    String sentence =
        there.size() == visits.size()
            ? "The newest version is visible in "
                + (visits.size() == 1 ? "this region" : "all " + visits.size() + " regions")
            : "The newest version is visible in "
                + there.size()
                + " of "
                + visits.size()
                + " regions";
    String last =
        there.stream()
            .filter(visit -> visit.state() == State.VISIBLE)
            .map(Visit::lagMillis)
            .max(Long::compare)
            .map(
                millis -> there.size() == 1 ? "" : ", the last of them after " + Words.span(millis))
            .orElse("");
    return sentence
        + last
        + named(visits, State.NOT_YET, " not yet in ")
        + named(visits, State.UNREACHABLE, " no answer from ")
        + ".";
  }

  private static String named(List<Visit> visits, State state, String text) {
    String names =
        visits.stream()
            .filter(visit -> visit.state() == state)
            .map(visit -> visit.region().value())
            .collect(Collectors.joining(", "));
    return names.isEmpty() ? "" : ";" + text + names;
  }
}
