package dev.meridian.simulation;

import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionVector;
import dev.meridian.engine.LogStructuredEngine;
import dev.meridian.env.WallClock;
import dev.meridian.wal.LogDamagedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * The data of one region and the store that serves it, life after life: the production engine over
 * a disk in memory, its workers driven by simulated time. A life ends in order or by a crash.
 */
final class SimulatedRegion {

  private static final int MOST_OPERATIONS_TO_CRASH = 60;

  /** Somewhat more than a segment of the log. */
  private static final int MOST_ROOM_BYTES = 48 << 10;

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
  private boolean diskFails;
  private boolean logIsWhole;

  /** How a life begins. */
  enum Beginning {
    /** With all that the last one showed. */
    AS_IT_WAS,
    /** Something in the middle of the log cannot be read any more. */
    WITH_A_GAP,
    /** The log was refused, and moved aside as it told. */
    WITH_NOTHING
  }

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
    logIsWhole = true;
    open = false;
    open(wall);
  }

  /** Opens the store unless it is. */
  Beginning open(WallClock wall) {
    if (open) {
      return Beginning.AS_IT_WAS;
    }
    threads = new SimulatedThreads(time, random);
    try {
      engine = disk.open(id, members, wall, threads);
    } catch (LogDamagedException refused) {
      if (logIsWhole) {
        throw new UncheckedIOException(refused);
      }
      replaceDisk(wall);
      return Beginning.WITH_NOTHING;
    } catch (IOException refused) {
      throw new UncheckedIOException(refused);
    }
    store = new RefusingStore(engine, time, sabotage);
    open = true;
    if (!logIsWhole && engine.hasLogGap()) {
      return Beginning.WITH_A_GAP;
    }
    if (!engine.vector().covers(shown)) {
      throw new AssertionError(id + " showed " + shown + " and has " + engine.vector());
    }
    return Beginning.AS_IT_WAS;
  }

  /**
   * Of a region that is down one bit of the log changes. Its tables are in memory and keep what
   * they have.
   *
   * @return the file; empty when no bit changed
   */
  Optional<String> rot() {
    Optional<String> file = disk.log().rot();
    logIsWhole &= file.isEmpty();
    return file;
  }

  /** False once a bit of the log changed: then readers of the log may find less than there was. */
  boolean isLogWhole() {
    return logIsWhole;
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
      if (!isAiling()) {
        throw new UncheckedIOException(failed);
      }
    }
    endLife();
  }

  /** Lets the power go within one of the next operations of the disk. */
  void powerOffSoon() {
    disk.log().powerOffAtOperation(1 + random.nextInt(MOST_OPERATIONS_TO_CRASH));
    crashDueNanos = time.nanos() + SimulatedCluster.LONGEST_TO_CRASH.toNanos();
  }

  /** True when it is about to crash, or its disk failed or is about to. */
  boolean isAiling() {
    return isDoomed() || diskFails;
  }

  /** One of the next operations of the disk fails. */
  void failDiskSoon() {
    diskFails = true;
    disk.log().failOperation(1 + random.nextInt(MOST_OPERATIONS_TO_CRASH));
  }

  /** What has not failed yet does not fail any more. */
  void healDisk() {
    diskFails = false;
    disk.log().heal();
  }

  /** From now on the disk takes little more than it has. */
  void fillDisk() {
    disk.log().setCapacity(disk.log().usedBytes() + random.nextInt(MOST_ROOM_BYTES));
  }

  void makeRoom() {
    disk.log().setCapacity(Long.MAX_VALUE);
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

  /** The process is gone; the disk is as it was left. */
  void kill() {
    endLife();
    disk.log().restart();
  }

  private void endLife() {
    shown = engine.vector();
    threads.kill();
    crashDueNanos = Long.MAX_VALUE;
    healDisk();
    open = false;
  }

  LogStructuredEngine engine() {
    return engine;
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
