package dev.meridian.replication;

import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionVector;
import dev.meridian.cluster.PeerProgress;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What every region has, and of which no region can send anything it made without knowing it
 * (causal stability: Baquero, Almeida and Shoker, "Making operation-based CRDTs operation-based",
 * 2014). What a peer says it has counts once all is here that it had made by then. Any thread.
 */
final class StableCut {

  private final Map<ReplicaId, Said> peers = new HashMap<>();

  /** What a peer said last, and what counts of what it said before. */
  private static final class Said {
    private Optional<PeerProgress> waiting = Optional.empty();
    private VersionVector counts = VersionVector.EMPTY;
  }

  StableCut(Collection<ReplicaId> peers) {
    peers.forEach(peer -> this.peers.put(peer, new Said()));
  }

  /**
   * @param here what this region has
   */
  synchronized void said(ReplicaId peer, PeerProgress progress, VersionVector here) {
    Said said = peers.get(peer);
    if (said == null) {
      return;
    }
    if (!progress.applied().covers(said.counts)) { // it lost some of it
      said.counts = VersionVector.EMPTY;
      said.waiting = Optional.empty();
    }
    settle(peer, said, here);
    if (said.waiting.isEmpty()) { // or, while it writes, none would ever be reached
      said.waiting = Optional.of(progress);
      settle(peer, said, here);
    }
  }

  private static void settle(ReplicaId peer, Said said, VersionVector here) {
    if (said.waiting.isPresent() && here.get(peer) >= said.waiting.get().applied().get(peer)) {
      said.counts = said.waiting.get().known();
      said.waiting = Optional.empty();
    }
  }

  /**
   * @param here what this region has
   */
  synchronized VersionVector cut(VersionVector here) {
    VersionVector cut = here;
    for (Map.Entry<ReplicaId, Said> peer : peers.entrySet()) {
      settle(peer.getKey(), peer.getValue(), here);
      cut = cut.meet(peer.getValue().counts);
    }
    return cut;
  }
}
