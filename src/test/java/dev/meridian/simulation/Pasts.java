package dev.meridian.simulation;

import dev.meridian.clock.ClockDriftException;
import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionVector;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What regions that lost data know of what they had: nothing before they asked all their peers, as
 * a node does at its start.
 */
final class Pasts {

  private final SimulatedCluster cluster;
  private final Sabotage sabotage;
  private final Set<ReplicaId> unasked = new HashSet<>();
  private final Map<ReplicaId, VersionVector> wanted = new HashMap<>();

  Pasts(SimulatedCluster cluster, Sabotage sabotage) {
    this.cluster = cluster;
    this.sabotage = sabotage;
  }

  /** A region does not know any more what it had. */
  void lost(ReplicaId id) {
    unasked.add(id);
  }

  /** A region's log has a gap; what stands behind it is its own. */
  void lostSome(ReplicaId id) {
    if (sabotage == Sabotage.GAPS_ARE_NOT_FILLED) {
      return;
    }
    unasked.add(id);
    long own = cluster.data(id).salvaged(id);
    if (own > 0) {
      wanted.merge(id, VersionVector.of(id, own), VersionVector::merge);
    }
  }

  /** Whether a region runs and has all it ever had, and all that its peers had when it asked. */
  boolean has(ReplicaId id) {
    if (!cluster.runs(id)) {
      return false;
    }
    if (unasked.contains(id) && cluster.ids().stream().allMatch(cluster::runs)) {
      ask(id);
    }
    return !unasked.contains(id)
        && cluster.engine(id).vector().covers(wanted.getOrDefault(id, VersionVector.EMPTY));
  }

  /** As a node, it stamps nothing before its own clock comes near what it had promised. */
  private void ask(ReplicaId id) {
    try {
      if (sabotage != Sabotage.PROMISES_ARE_FORGOTTEN) {
        cluster.data(id).clock().observe(promised(id));
      }
    } catch (ClockDriftException farAhead) {
      return;
    }
    unasked.remove(id);
    if (sabotage == Sabotage.FILLING_IS_NOT_AWAITED) {
      return;
    }
    for (ReplicaId peer : cluster.ids()) {
      wanted.merge(id, cluster.engine(peer).vector(), VersionVector::merge);
    }
  }

  private HlcTimestamp promised(ReplicaId id) {
    HlcTimestamp newest = HlcTimestamp.ZERO;
    for (ReplicaId peer : cluster.ids()) {
      HlcTimestamp told = cluster.node(peer).promised().getOrDefault(id, HlcTimestamp.ZERO);
      newest = HlcTimestamp.max(newest, told);
    }
    return newest;
  }
}
