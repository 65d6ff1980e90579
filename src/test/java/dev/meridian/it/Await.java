package dev.meridian.it;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** Waits for something that happens elsewhere, looking again and again. */
public final class Await {

  private static final Duration INTERVAL = Duration.ofMillis(20);

  private Await() {}

  /** Fails, naming {@code what}, when it is not so within {@code limit}. */
  public static void until(String what, Duration limit, Callable<Boolean> condition) {
    until(what, limit, condition, () -> "");
  }

  /** The same; {@code seen} tells how it is instead. */
  public static void until(
      String what, Duration limit, Callable<Boolean> condition, Supplier<String> seen) {
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
        throw new AssertionError("not within " + limit + ": " + what + " " + seen.get());
      }
      LockSupport.parkNanos(INTERVAL.toNanos());
    }
  }
}
