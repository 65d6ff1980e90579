package dev.meridian.env;

import java.time.Duration;
import java.util.function.Supplier;

/**
 * Work that goes on for as long as a process does, cut into steps. In a process each worker has a
 * thread that does one step after another; a simulation runs the steps of all workers in one
 * thread, at times that it chooses. So a step never waits for another worker: it says what it waits
 * for by how it {@linkplain Next ends}.
 */
public interface Worker {

  /** Begins. Once. */
  void start(Supplier<Next> step);

  /**
   * There is something new to look at: what the worker waits for ends, and if it is within a step,
   * another step follows. Any thread; before the start it has no effect.
   */
  void wake();

  /** Waits until the last step was done, at most so long; false when it was not. */
  boolean join(Duration atMost);

  /** What a worker does after a step. */
  sealed interface Next {

    Next AGAIN = new Again();
    Next SLEEP = new Sleep();
    Next END = new End();

    /** The next step at once. */
    record Again() implements Next {}

    /** The next step after this time, or when it is woken. */
    record Pause(Duration atMost) implements Next {}

    /** The next step when it is woken. */
    record Sleep() implements Next {}

    /** No more steps. */
    record End() implements Next {}
  }
}
