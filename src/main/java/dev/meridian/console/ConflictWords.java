package dev.meridian.console;

import dev.meridian.coordinator.Collections.CollectionInfo;
import dev.meridian.coordinator.Conflicts;
import dev.meridian.coordinator.Conflicts.Conflict;
import dev.meridian.coordinator.Conflicts.Outcome;
import dev.meridian.coordinator.Conflicts.Side;
import dev.meridian.document.Bytes;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Conflicts in plain words. */
final class ConflictWords {

  private static final int MAX_VALUE = 120;

  private ConflictWords() {}

  static Headline headline(List<CollectionInfo> collections) {
    List<CollectionInfo> with =
        collections.stream().filter(each -> each.conflictsOpen() > 0).toList();
    long open = with.stream().mapToLong(CollectionInfo::conflictsOpen).sum();
    if (open == 0) {
      return new Headline(Links.Tone.GOOD, "none open", "No conflict waits for anybody to decide");
    }
    String where =
        with.size() == 1
            ? "in " + with.getFirst().name()
            : "in " + Words.count(with.size()) + " collections";
    return new Headline(
        Links.Tone.LATE,
        "open",
        Words.count(open, "conflict waits", "conflicts wait")
            + " for somebody to decide, "
            + where);
  }

  static String state(Conflicts.State state) {
    return switch (state) {
      case OPEN -> "open";
      case RESOLVED -> "resolved";
      case AUTO -> "by policy";
    };
  }

  static Links.Tone tone(Conflicts.State state) {
    return switch (state) {
      case OPEN -> Links.Tone.LATE;
      case RESOLVED, AUTO -> Links.Tone.GOOD;
    };
  }

  /** What became of it, in one sentence. */
  static String outcome(Conflict conflict) {
    String between =
        Words.count(conflict.versions().size(), "version", "versions")
            + " of "
            + conflict.regions().stream().map(Object::toString).collect(Collectors.joining(", "))
            + " did not see each other. ";
    return between
        + switch (conflict.state()) {
          case OPEN -> "Nobody has decided yet; " + shown(conflict) + " is shown meanwhile.";
          case AUTO -> "The policy " + conflict.policy().text() + " chose " + shown(conflict) + ".";
          case RESOLVED ->
              "Somebody decided"
                  + conflict.closedBy().map(version -> " in region " + version.origin()).orElse("")
                  + (conflict.outcome().deleted() ? " to delete the document." : ".");
        };
  }

  private static String shown(Conflict conflict) {
    Outcome outcome = conflict.outcome();
    if (outcome.deleted()) {
      return "the deletion";
    }
    for (int i = 0; i < conflict.versions().size(); i++) {
      Side side = conflict.versions().get(i);
      if (side.won()) {
        return "version " + (i + 1) + " of region " + side.version().origin();
      }
    }
    return outcome.body().isPresent() ? "what was merged of them" : "what is not kept any more";
  }

  /** What a version is, where it has no text. */
  static Optional<String> without(Side side) {
    if (side.deleted()) {
      return Optional.of("deleted");
    }
    return side.body().isPresent()
        ? Optional.empty()
        : Optional.of("an operation on CRDT fields, or not kept any more");
  }

  /** A value on one line. */
  static String value(Optional<String> json) {
    if (json.isEmpty()) {
      return "nothing";
    }
    String text = json.get();
    return text.length() <= MAX_VALUE ? text : text.substring(0, MAX_VALUE - 1) + "…";
  }

  static String body(Outcome outcome) {
    return outcome.deleted() ? "deleted" : value(outcome.body().map(Bytes::utf8));
  }
}
