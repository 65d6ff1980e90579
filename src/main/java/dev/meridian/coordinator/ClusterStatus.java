package dev.meridian.coordinator;

import java.util.List;
import java.util.Map;

/**
 * The cluster as one region sees it: the contract's section 9, field for field.
 *
 * @param hlc this region's clock now
 * @param safeTime reads as of any time up to this give the same answer in every region
 * @param mode {@code normal}, or why writes are refused
 * @param regions all regions of the cluster, this one first
 * @param links the links that end here, one per peer
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
    Map<String, Long> vector) {

  /**
   * @param state {@code up}, {@code suspect} or {@code down}
   * @param reason why it is not up, for a person; empty when it is
   * @param since RFC 3339: when it was first seen in this state; empty for the region itself
   * @param hlcDriftMs its wall clock minus ours, as last measured
   */
  public record RegionStatus(
      String id,
      String url,
      String state,
      String reason,
      String since,
      long hlcDriftMs,
      double lat,
      double lon,
      String label) {}

  /**
   * @param state {@code connecting}, {@code streaming}, {@code catching-up}, {@code paused}, {@code
   *     down}
   * @param lastChangeAt RFC 3339, or empty when no change came yet
   * @param reason why it is not streaming, for a person; empty when it is
   * @param lagMs of the last minute
   * @param lag10mMs of the last ten minutes
   * @param slo the objectives for lag, each with how fast its error budget is used
   * @param lagTrendMs 95th percentile of each ten seconds of the last ten minutes, oldest first; -1
   *     where no change came
   * @param clockOffsetMs the peer's wall clock minus ours, too low by at most {@code clockErrorMs}
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
      long changesIn,
      long bytesIn,
      long retries,
      String reason,
      LagMillis lag10mMs,
      List<Objective> slo,
      List<Long> lagTrendMs,
      long clockOffsetMs,
      long clockErrorMs) {}

  /**
   * @param burn1m share of the last minute's changes above the target, over the share that may be:
   *     above 1 the objective is missed
   * @param burn10m the same of the last ten minutes
   */
  public record Objective(String percentile, long targetMs, double burn1m, double burn10m) {}

  /**
   * @param window how many changes the figures are of; 0 when there were none
   */
  public record LagMillis(double p50, double p95, double p99, double p999, int window) {}

  public record WalStatus(
      long lastLsn,
      long durableLsn,
      long checkpointLsn,
      int segments,
      long bytes,
      ForceMillis fsyncMs) {}

  public record ForceMillis(double p50, double p99) {}

  public record ConflictCounts(long open, long total) {}
}
