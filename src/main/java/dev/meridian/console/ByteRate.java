package dev.meridian.console;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalDouble;

/** Bytes a second over the last seconds, from a counter that is looked at now and then. */
final class ByteRate {

  private static final long WINDOW_MILLIS = 10_000;

  private final Deque<Sample> samples = new ArrayDeque<>();

  private record Sample(long atMillis, long bytes) {}

  /** Looks at another counter from now on. */
  void clear() {
    samples.clear();
  }

  /**
   * @param atMillis when the counter stood so; the same time again changes nothing
   */
  void add(long atMillis, long bytes) {
    Sample last = samples.peekLast();
    if (last != null && bytes < last.bytes()) {
      samples.clear(); // it counts from its start, and started again
    } else if (last != null && atMillis <= last.atMillis()) {
      return;
    }
    samples.addLast(new Sample(atMillis, bytes));
    while (samples.size() > 2 && samples.getFirst().atMillis() < atMillis - WINDOW_MILLIS) {
      samples.removeFirst();
    }
  }

  /** Empty until there is something to compare with. */
  OptionalDouble perSecond() {
    Sample first = samples.peekFirst();
    Sample last = samples.peekLast();
    if (first == null || last == null || first.atMillis() >= last.atMillis()) {
      return OptionalDouble.empty();
    }
    return OptionalDouble.of(
        1000.0 * (last.bytes() - first.bytes()) / (last.atMillis() - first.atMillis()));
  }
}
