package dev.meridian.coordinator;

import dev.meridian.clock.ReplicaId;
import dev.meridian.cluster.Region;
import dev.meridian.cluster.RegionState;
import dev.meridian.cluster.Topology;
import dev.meridian.document.CollectionName;
import dev.meridian.replication.Replication;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which regions hold a collection, and how they are. Every region holds every collection, until
 * placement says otherwise: here is where it would. Thread-safe.
 */
final class Replicas {

  private final Topology topology;
  private final Replication replication;

  Replicas(Topology topology, Replication replication) {
    this.topology = topology;
    this.replication = replication;
  }

  ReplicaId self() {
    return topology.self().id();
  }

  /** The other regions that hold it. */
  List<Region> peers(CollectionName collection) {
    return topology.peers();
  }

  Set<ReplicaId> peerIds(CollectionName collection) {
    return peers(collection).stream().map(Region::id).collect(Collectors.toUnmodifiableSet());
  }

  /** How many regions hold it, this one included. */
  int count(CollectionName collection) {
    return peers(collection).size() + 1;
  }

  /** So many of them are more than half. */
  int majority(CollectionName collection) {
    return count(collection) / 2 + 1;
  }

  /** Those that may answer, the most promising first: known to be up, then near. */
  List<Region> candidates(CollectionName collection) {
    return peers(collection).stream()
        .filter(peer -> replication.state(peer.id()) != RegionState.DOWN)
        .sorted(
            Comparator.comparing((Region peer) -> replication.state(peer.id()))
                .thenComparingLong(
                    peer -> replication.roundTrips(peer.id()).percentile(0.5, Long.MAX_VALUE)))
        .toList();
  }

  /** How many of the others are known to be up. */
  int up(CollectionName collection) {
    return (int)
        peers(collection).stream()
            .filter(peer -> replication.state(peer.id()) == RegionState.UP)
            .count();
  }

  /** The states of the others, for a person. */
  String states(CollectionName collection) {
    return peers(collection).stream()
        .map(peer -> peer.id() + " is " + replication.state(peer.id()).text())
        .collect(Collectors.joining(", "));
  }

  Region peer(ReplicaId id) {
    return topology.peer(id).orElseThrow();
  }

  Replication replication() {
    return replication;
  }
}
