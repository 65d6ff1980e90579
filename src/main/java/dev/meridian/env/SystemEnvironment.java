package dev.meridian.env;

import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;

/** The real edges of a process: its clock, its timers, its threads, its randomness. */
public final class SystemEnvironment implements WallClock, Scheduler, Threads, AutoCloseable {

  private final ScheduledThreadPoolExecutor timers;
  private volatile long wallOffsetMillis;

  public SystemEnvironment() {
    timers =
        new ScheduledThreadPoolExecutor(
            1, body -> Thread.ofPlatform().daemon().name("meridian-timer").unstarted(body));
    timers.setRemoveOnCancelPolicy(true);
  }

  @Override
  public long millis() {
    return System.currentTimeMillis() + wallOffsetMillis;
  }

  /**
   * Lets the wall clock be so much after the host's from now on, or before it; a fault on purpose.
   * Any thread.
   */
  public void shiftWall(Duration offset) {
    wallOffsetMillis = offset.toMillis();
  }

  @Override
  public long nanos() {
    return System.nanoTime();
  }

  /** Randomness for ids and jitter; not for secrets. */
  public RandomGenerator random() {
    return RandomGenerator.getDefault();
  }

  @Override
  public Timer after(Duration delay, Runnable task) {
    return cancelling(timers.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS));
  }

  @Override
  public Timer every(Duration period, Runnable task) {
    long nanos = period.toNanos();
    return cancelling(timers.scheduleWithFixedDelay(task, nanos, nanos, TimeUnit.NANOSECONDS));
  }

  @Override
  public Worker worker(String name) {
    return new ThreadWorker(name);
  }

  @Override
  public Thread startWorker(String name, Runnable body) {
    return Thread.ofPlatform().daemon().name(name).start(body);
  }

  @Override
  public Thread startVirtual(String name, Runnable body) {
    return Thread.ofVirtual().name(name).start(body);
  }

  @Override
  public void pause(Duration about) {
    LockSupport.parkNanos(about.toNanos());
  }

  @Override
  public void close() {
    timers.shutdownNow();
  }

  private static Timer cancelling(ScheduledFuture<?> future) {
    return () -> future.cancel(false);
  }
}
