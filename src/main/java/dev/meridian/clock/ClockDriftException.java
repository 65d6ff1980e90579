package dev.meridian.clock;

/**
 * A timestamp from elsewhere lies further in the future than the allowed drift. The clock was not
 * advanced. Retrying helps once the two wall clocks have come closer.
 */
public final class ClockDriftException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final long aheadMillis;

  ClockDriftException(HlcTimestamp remote, long wallMillis, long maxDriftMillis) {
    super(
        "timestamp "
            + remote
            + " is "
            + (remote.millis() - wallMillis)
            + " ms ahead of this region's clock; at most "
            + maxDriftMillis
            + " ms are accepted");
    aheadMillis = remote.millis() - wallMillis;
  }

  /** How far the timestamp was ahead of the local wall clock. */
  public long aheadMillis() {
    return aheadMillis;
  }
}
