package dev.meridian.env;

import java.time.Duration;

/**
 * Timers. A task runs on a thread of the scheduler and must be short: what blocks is handed to
 * {@link Threads}.
 */
public interface Scheduler {

  /** Runs {@code task} once, no earlier than {@code delay} from now. */
  Timer after(Duration delay, Runnable task);

  /** Runs {@code task} again and again, {@code period} after each run ended. */
  Timer every(Duration period, Runnable task);

  /** A task that waits for its time. */
  interface Timer {
    /** No run starts after this returns; a run under way ends on its own. Idempotent. */
    void cancel();
  }
}
