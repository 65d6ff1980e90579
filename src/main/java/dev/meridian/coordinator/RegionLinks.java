package dev.meridian.coordinator;

import dev.meridian.clock.ReplicaId;
import dev.meridian.cluster.Region;
import dev.meridian.cluster.Topology;
import dev.meridian.document.FailureCode;
import dev.meridian.document.StoreFailure;
import dev.meridian.replication.Replication;

/** The links that end in this region. Thread-safe. */
public final class RegionLinks implements LinkControl {

  private static final System.Logger LOG = System.getLogger(RegionLinks.class.getName());

  private final Topology topology;
  private final Replication replication;

  public RegionLinks(Topology topology, Replication replication) {
    this.topology = topology;
    this.replication = replication;
  }

  @Override
  public void pause(String peer, boolean paused) {
    ReplicaId id =
        topology.peers().stream()
            .map(Region::id)
            .filter(each -> each.value().equals(peer))
            .findFirst()
            .orElseThrow(
                () ->
                    new StoreFailure.CallerMistake(
                        FailureCode.PEER_NOT_FOUND, "this region has no such peer"));
    if (paused) {
      replication.pause(id);
    } else {
      replication.resume(id);
    }
    LOG.log(System.Logger.Level.INFO, "event=link-control peer={0} paused={1}", id, paused);
  }
}
