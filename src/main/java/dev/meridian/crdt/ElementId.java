package dev.meridian.crdt;

import dev.meridian.clock.Dot;
import dev.meridian.clock.ReplicaId;
import java.util.Comparator;

/**
 * One thing that a change put into a field: the change, and its how-manieth thing it was.
 *
 * @param index from 0
 */
record ElementId(Dot dot, int index) implements Comparable<ElementId> {

  private static final Comparator<ElementId> ORDER =
      Comparator.comparing((ElementId id) -> id.dot().origin())
          .thenComparingLong(id -> id.dot().sequence())
          .thenComparingInt(ElementId::index);

  /** Stands for the change that is being made, which has no dot yet. */
  static final Dot THIS_CHANGE = new Dot(new ReplicaId("this"), Long.MAX_VALUE);

  boolean isOfThisChange() {
    return dot.equals(THIS_CHANGE);
  }

  /** The same, once the change has its dot. */
  ElementId in(Dot change) {
    return isOfThisChange() ? new ElementId(change, index) : this;
  }

  /** Reads the text form; anything else is an {@link IllegalArgumentException}. */
  static ElementId parse(String text) {
    String[] parts = text.split(":", -1);
    if (parts.length != 3) {
      throw new IllegalArgumentException(
          "an element is <region>:<sequence>:<index>: '" + text + "'");
    }
    return new ElementId(
        new Dot(new ReplicaId(parts[0]), Long.parseLong(parts[1])), Integer.parseInt(parts[2]));
  }

  @Override
  public int compareTo(ElementId other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return dot + ":" + index;
  }
}
