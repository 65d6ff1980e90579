package dev.meridian.simulation;

import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionVector;
import dev.meridian.engine.LogStructuredEngine;
import dev.meridian.env.WallClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Set;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * The data of one region and the store that serves it, life after life: the production engine over
 * a disk in memory, its workers driven by simulated time. A life ends in order or by a crash.
 */
final class SimulatedRegion {

  private static final int MOST_OPERATIONS_TO_CRASH = 60;

  private final ReplicaId id;
  private final Set<ReplicaId> members;
  private final SimulatedTime time;
  private final RandomGenerator random;
  private final Sabotage sabotage;
  private RegionDisk disk;
  private SimulatedThreads threads;
  private LogStructuredEngine engine;
  private RefusingStore store;
  private boolean open;
  private long crashDueNanos = Long.MAX_VALUE;

  /** What the last life showed to anyone; a later one may not show less. */
  private VersionVector shown = VersionVector.EMPTY;

  /**
   * @param members all regions there are, this one too
   */
  SimulatedRegion(
      ReplicaId id,
      Set<ReplicaId> members,
      WallClock wall,
      SimulatedTime time,
      RandomGenerator random,
      Sabotage sabotage) {
    this.id = id;
    this.members = members;
    this.time = time;
    this.random = random;
    this.sabotage = sabotage;
    replaceDisk(wall);
  }

  /** Everything is lost; the store is open and empty. */
  void replaceDisk(WallClock wall) {
    disk = new RegionDisk(random, sabotage);
    shown = VersionVector.EMPTY;
    open = false;
    open(wall);
  }

  /** Opens the store unless it is. */
  void open(WallClock wall) {
    if (open) {
      return;
    }
    threads = new SimulatedThreads(time, random);
    try {
      engine = disk.open(id, members, wall, threads);
    } catch (IOException refused) {
      throw new UncheckedIOException(refused);
    }
    store = new RefusingStore(engine, time, sabotage);
    open = true;
    if (!engine.vector().covers(shown)) {
      throw new AssertionError(id + " showed " + shown + " and has " + engine.vector());
    }
  }

  /**
   * As a node does.
   *
   * @param cut below which every region has all there is
   */
  void collectBelow(Supplier<VersionVector> cut) {
    engine.collectBelow(sabotage == Sabotage.EVERYTHING_SEEMS_STABLE ? engine::vector : cut);
  }

  /** An orderly stop. */
  void close() {
    try {
      engine.close();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
    endLife();
  }

  /** Lets the power go within one of the next operations of the disk. */
  void powerOffSoon() {
    disk.log().powerOffAtOperation(1 + random.nextInt(MOST_OPERATIONS_TO_CRASH));
    crashDueNanos = time.nanos() + SimulatedCluster.LONGEST_TO_CRASH.toNanos();
  }

  void lieAboutForces() {
    disk.log().lieAboutForces();
  }

  /** True when it is about to crash. */
  boolean isDoomed() {
    return open && crashDueNanos < Long.MAX_VALUE;
  }

  /** True once the power is gone: {@link #crash} has to follow. */
  boolean isDown() {
    return isDoomed() && (disk.log().isPowerOff() || time.nanos() >= crashDueNanos);
  }

  /** The process is gone, and with it what was not forced. */
  void crash() {
    endLife();
    disk.log().crash();
  }

  private void endLife() {
    shown = engine.vector();
    threads.kill();
    crashDueNanos = Long.MAX_VALUE;
    open = false;
  }

  RefusingStore store() {
    return store;
  }

  SimulatedThreads threads() {
    return threads;
  }

  MemoryManifestStore manifest() {
    return disk.manifest();
  }
}
