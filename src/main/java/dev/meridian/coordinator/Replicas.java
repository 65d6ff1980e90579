package dev.meridian.coordinator;

import dev.meridian.clock.ReplicaId;
import dev.meridian.cluster.Region;
import dev.meridian.cluster.Topology;
import dev.meridian.document.Placement;
import dev.meridian.replication.Replication;
import java.util.List;

/** The regions of the cluster, and the sets of them that hold something. Thread-safe. */
final class Replicas {

  private final Topology topology;
  private final Replication replication;
  private final ReplicaSet all;

  Replicas(Topology topology, Replication replication) {
    this.topology = topology;
    this.replication = replication;
    this.all = new ReplicaSet(true, topology.peers(), topology.peers().size() + 1, replication);
  }

  ReplicaId self() {
    return topology.self().id();
  }

  /** Every region: all of them know of every version. */
  ReplicaSet all() {
    return all;
  }

  /** The regions that hold bodies of this placement. */
  ReplicaSet of(Placement placement) {
    if (placement.isEverywhere()) {
      return all;
    }
    List<Region> peers =
        topology.peers().stream().filter(peer -> placement.holds(peer.id())).toList();
    return new ReplicaSet(placement.holds(self()), peers, placement.regions().size(), replication);
  }

  boolean isPeer(ReplicaId id) {
    return topology.peer(id).isPresent();
  }

  Region peer(ReplicaId id) {
    return topology.peer(id).orElseThrow();
  }

  Replication replication() {
    return replication;
  }
}
