package dev.meridian.coordinator;

import java.util.List;
import java.util.Optional;

/** The cluster for those who watch it. Never blocks. */
public interface ClusterView {

  /** This region's status, now. */
  ClusterStatus status();

  /**
   * Every region of the cluster, this one first, each with the newest report it gave of itself. The
   * reports of peers are asked for about once a second.
   */
  List<RegionReport> reports();

  /**
   * @param status empty when the region has not answered since this node started
   * @param ageMillis how old the report is
   * @param reachable false when the last attempt to reach the region failed
   */
  record RegionReport(
      ClusterStatus.RegionStatus region,
      Optional<ClusterStatus> status,
      long ageMillis,
      boolean reachable) {}
}
