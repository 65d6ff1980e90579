package dev.meridian.crdt;

import java.util.List;
import java.util.Optional;

/** Finds beside what a run stands, by walking the tree of an {@link Rga}. */
final class RgaWalk {

  private RgaWalk() {}

  /** The element that a right child stands behind. */
  static Rga.Element placeOnTheRight(Rga.Element parent, RgaRun run) {
    Optional<Rga.Element> next =
        parent.offset() + 1 < parent.run().length
            ? Optional.of(new Rga.Element(parent.run(), parent.offset() + 1))
            : Optional.empty();
    return lower(parent.run().childrenOf(parent.offset()).on(false), run, next)
        .map(RgaWalk::last)
        .orElse(parent);
  }

  /** The element that a left child stands before. */
  static Rga.Element placeOnTheLeft(Rga.Element parent, RgaRun run) {
    for (RgaRun sibling : parent.run().childrenOf(parent.offset()).on(true)) {
      if (sibling.compareTo(run) > 0) {
        return first(new Rga.Element(sibling, 0));
      }
    }
    return parent;
  }

  /**
   * Of the siblings the highest that is lower than a run.
   *
   * @param implied a sibling that belongs to the run of its parent
   */
  static Optional<Rga.Element> lower(
      List<RgaRun> siblings, RgaRun run, Optional<Rga.Element> implied) {
    Optional<Rga.Element> lower = implied.filter(each -> each.id().compareTo(run.first) < 0);
    for (RgaRun sibling : siblings) {
      boolean between =
          sibling.compareTo(run) < 0
              && (lower.isEmpty() || sibling.first.compareTo(lower.get().id()) > 0);
      if (between) {
        lower = Optional.of(new Rga.Element(sibling, 0));
      }
    }
    return lower;
  }

  /** The first element of all that hang from one, itself included. */
  private static Rga.Element first(Rga.Element element) {
    Rga.Element first = element;
    while (true) {
      List<RgaRun> before = first.run().childrenOf(first.offset()).on(true);
      if (before.isEmpty()) {
        return first;
      }
      first = new Rga.Element(before.getFirst(), 0);
    }
  }

  /** The last element of all that hang from one, itself included. */
  static Rga.Element last(Rga.Element element) {
    Rga.Element last = element;
    while (true) {
      Optional<RgaRun> further = lastChild(last);
      if (further.isEmpty()) {
        return new Rga.Element(last.run(), last.run().length - 1);
      }
      last = new Rga.Element(further.get(), 0);
    }
  }

  /** The run that stands behind the rest of an element's own run. */
  private static Optional<RgaRun> lastChild(Rga.Element element) {
    RgaRun run = element.run();
    for (RgaRun.Children at : run.childrenFrom(element.offset())) {
      if (at.on(false).isEmpty()) {
        continue;
      }
      RgaRun highest = at.on(false).getLast();
      int offset = at.offset();
      if (offset + 1 == run.length || highest.first.compareTo(run.id(offset + 1)) > 0) {
        return Optional.of(highest);
      }
    }
    return Optional.empty();
  }
}
