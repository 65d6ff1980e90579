package dev.meridian.crdt;

import dev.meridian.clock.Dot;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Elements that one operation put in a row. The first hangs from another element, each further one
 * is a right child of the one before it.
 */
final class RgaRun implements Comparable<RgaRun> {

  final ElementId first;

  /** Without what was collected from its end. */
  int length;

  /** What the first one hangs from; empty for the root. Set once. */
  Optional<Rga.Element> parent;

  /** On which side of it. */
  final boolean left;

  /** By offset; together they are the run. */
  final List<RgaBlock> blocks = new ArrayList<>(1);

  /** Runs that hang from elements of this one, by offset. Most runs have none, or one. */
  private List<Children> children = List.of();

  /** In what is being written. */
  int number;

  /** Runs on both sides of an element, by id. */
  static final class Children {
    private static final Children NONE = new Children(0);

    private final int offset;
    private List<RgaRun> left = List.of();
    private List<RgaRun> right = List.of();

    Children(int offset) {
      this.offset = offset;
    }

    int offset() {
      return offset;
    }

    List<RgaRun> on(boolean side) {
      return side ? left : right;
    }

    void add(RgaRun run) {
      if (on(run.left).isEmpty()) {
        replace(run.left, new ArrayList<>(1));
      }
      List<RgaRun> siblings = on(run.left);
      int at = siblings.size();
      while (at > 0 && siblings.get(at - 1).compareTo(run) > 0) {
        at--;
      }
      siblings.add(at, run);
    }

    private void replace(boolean side, List<RgaRun> by) {
      if (side) {
        left = by;
      } else {
        right = by;
      }
    }

    void remove(RgaRun run) {
      on(run.left).remove(run);
    }

    boolean isEmpty() {
      return left.isEmpty() && right.isEmpty();
    }
  }

  RgaRun(ElementId first, int length, Optional<Rga.Element> parent, boolean left) {
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

  /** Those of an element, to add more. */
  Children childrenAt(int offset) {
    int at = indexOf(offset);
    if (at < children.size() && children.get(at).offset == offset) {
      return children.get(at);
    }
    if (children.isEmpty()) {
      children = new ArrayList<>(1);
    }
    Children fresh = new Children(offset);
    children.add(at, fresh);
    return fresh;
  }

  /** Those of an element, to look at. */
  Children childrenOf(int offset) {
    int at = indexOf(offset);
    return at < children.size() && children.get(at).offset == offset
        ? children.get(at)
        : Children.NONE;
  }

  /** Those of an element and of all behind it. */
  List<Children> childrenFrom(int offset) {
    return children.subList(indexOf(offset), children.size());
  }

  void forget(Children none) {
    children.remove(none);
  }

  /** How many elements there are up to the last one that something hangs from. */
  int neededLength() {
    return children.isEmpty() ? 0 : children.getLast().offset + 1;
  }

  /** Of the first children at this offset or behind it. */
  private int indexOf(int offset) {
    int low = 0;
    int high = children.size();
    while (low < high) {
      int middle = low + high >>> 1;
      if (children.get(middle).offset < offset) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** Whether an element has something on its right side. */
  boolean hasRight(int offset) {
    return offset + 1 < length || !childrenOf(offset).right.isEmpty();
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
