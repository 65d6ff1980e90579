package dev.meridian.coordinator;

import java.util.List;
import java.util.Map;

/**
 * The cluster as one region sees it: the contract's section 9, field for field.
 *
 * @param hlc this region's clock now
 * @param safeTime reads as of any time up to this give the same answer in every region
 * @param mode {@code normal}; {@code read-only} while the log takes nothing; {@code left-behind}
 *     when no peer that answers has all in its log that this region lacks: it is about to be filled
 *     anew
 * @param regions all regions of the cluster, this one first
 * @param links the links that end here, one per peer
 * @param hints what is held here for other regions until they are back
 * @param incarnation which life of the region this is
 * @param logFrom changes up to this may be in no log of the region any more
 */
public record ClusterStatus(
    String region,
    String hlc,
    String safeTime,
    String mode,
    List<RegionStatus> regions,
    List<LinkStatus> links,
    WalStatus wal,
    ConflictCounts conflicts,
    Map<String, Long> vector,
    List<HintStatus> hints,
    IncarnationStatus incarnation,
    Map<String, Long> logFrom) {

  /**
   * A region whose data was lost begins another life.
   *
   * @param since RFC 3339
   * @param why in words
   */
  public record IncarnationStatus(String id, String since, String why) {
    /** Of a region that does not say. */
    public static final IncarnationStatus UNKNOWN = new IncarnationStatus("", "", "");
  }

  /**
   * @param state {@code up}, {@code suspect} or {@code down}
   * @param reason why it is taken to be so, in words
   * @param since RFC 3339: when it came to be so; empty for the region that reports
   * @param hlcDriftMs its wall clock minus ours, as last measured
   */
  public record RegionStatus(
      String id,
      String url,
      String state,
      long hlcDriftMs,
      double lat,
      double lon,
      String label,
      String reason,
      String since) {}

  /**
   * @param state {@code connecting}, {@code streaming}, {@code catching-up}, {@code paused}, {@code
   *     down}
   * @param lastChangeAt RFC 3339, or empty when no change came yet
   * @param reason why it is not streaming, for a person; empty when it is
   */
  public record LinkStatus(
      String from,
      String to,
      String state,
      long pendingChanges,
      long pendingBytes,
      LagMillis lagMs,
      long stalenessMs,
      long appliedSeq,
      String lastChangeAt,
      long bytesIn,
      long retries,
      String reason,
      LinkDetail detail) {}

  /**
   * Lag of the changes of the last minute.
   *
   * @param window how many changes the figures are of; 0 when none came
   */
  public record LagMillis(double p50, double p95, double p99, double p999, long window) {}

  public record WalStatus(
      long lastLsn,
      long durableLsn,
      long checkpointLsn,
      int segments,
      long bytes,
      ForceMillis fsyncMs) {}

  public record ForceMillis(double p50, double p99) {}

  /**
   * @param owner the region that it belongs to
   * @param oldestAt RFC 3339: since when the oldest is held
   */
  public record HintStatus(String owner, long changes, long bytes, String oldestAt) {}

  /**
   * @param open wait for a client to decide, about a second old
   * @param total that are remembered, decided or not
   */
  public record ConflictCounts(long open, long total) {}
}
