package dev.meridian.cluster;

import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionVector;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** This region and its peers, as set up. */
public record Topology(Region self, List<Region> peers) {

  public Topology {
    if (peers.size() + 1 > VersionVector.MAX_ORIGINS) {
      throw new IllegalArgumentException(
          "a cluster has at most " + VersionVector.MAX_ORIGINS + " regions");
    }
    long names = peers.stream().map(Region::id).distinct().count();
    if (names != peers.size() || peers.stream().anyMatch(p -> p.id().equals(self.id()))) {
      throw new IllegalArgumentException("every region of a cluster has a name of its own");
    }
  }

  /** All regions, this one too. */
  public Set<ReplicaId> members() {
    return Stream.concat(Stream.of(self), peers.stream())
        .map(Region::id)
        .collect(Collectors.toUnmodifiableSet());
  }

  public Optional<Region> peer(ReplicaId id) {
    return peers.stream().filter(peer -> peer.id().equals(id)).findFirst();
  }
}
