package dev.meridian.env;

/**
 * The time of this process: one wall reading that may jump, one steady reading that may not.
 *
 * <p>Thread-safe. A simulation passes its own.
 */
public interface WallClock {

  /** Milliseconds since the Unix epoch, UTC. May go back or jump when the host's clock is set. */
  long millis();

  /** Nanoseconds since an arbitrary start. Never goes back; only differences have a meaning. */
  long nanos();
}
