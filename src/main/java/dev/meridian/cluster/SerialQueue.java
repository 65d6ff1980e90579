package dev.meridian.cluster;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs tasks one after another in the order they came, on the threads that bring them: whoever
 * finds it idle works it off. So a state machine needs neither a thread nor a lock, and a task that
 * brings another one does not run it within itself. Tasks must be short; those who bring them are
 * bounded.
 */
public final class SerialQueue {

  private static final System.Logger LOG = System.getLogger(SerialQueue.class.getName());

  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final AtomicInteger pending = new AtomicInteger();

  /** Runs {@code task} now, or right after those that came before it. */
  public void run(Runnable task) {
    tasks.add(task);
    if (pending.getAndIncrement() != 0) {
      return;
    }
    do {
      runSafely(tasks.remove());
    } while (pending.decrementAndGet() != 0);
  }

  private static void runSafely(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException fault) {
      LOG.log(System.Logger.Level.ERROR, "a step of a link failed", fault);
    }
  }
}
