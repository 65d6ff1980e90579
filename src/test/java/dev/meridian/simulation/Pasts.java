package dev.meridian.simulation;

import dev.meridian.clock.ClockDriftException;
import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionVector;
import dev.meridian.replication.OwnPast;
import dev.meridian.replication.PastInquiry;
import dev.meridian.replication.Replication;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * What regions that lost data know of what they had: nothing before they asked all their peers, as
 * a node does at its start.
 */
final class Pasts {

  private final SimulatedCluster cluster;
  private final Sabotage sabotage;
  private final Set<ReplicaId> unasked = new HashSet<>();

  private final Map<ReplicaId, Asking> asking = new HashMap<>();

  private final Map<ReplicaId, VersionVector> wanted = new HashMap<>();

  /** What a region asks in one life, and those it asked last. */
  private record Asking(Replication life, PastInquiry inquiry, CompletableFuture<Void> round) {}

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

  /** Once in a life each, until all have answered. */
  private void ask(ReplicaId id) {
    Replication life = cluster.node(id);
    Asking last = asking.get(id);
    boolean first = last == null || last.life() != life;
    if (!first && !last.round().isDone()) {
      return;
    }
    PastInquiry inquiry = first ? life.pastInquiry() : last.inquiry();
    if (inquiry.missing().isEmpty()) {
      knows(id, inquiry.known());
    } else {
      asking.put(id, new Asking(life, inquiry, inquiry.ask().toCompletableFuture()));
    }
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
