package dev.meridian.it;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/** Waits for something that happens elsewhere, looking again and again. */
final class Await {

  private static final Duration INTERVAL = Duration.ofMillis(20);

  private Await() {}

  /** Fails, naming {@code what}, when it is not so within {@code limit}. */
  static void until(String what, Duration limit, Callable<Boolean> condition) {
    long deadline = System.nanoTime() + limit.toNanos();
    while (true) {
      try {
        if (condition.call()) {
          return;
        }
      } catch (Exception failed) {
        throw new AssertionError(what + ": " + failed, failed);
      }
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("not within " + limit + ": " + what);
      }
      LockSupport.parkNanos(INTERVAL.toNanos());
    }
  }
}
