package dev.meridian.simulation;

import dev.meridian.clock.ReplicaId;
import dev.meridian.cluster.LinkFault;
import dev.meridian.document.FailureCode;
import dev.meridian.document.StoreFailure;
import dev.meridian.simulation.SimulatedNetwork.Way;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * What happens to a cluster: cuts in one direction or both, lost, late, repeated and overtaking
 * messages, regions that stop or lose power in the middle of something and come back with another
 * clock, disks that are full.
 */
public final class Weather {

  /** Until all is equal: what a clock far ahead stamped is taken when others come near it. */
  private static final Duration LONGEST = Duration.ofMinutes(3);

  private static final Duration SECOND = Duration.ofSeconds(1);

  private final SimulatedCluster cluster;
  private final RandomGenerator random;

  public Weather(SimulatedCluster cluster) {
    this.cluster = cluster;
    this.random = cluster.random();
  }

  /** Any region, up or down. */
  public ReplicaId anyRegion() {
    return cluster.ids().get(random.nextInt(cluster.ids().size()));
  }

  /** One thing gets worse or better. */
  public void change() {
    ReplicaId one = anyRegion();
    ReplicaId two = anyRegion();
    switch (random.nextInt(16)) {
      case 0, 1 -> cut(one, two);
      case 2, 3, 4 -> cluster.network().heal(new Way(one, two));
      case 5 -> cluster.network().breakStreams(new Way(one, two));
      case 6, 13, 14 -> {
        if (cluster.runs(one)) {
          end(one);
        }
      }
      case 7, 8 -> {
        setClocksOfThoseThatAreDown();
        startAll();
      }
      case 9 -> cluster.faults(one).set(two, fault(), directions(), SECOND);
      case 10 -> cluster.faults(one).clear(two);
      case 11 -> cluster.engine(one).refuse(Optional.of(diskFull()));
      case 12 -> cluster.engine(one).refuse(Optional.empty());
      default -> cluster.network().disorder(random.nextBoolean() ? 0 : random.nextInt(20));
    }
  }

  /** In one direction, or in both. */
  void cut(ReplicaId one, ReplicaId two) {
    cluster.network().cut(new Way(one, two), random.nextBoolean());
    if (random.nextBoolean()) {
      cluster.network().cut(new Way(two, one), random.nextBoolean());
    }
  }

  /** In order, or in the middle of whatever it does. */
  private void end(ReplicaId region) {
    if (random.nextInt(3) == 0) {
      cluster.stop(region);
    } else {
      cluster.crashSoon(region);
    }
  }

  LinkFault fault() {
    return new LinkFault(
        random.nextBoolean(),
        Duration.ofMillis(random.nextInt(300)),
        Duration.ofMillis(random.nextInt(100)),
        random.nextInt(30));
  }

  EnumSet<LinkFault.Direction> directions() {
    return random.nextBoolean()
        ? EnumSet.allOf(LinkFault.Direction.class)
        : EnumSet.of(LinkFault.Direction.values()[random.nextInt(2)]);
  }

  /** What a region says that has no room for more. */
  public static StoreFailure diskFull() {
    return new StoreFailure.Unavailable(FailureCode.STORAGE_FULL, "no space left");
  }

  /** Also back, to before what they had issued. */
  private void setClocksOfThoseThatAreDown() {
    cluster.ids().stream()
        .filter(id -> !cluster.runs(id))
        .forEach(id -> cluster.skew(id, random.nextInt(4_001) - 2_000));
  }

  /** Those that are down, and those whose log failed: they are killed first. */
  void startAll() {
    for (ReplicaId id : cluster.ids()) {
      if (cluster.needsRestart(id)) {
        cluster.kill(id);
      }
      if (!cluster.runs(id)) {
        cluster.start(id);
      }
    }
  }

  /** Ends all faults and waits for the regions to be equal; false when they do not become so. */
  public boolean clear() {
    cluster.run(SimulatedCluster.LONGEST_TO_CRASH);
    cluster.healDisks();
    startAll();
    for (ReplicaId id : cluster.ids()) {
      cluster.ids().stream().filter(peer -> !peer.equals(id)).forEach(cluster.node(id)::resume);
    }
    cluster.network().healAll();
    cluster.network().disorder(0);
    for (ReplicaId id : cluster.ids()) {
      cluster.engine(id).refuse(Optional.empty());
      cluster.ids().forEach(cluster.faults(id)::clear);
    }
    cluster.run(Duration.ofMillis(50)); // writes under way are made
    return cluster.runUntil(LONGEST, cluster::converged);
  }
}
