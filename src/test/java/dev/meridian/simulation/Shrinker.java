package dev.meridian.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Leaves out steps of a schedule that is broken as long as the rest is broken, too (Zeller and
 * Hildebrandt, "Simplifying and isolating failure-inducing input", 2002).
 */
final class Shrinker {

  private final Predicate<Schedule> isBroken;
  private final Consumer<String> progress;
  private final int mostRuns;
  private int runs;

  /**
   * @param isBroken in the same way
   */
  Shrinker(Predicate<Schedule> isBroken, Consumer<String> progress, int mostRuns) {
    this.isBroken = isBroken;
    this.progress = progress;
    this.mostRuns = mostRuns;
  }

  /** The smallest that was found. */
  Schedule shrink(Schedule broken) {
    Schedule smallest = upToTheBreak(broken);
    int parts = 2;
    while (smallest.steps().size() > 1 && runs < mostRuns) {
      Optional<Schedule> smaller = withoutOne(smallest, parts);
      if (smaller.isPresent()) {
        smallest = smaller.get();
        parts = Math.max(parts - 1, 2);
        progress.accept(smallest.steps().size() + " steps after " + runs + " runs");
      } else if (parts >= smallest.steps().size()) {
        break;
      } else {
        parts = Math.min(2 * parts, smallest.steps().size());
      }
    }
    return smallest;
  }

  /** What comes after the break is of no use. */
  private Schedule upToTheBreak(Schedule broken) {
    List<Step> steps = broken.steps();
    int enough = steps.size();
    int tooFew = 0;
    while (enough - tooFew > 1 && runs < mostRuns) {
      int middle = (enough + tooFew) / 2;
      if (isBroken(broken.with(steps.subList(0, middle)))) {
        enough = middle;
      } else {
        tooFew = middle;
      }
    }
    progress.accept("the first " + enough + " steps after " + runs + " runs");
    return broken.with(steps.subList(0, enough));
  }

  private Optional<Schedule> withoutOne(Schedule schedule, int parts) {
    List<Step> steps = schedule.steps();
    for (int part = parts - 1; part >= 0 && runs < mostRuns; part--) {
      int from = (int) ((long) steps.size() * part / parts);
      int to = (int) ((long) steps.size() * (part + 1) / parts);
      List<Step> rest = new ArrayList<>(steps.subList(0, from));
      rest.addAll(steps.subList(to, steps.size()));
      if (from < to && isBroken(schedule.with(rest))) {
        return Optional.of(schedule.with(rest));
      }
    }
    return Optional.empty();
  }

  private boolean isBroken(Schedule schedule) {
    runs++;
    return isBroken.test(schedule);
  }
}
