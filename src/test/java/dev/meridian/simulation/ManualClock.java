package dev.meridian.simulation;

import dev.meridian.env.WallClock;

/** A clock that stands still until it is told otherwise. */
public final class ManualClock implements WallClock {

  private volatile long millis;
  private volatile long nanos;

  public ManualClock(long millis) {
    this.millis = millis;
  }

  /** Sets the wall, forwards or back; steady time stays. */
  public void set(long wallMillis) {
    millis = wallMillis;
  }

  /** Lets time pass, on the wall and steadily. */
  public void advance(long byMillis) {
    millis += byMillis;
    nanos += byMillis * 1_000_000;
  }

  @Override
  public long millis() {
    return millis;
  }

  @Override
  public long nanos() {
    return nanos;
  }
}
