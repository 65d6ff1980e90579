package dev.meridian.engine;

/** When a batch was forced to the log; shared by the outcomes of the batch. Thread-safe. */
public final class ForceTime {

  /** Of what is never forced, or not told when. */
  public static final ForceTime UNKNOWN = new ForceTime();

  private volatile long nanos;

  /** By the engine's steady clock; 0 while it is not forced. */
  public long nanos() {
    return nanos;
  }

  /** Writer only. */
  void forced(long nowNanos) {
    nanos = nowNanos;
  }
}
