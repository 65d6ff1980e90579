package dev.meridian.simulation;

import dev.meridian.clock.ReplicaId;
import dev.meridian.coordinator.KnownSettings;
import dev.meridian.document.CollectionSettings;
import dev.meridian.engine.CollectionState;
import dev.meridian.engine.EngineSettings;
import dev.meridian.engine.LogStructuredEngine;
import dev.meridian.engine.TableStore;
import dev.meridian.env.Threads;
import dev.meridian.env.WallClock;
import dev.meridian.wal.WalSettings;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/**
 * What of a region outlives its process, in memory: the log on a {@link SimulatedDisk}, tables, the
 * manifest. The real store opens it. Everything in it is small, so that a run of seconds rolls
 * segments, writes tables and merges them.
 */
public final class RegionDisk {

  private static final int PAGE_BYTES = 512;
  private static final long SEGMENT_BYTES = 32 << 10;

  private static final EngineSettings SMALL =
      new EngineSettings(
          16 << 10,
          4 << 20,
          65_536,
          256,
          2,
          Duration.ofSeconds(3),
          Duration.ofSeconds(60),
          8,
          Long.MAX_VALUE);

  private final SimulatedDisk log;
  private final TableStore tables;
  private final MemoryManifestStore manifest;
  private final Function<CollectionState, CollectionSettings> settings;

  /**
   * @param random what a crash does to bytes that were not forced
   */
  public RegionDisk(RandomGenerator random) {
    this(random, Sabotage.NONE);
  }

  RegionDisk(RandomGenerator random, Sabotage sabotage) {
    log = new SimulatedDisk(random, PAGE_BYTES);
    tables = new LossyTableStore(new MemoryTableStore(), entry -> sabotage.loses(entry.kind()));
    manifest = new MemoryManifestStore(sabotage::remembered);
    settings =
        sabotage == Sabotage.SETTINGS_ARE_IGNORED
            ? collection -> CollectionSettings.DEFAULTS
            : new KnownSettings();
    if (sabotage == Sabotage.FORCES_ARE_FORGOTTEN) {
      log.lieAboutForces();
    }
  }

  /**
   * The store of a region over what is here.
   *
   * @param members all regions there are, at least two
   */
  public LogStructuredEngine open(
      ReplicaId region, Set<ReplicaId> members, WallClock wall, Threads threads)
      throws IOException {
    return LogStructuredEngine.open(
        new LogStructuredEngine.Parts(
            region,
            members,
            SMALL,
            WalSettings.defaults().withSegmentBytes(SEGMENT_BYTES),
            log,
            tables,
            manifest,
            settings,
            wall,
            threads,
            Runnable::run,
            progress -> {}));
  }

  public SimulatedDisk log() {
    return log;
  }

  public MemoryManifestStore manifest() {
    return manifest;
  }
}
