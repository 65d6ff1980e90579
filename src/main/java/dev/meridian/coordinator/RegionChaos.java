package dev.meridian.coordinator;

import dev.meridian.clock.ReplicaId;
import dev.meridian.cluster.LinkFaults;
import dev.meridian.cluster.Region;
import dev.meridian.cluster.Topology;
import dev.meridian.document.FailureCode;
import dev.meridian.document.StoreFailure;
import dev.meridian.env.Scheduler;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Consumer;

/** Puts faults on this region's links and its clock, if that is allowed at all. Thread-safe. */
public final class RegionChaos implements Chaos {

  private static final System.Logger LOG = System.getLogger(RegionChaos.class.getName());

  private final Topology topology;
  private final LinkFaults faults;
  private final boolean enabled;
  private final Consumer<Duration> shiftWall;
  private final Scheduler scheduler;
  private Scheduler.Timer clockIsRight = () -> {};
  private long clockFaults;

  /**
   * @param shiftWall lets this process's wall clock be so much after the host's
   */
  public RegionChaos(
      Topology topology,
      LinkFaults faults,
      boolean enabled,
      Consumer<Duration> shiftWall,
      Scheduler scheduler) {
    this.topology = topology;
    this.faults = faults;
    this.enabled = enabled;
    this.shiftWall = shiftWall;
    this.scheduler = scheduler;
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

  @Override
  public synchronized ClockFault setClock(ClockFault fault) {
    requireEnabled();
    shift(fault.offset());
    long number = ++clockFaults;
    clockIsRight = scheduler.after(fault.duration(), () -> end(number));
    return fault;
  }

  @Override
  public void clearClock() {
    requireEnabled();
    shift(Duration.ZERO);
  }

  /** A timer may come too late to be stopped. */
  private synchronized void end(long number) {
    if (number == clockFaults) {
      shift(Duration.ZERO);
    }
  }

  private synchronized void shift(Duration offset) {
    clockIsRight.cancel();
    shiftWall.accept(offset);
    LOG.log(
        System.Logger.Level.WARNING,
        "event=chaos clock offsetMs={0}",
        Long.toString(offset.toMillis()));
  }

  @Override
  public void requireEnabled() {
    if (!enabled) {
      throw new StoreFailure.CallerMistake(
          FailureCode.CHAOS_DISABLED,
          "faults are not allowed here; they are with meridian.chaos.enabled=true");
    }
  }

  private ReplicaId peer(String name) {
    requireEnabled();
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
