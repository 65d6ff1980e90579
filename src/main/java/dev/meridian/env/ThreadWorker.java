package dev.meridian.env;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** A worker with a platform thread of its own, which does not keep the process alive. */
final class ThreadWorker implements Worker {

  private final Thread thread;
  private volatile Supplier<Next> step = () -> Next.END;

  /** Beside the permit of {@link LockSupport}, which a lock within a step may use up. */
  private volatile boolean woken;

  ThreadWorker(String name) {
    thread = Thread.ofPlatform().daemon().name(name).unstarted(this::run);
  }

  @Override
  public void start(Supplier<Next> steps) {
    step = steps;
    thread.start();
  }

  private void run() {
    while (true) {
      woken = false;
      switch (step.get()) {
        case Next.Again again -> {}
        case Next.Pause(Duration atMost) -> park(atMost.toNanos());
        case Next.Sleep sleep -> park(Long.MAX_VALUE);
        case Next.End end -> {
          return;
        }
      }
    }
  }

  /** May return too early: then a step finds nothing to do. */
  private void park(long nanos) {
    if (!woken) {
      LockSupport.parkNanos(this, nanos);
    }
  }

  @Override
  public void wake() {
    woken = true;
    LockSupport.unpark(thread);
  }

  @Override
  public boolean join(Duration atMost) {
    try {
      return thread.join(atMost);
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
