package dev.meridian.crdt;

import dev.meridian.clock.Dot;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Elements that one operation put in a row. The first hangs from another element, each further one
 * is a right child of the one before it.
 */
final class RgaRun implements Comparable<RgaRun> {

  final ElementId first;

  /** Without what was collected from its end. */
  int length;

  /** What the first one hangs from; empty for the root. */
  final Optional<ElementId> parent;

  /** On which side of it. */
  final boolean left;

  /** By offset; together they are the run. */
  final List<RgaBlock> blocks = new ArrayList<>(1);

  /** Runs that hang from elements of this one, by offset. */
  NavigableMap<Integer, Children> children = Collections.emptyNavigableMap();

  /** In what is being written. */
  int number;

  /** Runs on both sides of an element, by id. */
  static final class Children {
    final List<RgaRun> left = new ArrayList<>(0);
    final List<RgaRun> right = new ArrayList<>(0);

    List<RgaRun> on(boolean side) {
      return side ? left : right;
    }

    void add(RgaRun run) {
      List<RgaRun> siblings = on(run.left);
      int at = siblings.size();
      while (at > 0 && siblings.get(at - 1).compareTo(run) > 0) {
        at--;
      }
      siblings.add(at, run);
    }

    void remove(RgaRun run) {
      on(run.left).remove(run);
    }

    boolean isEmpty() {
      return left.isEmpty() && right.isEmpty();
    }
  }

  RgaRun(ElementId first, int length, Optional<ElementId> parent, boolean left) {
    this.first = first;
    this.length = length;
    this.parent = parent;
    this.left = left;
  }

  Dot dot() {
    return first.dot();
  }

  ElementId id(int offset) {
    return new ElementId(first.dot(), first.index() + offset);
  }

  boolean holds(int index) {
    return index >= first.index() && index - first.index() < length;
  }

  Children childrenAt(int offset) {
    if (children.isEmpty()) {
      children = new TreeMap<>(); // most runs have none
    }
    return children.computeIfAbsent(offset, unused -> new Children());
  }

  /** Whether an element has something on its right side. */
  boolean hasRight(int offset) {
    Children at = children.get(offset);
    return offset + 1 < length || at != null && !at.right.isEmpty();
  }

  /** The block that an element is in. */
  RgaBlock block(int offset) {
    int low = 0;
    int high = blocks.size() - 1;
    while (low < high) {
      int middle = low + high + 1 >>> 1;
      if (blocks.get(middle).from <= offset) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return blocks.get(low);
  }

  @Override
  public int compareTo(RgaRun other) {
    return first.compareTo(other.first);
  }
}
