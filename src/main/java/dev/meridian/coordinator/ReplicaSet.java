package dev.meridian.coordinator;

import dev.meridian.clock.ReplicaId;
import dev.meridian.cluster.Region;
import dev.meridian.cluster.RegionState;
import dev.meridian.replication.Replication;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Some regions that hold the same, and how they are. Immutable but for that; thread-safe. */
final class ReplicaSet {

  private final boolean here;
  private final List<Region> peers;
  private final int count;
  private final Replication replication;

  /**
   * @param here whether this region is one of them
   * @param peers the others, as far as they are known here
   * @param count how many there are in all
   */
  ReplicaSet(boolean here, List<Region> peers, int count, Replication replication) {
    this.here = here;
    this.peers = List.copyOf(peers);
    this.count = count;
    this.replication = replication;
  }

  /** 1 when this region is one of them, else 0. */
  int own() {
    return here ? 1 : 0;
  }

  /** The other regions among them. */
  List<Region> peers() {
    return peers;
  }

  Set<ReplicaId> peerIds() {
    return peers.stream().map(Region::id).collect(Collectors.toUnmodifiableSet());
  }

  /** How many there are, this one included if it is one. */
  int count() {
    return count;
  }

  /** So many of them are more than half. */
  int majority() {
    return count / 2 + 1;
  }

  /** Those that may answer, the most promising first: known to be up, then near. */
  List<Region> candidates() {
    return peers.stream()
        .filter(peer -> replication.state(peer.id()) != RegionState.DOWN)
        .sorted(
            Comparator.comparing((Region peer) -> replication.state(peer.id()))
                .thenComparingLong(
                    peer -> replication.roundTrips(peer.id()).percentile(0.5, Long.MAX_VALUE)))
        .toList();
  }

  /** The others that are known to be up. */
  List<Region> up() {
    return peers.stream().filter(peer -> replication.state(peer.id()) == RegionState.UP).toList();
  }

  /** The states of the others, for a person. */
  String states() {
    return peers.stream()
        .map(peer -> peer.id() + " is " + replication.state(peer.id()).text())
        .collect(Collectors.joining(", "));
  }
}
