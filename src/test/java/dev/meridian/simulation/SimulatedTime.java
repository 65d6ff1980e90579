package dev.meridian.simulation;

import dev.meridian.env.Scheduler;
import dev.meridian.env.WallClock;
import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;

/** Time that passes only when it is told to, and the timers that go off then. One thread. */
public final class SimulatedTime implements Scheduler, WallClock {

  private static final long START_MILLIS = 1_800_000_000_000L;

  private final PriorityQueue<Due> queue =
      new PriorityQueue<>(Comparator.comparingLong(Due::atNanos).thenComparingLong(Due::number));
  private long nowNanos;
  private long number;

  private record Due(long atNanos, long number, Runnable task) {}

  @Override
  public long millis() {
    return START_MILLIS + nowNanos / 1_000_000;
  }

  @Override
  public long nanos() {
    return nowNanos;
  }

  /** The wall of a host whose clock is off. */
  public HostClock skewed(long millis) {
    return new HostClock(millis);
  }

  /** A host's wall clock, which may be set. Its steady clock is everybody's. */
  public final class HostClock implements WallClock {
    private long skewMillis;

    private HostClock(long skewMillis) {
      this.skewMillis = skewMillis;
    }

    /** Sets it to so much after the true time; at once, whoever looks at it. */
    void set(long millis) {
      skewMillis = millis;
    }

    @Override
    public long millis() {
      return SimulatedTime.this.millis() + skewMillis;
    }

    @Override
    public long nanos() {
      return nowNanos;
    }
  }

  @Override
  public Timer after(Duration delay, Runnable task) {
    boolean[] cancelled = {false};
    queue.add(
        new Due(
            nowNanos + delay.toNanos(),
            number++,
            () -> {
              if (!cancelled[0]) {
                task.run();
              }
            }));
    return () -> cancelled[0] = true;
  }

  @Override
  public Timer every(Duration period, Runnable task) {
    boolean[] cancelled = {false};
    after(period, () -> again(period, task, cancelled));
    return () -> cancelled[0] = true;
  }

  private void again(Duration period, Runnable task, boolean[] cancelled) {
    if (!cancelled[0]) {
      task.run();
      after(period, () -> again(period, task, cancelled));
    }
  }

  /** Goes to the next timer that is due within the limit, and runs it. False when there is none. */
  public boolean step(long untilNanos) {
    Due next = queue.peek();
    if (next == null || next.atNanos() > untilNanos) {
      nowNanos = Math.max(nowNanos, untilNanos);
      return false;
    }
    queue.remove();
    nowNanos = Math.max(nowNanos, next.atNanos());
    next.task().run();
    return true;
  }
}
