package dev.meridian.coordinator;

import dev.meridian.coordinator.StorageStatus.Bucket;
import dev.meridian.coordinator.StorageStatus.CacheFigures;
import dev.meridian.coordinator.StorageStatus.DamageReport;
import dev.meridian.coordinator.StorageStatus.DiskFigures;
import dev.meridian.coordinator.StorageStatus.LogFigures;
import dev.meridian.coordinator.StorageStatus.MemtableFigures;
import dev.meridian.coordinator.StorageStatus.MergeFigures;
import dev.meridian.coordinator.StorageStatus.ScrubFigures;
import dev.meridian.coordinator.StorageStatus.TableFigures;
import dev.meridian.engine.CollectionState;
import dev.meridian.engine.Damage;
import dev.meridian.engine.EngineStats;
import dev.meridian.engine.LogStructuredEngine;
import dev.meridian.engine.MergeStats;
import dev.meridian.engine.RowCacheStats;
import dev.meridian.engine.ScrubStats;
import dev.meridian.engine.TableFile;
import dev.meridian.env.WallClock;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The engine's figures in the words of the storage page. */
public final class RegionStorage implements Storage {

  private final LogStructuredEngine engine;
  private final Path directory;
  private final WallClock wall;

  /**
   * @param directory of the region's data
   */
  public RegionStorage(LogStructuredEngine engine, Path directory, WallClock wall) {
    this.engine = engine;
    this.directory = directory;
    this.wall = wall;
  }

  @Override
  public StorageStatus status() {
    EngineStats stats = engine.stats();
    return new StorageStatus(
        log(stats),
        new MemtableFigures(
            stats.memtableBytes(),
            stats.memtableLimitBytes(),
            stats.frozenMemtables(),
            stats.queuedMutations(),
            stats.queueLimit(),
            stats.stalls(),
            stats.stalledMillis()),
        stats.tables().reversed().stream().map(table -> table(table, stats.damages())).toList(),
        merge(stats),
        cache(stats.cache()),
        disk(stats),
        scrub(stats.scrub()),
        stats.damages().stream().map(RegionStorage::damage).toList());
  }

  @Override
  public void startScrub() {
    engine.startScrub();
  }

  private LogFigures log(EngineStats stats) {
    EngineStats.Forces forces = stats.forces();
    List<Bucket> buckets = new ArrayList<>();
    for (int i = 0; i < forces.buckets().size(); i++) {
      double upTo =
          i < forces.bucketMillis().size()
              ? forces.bucketMillis().get(i)
              : Double.POSITIVE_INFINITY;
      buckets.add(new Bucket(upTo, forces.buckets().get(i)));
    }
    long age = stats.checkpointMillis() == 0 ? -1 : wall.millis() - stats.checkpointMillis();
    return new LogFigures(
        stats.accepting(),
        stats.accepting() ? "" : "the log could not be written; a restart is needed",
        stats.lastLsn().value(),
        stats.durableLsn().value(),
        stats.checkpoint().value(),
        age,
        stats.replayBytes(),
        stats.segments(),
        stats.logBytes(),
        forces.p50Millis(),
        forces.p99Millis(),
        buckets,
        forces.count(),
        forces.p50Batch(),
        forces.p99Batch());
  }

  private static TableFigures table(TableFile table, List<Damage> damages) {
    String state =
        damages.stream()
            .filter(damage -> damage.owner().equals(table.name()))
            .findFirst()
            .map(
                damage ->
                    switch (damage.state()) {
                      case REBUILDING -> "rebuilding";
                      case OUT_OF_SERVICE, UNREPAIRED -> "damaged";
                      case REBUILT -> "serving";
                    })
            .orElse("serving");
    return new TableFigures(
        table.name(),
        table.entries(),
        table.bytes(),
        table.rawBytes(),
        table.log().first().value(),
        table.log().last().value(),
        instant(table.latest().millis()),
        state);
  }

  private MergeFigures merge(EngineStats stats) {
    MergeStats merge = stats.merge();
    long live = engine.collections().stream().mapToLong(CollectionState::bytes).sum();
    return new MergeFigures(
        merge.running(),
        merge.inputBytes(),
        merge.doneBytes(),
        merge.debtBytes(),
        merge.merges(),
        ratio(merge.writtenBytes(), merge.flushedBytes()),
        ratio(stats.tableBytes(), live));
  }

  private static double ratio(long part, long whole) {
    return whole == 0 ? 0 : (double) part / whole;
  }

  private static CacheFigures cache(RowCacheStats cache) {
    return new CacheFigures(
        cache.bytes(),
        cache.limitBytes(),
        cache.rows(),
        cache.hits(),
        cache.misses(),
        cache.evictions());
  }

  private DiskFigures disk(EngineStats stats) {
    int files =
        stats.segments() + stats.tables().stream().mapToInt(table -> table.parts().size()).sum();
    try {
      FileStore store = Files.getFileStore(directory);
      return new DiskFigures(
          directory.toAbsolutePath().toString(),
          store.getUsableSpace(),
          store.getTotalSpace(),
          files);
    } catch (IOException unknown) {
      return new DiskFigures(directory.toAbsolutePath().toString(), 0, 0, files);
    }
  }

  private static ScrubFigures scrub(ScrubStats scrub) {
    return new ScrubFigures(
        state(scrub),
        instant(scrub.startedMillis()),
        instant(scrub.finishedMillis()),
        scrub.doneBytes(),
        scrub.totalBytes(),
        scrub.damaged());
  }

  private static String state(ScrubStats scrub) {
    if (scrub.startedMillis() == 0) {
      return "never";
    }
    if (scrub.running()) {
      return "running";
    }
    return scrub.failure().isEmpty() ? "done" : "failed";
  }

  private static DamageReport damage(Damage damage) {
    return new DamageReport(
        instant(damage.atMillis()),
        damage.file(),
        damage.offset(),
        damage.what(),
        switch (damage.state()) {
          case OUT_OF_SERVICE -> "out-of-service";
          case REBUILDING -> "rebuilding";
          case REBUILT -> "rebuilt";
          case UNREPAIRED -> "unrepaired";
        });
  }

  /** RFC 3339; empty for never. */
  private static String instant(long millis) {
    return millis == 0 ? "" : Instant.ofEpochMilli(millis).toString();
  }
}
