package dev.meridian.coordinator;

import dev.meridian.coordinator.Conflicts.Example;
import dev.meridian.coordinator.Conflicts.Outcome;
import dev.meridian.coordinator.Conflicts.Tally;
import dev.meridian.coordinator.Conflicts.Verdict;
import dev.meridian.document.ConflictSettings;
import dev.meridian.document.StoredDocument;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Holds conflicts against other settings. */
final class PolicyReplay {

  private final Map<Verdict, Long> counts = new EnumMap<>(Verdict.class);
  private final List<Example> telling = new ArrayList<>();
  private final List<Example> same = new ArrayList<>();

  private PolicyReplay() {}

  static PolicyReplay of(List<ConflictCase> cases, ConflictSettings other) {
    PolicyReplay replay = new PolicyReplay();
    cases.forEach(each -> replay.add(each, other));
    return replay;
  }

  Tally tally() {
    return new Tally(
        count(Verdict.SAME),
        count(Verdict.DIFFERENT),
        count(Verdict.UNDECIDED),
        count(Verdict.UNKNOWN));
  }

  private long count(Verdict verdict) {
    return counts.getOrDefault(verdict, 0L);
  }

  /** A bounded number; those that are not the same first. */
  List<Example> examples() {
    return Stream.concat(telling.stream(), same.stream()).limit(Conflicts.MAX_EXAMPLES).toList();
  }

  private void add(ConflictCase conflict, ConflictSettings other) {
    Outcome now = conflict.outcome();
    Optional<StoredDocument> made = conflict.made(other);
    Outcome then = ConflictCase.outcome(made);
    Verdict verdict = verdict(now, then);
    counts.merge(verdict, 1L, Long::sum);
    List<Example> examples = verdict == Verdict.SAME ? same : telling;
    if (examples.size() < Conflicts.MAX_EXAMPLES) {
      examples.add(new Example(conflict.key(), conflict.conflict().at(), verdict, now, then));
    }
  }

  private static Verdict verdict(Outcome now, Outcome then) {
    if (isUnknown(now) || isUnknown(then)) {
      return Verdict.UNKNOWN;
    }
    if (then.undecided()) {
      return Verdict.UNDECIDED;
    }
    boolean isSame = !now.undecided() && ConflictCase.isSame(now, then.deleted(), then.body());
    return isSame ? Verdict.SAME : Verdict.DIFFERENT;
  }

  private static boolean isUnknown(Outcome outcome) {
    return !outcome.deleted() && outcome.body().isEmpty();
  }
}
