package dev.meridian.coordinator;

import dev.meridian.clock.ReplicaId;
import dev.meridian.cluster.LinkFaults;
import dev.meridian.cluster.Region;
import dev.meridian.cluster.Topology;
import dev.meridian.document.FailureCode;
import dev.meridian.document.StoreFailure;
import java.util.EnumSet;
import java.util.Set;

/** Puts faults on this region's links, if that is allowed at all. Thread-safe. */
public final class LinkChaos implements Chaos {

  private static final System.Logger LOG = System.getLogger(LinkChaos.class.getName());

  private final Topology topology;
  private final LinkFaults faults;
  private final boolean enabled;

  public LinkChaos(Topology topology, LinkFaults faults, boolean enabled) {
    this.topology = topology;
    this.faults = faults;
    this.enabled = enabled;
  }

  @Override
  public LinkFault set(String peer, LinkFault fault) {
    ReplicaId id = peer(peer);
    faults.set(
        id,
        new dev.meridian.cluster.LinkFault(
            fault.drop(), fault.delay(), fault.jitter(), fault.lossPercent()),
        directions(fault.direction()),
        fault.duration());
    LOG.log(System.Logger.Level.WARNING, "event=chaos peer={0} fault={1}", id, fault);
    return fault;
  }

  @Override
  public void clear(String peer) {
    ReplicaId id = peer(peer);
    faults.clear(id);
    LOG.log(System.Logger.Level.WARNING, "event=chaos peer={0} fault=none", id);
  }

  private ReplicaId peer(String name) {
    if (!enabled) {
      throw new StoreFailure.CallerMistake(
          FailureCode.CHAOS_DISABLED,
          "faults are not allowed here; they are with meridian.chaos.enabled=true");
    }
    return topology.peers().stream()
        .map(Region::id)
        .filter(id -> id.value().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new StoreFailure.CallerMistake(
                    FailureCode.PEER_NOT_FOUND, "this region has no such peer"));
  }

  private static Set<dev.meridian.cluster.LinkFault.Direction> directions(Direction direction) {
    return switch (direction) {
      case BOTH -> EnumSet.allOf(dev.meridian.cluster.LinkFault.Direction.class);
      case IN -> EnumSet.of(dev.meridian.cluster.LinkFault.Direction.IN);
      case OUT -> EnumSet.of(dev.meridian.cluster.LinkFault.Direction.OUT);
    };
  }
}
