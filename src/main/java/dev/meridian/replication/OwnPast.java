package dev.meridian.replication;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionVector;
import dev.meridian.cluster.PeerPast;
import dev.meridian.cluster.Region;
import dev.meridian.cluster.Topology;
import dev.meridian.cluster.Transport;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * What peers know of a region's own past, and of all. More changes than are here mean that this
 * region lost its disk, or got an old one back: it must have them again before it makes new ones,
 * or two changes would share a dot; and it must stamp none before what it promised, or what others
 * read as of then would change.
 *
 * @param changes that it made
 * @param promised it promised to make no more changes up to this
 * @param all changes of any region that a peer has
 */
public record OwnPast(long changes, HlcTimestamp promised, VersionVector all) {

  private static final OwnPast NONE = new OwnPast(0, HlcTimestamp.ZERO, VersionVector.EMPTY);

  /** As far as peers can be reached. */
  public static CompletionStage<OwnPast> knownByPeers(Topology topology, Transport transport) {
    ReplicaId self = topology.self().id();
    return known(
        topology,
        peer ->
            transport
                .askPast(peer)
                .thenApply(past -> of(self, past))
                .exceptionally(unreachable -> NONE));
  }

  /** The same; fails while any peer cannot be reached. */
  public static CompletionStage<OwnPast> knownByAllPeers(Topology topology, Transport transport) {
    ReplicaId self = topology.self().id();
    return known(topology, peer -> transport.askPast(peer).thenApply(past -> of(self, past)));
  }

  private static CompletionStage<OwnPast> known(
      Topology topology, Function<Region, CompletionStage<OwnPast>> ask) {
    CompletableFuture<OwnPast> most = CompletableFuture.completedFuture(NONE);
    for (Region peer : topology.peers()) {
      most = most.thenCombine(ask.apply(peer), OwnPast::max);
    }
    return most;
  }

  private static OwnPast of(ReplicaId self, PeerPast past) {
    return new OwnPast(past.applied().get(self), past.promised(), past.applied());
  }

  private OwnPast max(OwnPast other) {
    return new OwnPast(
        Math.max(changes, other.changes),
        HlcTimestamp.max(promised, other.promised),
        all.merge(other.all));
  }

  /** True when this region never was, as far as the peers can tell. */
  public boolean isNone() {
    return changes == 0 && promised.equals(HlcTimestamp.ZERO);
  }
}
