package dev.meridian.crdt;

import java.util.List;
import java.util.Optional;

/**
 * Where a new element hangs in the tree of an {@link Rga}. It is chosen as if nothing were there
 * but what is visible and what visible elements hang from: a region that collected the rest chooses
 * the same, and none hangs anything on what another one may have collected.
 *
 * @param parent what it hangs from; empty for the root
 * @param left on which side
 */
record RgaPlace(List<ElementId> parent, boolean left) {

  /**
   * @param at how many visible elements stand before the new one
   */
  static RgaPlace of(Rga rga, int at) {
    Optional<Rga.Element> before = at == 0 ? Optional.empty() : Optional.of(rga.element(at - 1));
    Optional<Rga.Element> behind =
        at == rga.length() ? Optional.empty() : Optional.of(rga.element(at));
    if (behind.isEmpty() || before.isPresent() && !hasRight(before.get())) {
      return rightOf(before);
    }
    return isNext(rga, before, behind.get())
        ? leftOf(behind.get())
        : firstBetween(rga, before, behind.get())
            .map(RgaPlace::leftOf)
            .orElseGet(() -> rightOf(before));
  }

  private static RgaPlace rightOf(Optional<Rga.Element> element) {
    return new RgaPlace(element.stream().map(Rga.Element::id).toList(), false);
  }

  private static RgaPlace leftOf(Rga.Element element) {
    return new RgaPlace(List.of(element.id()), true);
  }

  private static boolean hasRight(Rga.Element element) {
    return element.run().hasRight(element.offset());
  }

  /** Whether nothing is between the two, deleted elements neither. */
  private static boolean isNext(Rga rga, Optional<Rga.Element> before, Rga.Element behind) {
    RgaBlock block = behind.block();
    if (behind.offset() > block.from) {
      return true;
    }
    return before.isEmpty()
        ? rga.sequence.first() == block
        : rga.sequence.next(before.get().block()).filter(next -> next == block).isPresent();
  }

  /**
   * Of what stands between two neighbours, hangs below the first, and has the second below itself,
   * the foremost; the second one if there is nothing else.
   *
   * @param before empty for the root
   * @return empty when the second does not hang below the first
   */
  private static Optional<Rga.Element> firstBetween(
      Rga rga, Optional<Rga.Element> before, Rga.Element behind) {
    Climb up = new Climb(rga, before, behind);
    Climb other = new Climb(rga, Optional.of(behind), before.orElse(behind));
    while (!up.arrived && !up.ended) {
      up.step();
      if (before.isPresent() && !other.ended) {
        other.step();
        if (other.arrived) {
          return Optional.empty();
        }
      }
    }
    return up.arrived ? Optional.of(up.foremost) : Optional.empty();
  }

  /** A way up the tree, run by run, from one element to another that is above it or not. */
  private static final class Climb {

    private final Rga rga;
    private final Optional<Rga.Element> goal;
    private Rga.Element at;
    private boolean fromLeft;
    private Rga.Element foremost;
    private boolean arrived;
    private boolean ended;

    Climb(Rga rga, Optional<Rga.Element> goal, Rga.Element start) {
      this.rga = rga;
      this.goal = goal;
      this.at = start;
      this.foremost = start;
    }

    /** Goes on to what the run hangs from, and notes the foremost element on the way. */
    void step() {
      RgaRun run = at.run();
      boolean isHere =
          goal.isPresent() && goal.get().run() == run && goal.get().offset() <= at.offset();
      if (isHere && goal.get().offset() == at.offset()) {
        arrived = true;
        return;
      }
      Rga.Element top = new Rga.Element(run, isHere ? goal.get().offset() + 1 : 0);
      if (top.offset() < at.offset() || !fromLeft) {
        foremost = top;
      }
      if (isHere) {
        arrived = true;
      } else if (run.parent.isEmpty()) {
        arrived = goal.isEmpty();
        ended = true;
      } else {
        fromLeft = run.left;
        at = run.parent.get();
      }
    }
  }
}
