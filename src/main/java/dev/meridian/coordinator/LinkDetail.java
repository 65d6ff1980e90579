package dev.meridian.coordinator;

import java.util.List;

/**
 * What passes over a link and how it keeps to its targets. Counts are since the start of the node
 * that reports.
 *
 * @param bytesOut bytes of changes that region sent to the peer in turn
 * @param wireBytesIn bytes of the peer's streams as they came: packed, and with heartbeats
 * @param wireBytesOut the same of the streams sent to the peer
 * @param wireChangeBytesOut those of {@code wireBytesOut} that hold changes
 * @param appliedPerSecond changes applied in the last minute, a second
 * @param queued changes received and not yet applied
 * @param clockOffsetMs the peer's wall clock minus that region's, by which lag is corrected
 * @param clockErrorMs how far that may be off; -1 while unknown
 * @param lastError why it failed last, also when it works again; empty when it never did
 * @param lastErrorAt RFC 3339, or empty
 * @param pausedSince RFC 3339: when an operator paused it; empty when none did
 * @param perMinute each of the last ten minutes, the oldest first
 * @param slo the targets of p50, p95, p99 and p99.9
 */
public record LinkDetail(
    long bytesOut,
    long wireBytesIn,
    long wireBytesOut,
    long wireChangeBytesOut,
    long changesIn,
    double appliedPerSecond,
    long queued,
    long clockOffsetMs,
    long clockErrorMs,
    String lastError,
    String lastErrorAt,
    String pausedSince,
    Lag tenMinutes,
    Lag total,
    List<Lag> perMinute,
    List<Slo> slo) {

  /** What a region of another version leaves out is unknown. */
  public LinkDetail {
    tenMinutes = tenMinutes == null ? Lag.NONE : tenMinutes;
    total = total == null ? Lag.NONE : total;
    perMinute = perMinute == null ? List.of() : List.copyOf(perMinute);
    slo = slo == null ? List.of() : List.copyOf(slo);
  }

  /** Of a link that nothing is known of. */
  public static final LinkDetail NONE =
      new LinkDetail(
          0, 0, 0, 0, 0, 0, 0, 0, -1, "", "", "", Lag.NONE, Lag.NONE, List.of(), List.of());

  /**
   * Lag in ms.
   *
   * @param changes how many changes the figures are of
   */
  public record Lag(double p50, double p95, double p99, double p999, long changes) {

    static final Lag NONE = new Lag(0, 0, 0, 0, 0);
  }

  /**
   * A target for lag.
   *
   * @param percentile {@code p50}, {@code p95}, {@code p99} or {@code p999}
   */
  public record Slo(String percentile, long targetMs, Burn minute, Burn tenMinutes, Burn total) {

    public Slo {
      minute = minute == null ? Burn.NONE : minute;
      tenMinutes = tenMinutes == null ? Burn.NONE : tenMinutes;
      total = total == null ? Burn.NONE : total;
    }
  }

  /**
   * @param over share of the window's changes that were later than the target, 0 to 1
   * @param burn that share by the share that may be: over 1, the target is missed
   */
  public record Burn(double over, double burn) {

    static final Burn NONE = new Burn(0, 0);
  }
}
