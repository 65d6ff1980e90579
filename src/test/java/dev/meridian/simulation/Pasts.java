package dev.meridian.simulation;

import dev.meridian.clock.ClockDriftException;
import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionVector;
import dev.meridian.replication.OwnPast;
import dev.meridian.replication.Replication;
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

  /** Of the regions that wait for answers, the life that asked. */
  private final Map<ReplicaId, Replication> asking = new HashMap<>();

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
    if (unasked.contains(id)) {
      ask(id);
    }
    return !unasked.contains(id)
        && cluster.engine(id).vector().covers(wanted.getOrDefault(id, VersionVector.EMPTY));
  }

  private void ask(ReplicaId id) {
    Replication life = cluster.node(id);
    if (asking.get(id) == life) {
      return;
    }
    asking.put(id, life);
    life.ownPastKnownByAllPeers()
        .whenComplete(
            (known, unreachable) -> {
              if (asking.remove(id, life) && unreachable == null) {
                knows(id, known);
              }
            });
  }

  /** As a node, it stamps nothing before its own clock comes near what it had promised. */
  private void knows(ReplicaId id, OwnPast known) {
    try {
      if (sabotage != Sabotage.PROMISES_ARE_FORGOTTEN) {
        cluster.data(id).clock().observe(known.promised());
      }
    } catch (ClockDriftException farAhead) {
      return;
    }
    unasked.remove(id);
    if (sabotage != Sabotage.FILLING_IS_NOT_AWAITED) {
      wanted.merge(id, known.all(), VersionVector::merge);
    }
  }
}
