package dev.meridian.console;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * What changed between two texts, line by line (Myers, "An O(ND) Difference Algorithm", 1986).
 * Texts that have too little in common are shown as replaced whole: finding the least difference
 * would cost the square of it.
 *
 * @param minimal false when the differing part was replaced whole
 */
record LineDiff(List<Line> lines, boolean minimal) {

  /** More lines of either text than this are not compared. */
  static final int MAX_LINES = 20_000;

  /** More differing lines than this are not looked for one by one. */
  static final int MAX_EDITS = 1_000;

  /** What became of a line. */
  enum Kind {
    SAME,
    REMOVED,
    ADDED
  }

  /**
   * @param before its number in the old text, from 1; 0 when it is not in it
   * @param after its number in the new text
   */
  record Line(Kind kind, int before, int after, String text) {}

  /** Both texts have at most {@link #MAX_LINES} lines. */
  static LineDiff of(List<String> before, List<String> after) {
    int start = 0;
    int shorter = Math.min(before.size(), after.size());
    while (start < shorter && before.get(start).equals(after.get(start))) {
      start++;
    }
    int end = 0;
    while (end < shorter - start
        && before.get(before.size() - 1 - end).equals(after.get(after.size() - 1 - end))) {
      end++;
    }
    List<Line> lines = new ArrayList<>();
    for (int i = 0; i < start; i++) {
      lines.add(new Line(Kind.SAME, i + 1, i + 1, before.get(i)));
    }
    Middle middle =
        new Middle(
            before.subList(start, before.size() - end),
            after.subList(start, after.size() - end),
            start);
    boolean minimal = middle.into(lines);
    for (int i = end; i > 0; i--) {
      int old = before.size() - i;
      lines.add(new Line(Kind.SAME, old + 1, after.size() - i + 1, before.get(old)));
    }
    return new LineDiff(List.copyOf(lines), minimal);
  }

  long count(Kind kind) {
    return lines.stream().filter(line -> line.kind() == kind).count();
  }

  /**
   * The part between what both texts start and end with.
   *
   * @param offset how many lines are before it in both
   */
  private record Middle(List<String> before, List<String> after, int offset) {

    boolean into(List<Line> lines) {
      List<int[]> trace = new ArrayList<>();
      boolean found = search(trace);
      if (found) {
        lines.addAll(walkBack(trace));
      } else {
        for (int x = 0; x < before.size(); x++) {
          lines.add(removed(x));
        }
        for (int y = 0; y < after.size(); y++) {
          lines.add(added(y));
        }
      }
      return found;
    }

    /** Keeps, for each number of edits, the furthest line of the old text on each diagonal. */
    private boolean search(List<int[]> trace) {
      int[] furthest = {0, 0, 0};
      for (int edits = 0; edits <= MAX_EDITS; edits++) {
        int[] next = new int[2 * edits + 3];
        for (int k = -edits; k <= edits; k += 2) {
          int x = edits == 0 ? 0 : step(furthest, edits, k);
          while (x < before.size()
              && x - k < after.size()
              && before.get(x).equals(after.get(x - k))) {
            x++;
          }
          next[k + edits + 1] = x;
          if (x >= before.size() && x - k >= after.size()) {
            trace.add(next);
            return true;
          }
        }
        trace.add(next);
        furthest = next;
      }
      return false;
    }

    /**
     * @param furthest of one edit less; its diagonal k is at index {@code k + edits}
     */
    private static int step(int[] furthest, int edits, int k) {
      return addedLast(furthest, edits, k) ? furthest[k + 1 + edits] : furthest[k - 1 + edits] + 1;
    }

    private static boolean addedLast(int[] furthest, int edits, int k) {
      return k == -edits || k != edits && furthest[k - 1 + edits] < furthest[k + 1 + edits];
    }

    private List<Line> walkBack(List<int[]> trace) {
      List<Line> reversed = new ArrayList<>();
      int x = before.size();
      int y = after.size();
      for (int edits = trace.size() - 1; edits > 0; edits--) {
        int[] furthest = trace.get(edits - 1);
        int k = x - y;
        boolean added = addedLast(furthest, edits, k);
        int from = added ? k + 1 : k - 1;
        int fromX = furthest[from + edits];
        int fromY = fromX - from;
        int edgeX = added ? fromX : fromX + 1;
        while (x > edgeX) {
          reversed.add(same(--x, --y));
        }
        reversed.add(added ? added(fromY) : removed(fromX));
        x = fromX;
        y = fromY;
      }
      while (x > 0) {
        reversed.add(same(--x, --y));
      }
      Collections.reverse(reversed);
      return reversed;
    }

    private Line same(int x, int y) {
      return new Line(Kind.SAME, offset + x + 1, offset + y + 1, before.get(x));
    }

    private Line removed(int x) {
      return new Line(Kind.REMOVED, offset + x + 1, 0, before.get(x));
    }

    private Line added(int y) {
      return new Line(Kind.ADDED, 0, offset + y + 1, after.get(y));
    }
  }
}
