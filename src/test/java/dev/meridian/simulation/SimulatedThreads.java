package dev.meridian.simulation;

import dev.meridian.env.Scheduler;
import dev.meridian.env.Threads;
import dev.meridian.env.Worker;
import java.time.Duration;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * The workers of one simulated process, all in one thread: each step comes some random time after
 * the one before, and others' in between. Once killed, nothing of it runs any more.
 */
public final class SimulatedThreads implements Threads {

  /** The longest a step of a store's writer takes: a force of the log. */
  private static final long WRITER_NANOS = 2_000_000;

  /** The longest that everything else takes, which reads and writes whole files. */
  private static final long OTHERS_NANOS = 30_000_000;

  private static final int MOST_STEPS_AT_THE_END = 1_000_000;

  private final Scheduler scheduler;
  private final RandomGenerator random;
  private boolean killed;

  public SimulatedThreads(Scheduler scheduler, RandomGenerator random) {
    this.scheduler = scheduler;
    this.random = random;
  }

  /** The process is gone, in the middle of whatever it did. */
  public void kill() {
    killed = true;
  }

  @Override
  public Worker worker(String name) {
    return new Steps(name.equals("meridian-writer") ? WRITER_NANOS : OTHERS_NANOS);
  }

  @Override
  public Thread startWorker(String name, Runnable body) {
    later(OTHERS_NANOS, body);
    return Thread.currentThread();
  }

  @Override
  public Thread startVirtual(String name, Runnable body) {
    later(WRITER_NANOS, body);
    return Thread.currentThread();
  }

  @Override
  public void pause(Duration about) {
    // Nobody else runs meanwhile.
  }

  private Scheduler.Timer later(long mostNanos, Runnable task) {
    return after(Duration.ofNanos(1 + random.nextLong(mostNanos)), task);
  }

  private Scheduler.Timer after(Duration delay, Runnable task) {
    return scheduler.after(
        delay,
        () -> {
          if (!killed) {
            task.run();
          }
        });
  }

  private final class Steps implements Worker {
    private final long mostNanos;
    private Supplier<Next> step = () -> Next.END;
    private Scheduler.Timer timer = () -> {};
    private boolean started;
    private boolean awake;
    private boolean woken;
    private boolean ended;

    Steps(long mostNanos) {
      this.mostNanos = mostNanos;
    }

    @Override
    public void start(Supplier<Next> steps) {
      step = steps;
      started = true;
      soon();
    }

    @Override
    public void wake() {
      woken = true;
      if (started && !awake && !ended) {
        timer.cancel();
        soon();
      }
    }

    /** Until then it is awake, so that nobody who wakes it moves the step. */
    private void soon() {
      awake = true;
      timer = later(mostNanos, this::run);
    }

    private void run() {
      if (ended) {
        return;
      }
      awake = true;
      woken = false;
      Worker.Next next = step.get();
      awake = false;
      switch (next) {
        case Next.Again again -> soon();
        case Next.Pause(Duration atMost) -> {
          if (woken) {
            soon();
          } else {
            timer = after(atMost, this::run);
          }
        }
        case Next.Sleep sleep -> {
          if (woken) {
            soon();
          }
        }
        case Next.End end -> ended = true;
      }
    }

    /** Whoever waits for the end gets it now: there is no other thread to bring it. */
    @Override
    public boolean join(Duration atMost) {
      for (int i = 0; i < MOST_STEPS_AT_THE_END && started && !ended; i++) {
        timer.cancel();
        run();
      }
      return ended;
    }
  }
}
