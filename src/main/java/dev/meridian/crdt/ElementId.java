package dev.meridian.crdt;

import dev.meridian.clock.Dot;
import dev.meridian.clock.ReplicaId;

/**
 * One thing that a change put into a field: the change, and its how-manieth thing it was.
 *
 * @param index from 0
 */
record ElementId(Dot dot, int index) implements Comparable<ElementId> {

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
    int byOrigin = dot.origin().compareTo(other.dot.origin());
    if (byOrigin != 0) {
      return byOrigin;
    }
    int bySequence = Long.compare(dot.sequence(), other.dot.sequence());
    return bySequence != 0 ? bySequence : Integer.compare(index, other.index);
  }

  @Override
  public String toString() {
    return dot + ":" + index;
  }
}
