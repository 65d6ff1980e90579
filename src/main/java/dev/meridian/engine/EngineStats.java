package dev.meridian.engine;

import dev.meridian.clock.Lsn;
import dev.meridian.wal.ForceStats;
import java.util.List;

/**
 * Figures of the engine at one moment, for metrics and status.
 *
 * @param checkpointMillis wall time of the newest checkpoint; 0 before the first since the start
 * @param tables oldest first
 * @param stalls how often the writer waited for a table
 * @param stalledMillis how long in sum, pauses included
 */
public record EngineStats(
    boolean accepting,
    Lsn lastLsn,
    Lsn durableLsn,
    Lsn checkpoint,
    long checkpointMillis,
    int segments,
    long logBytes,
    long replayBytes,
    Forces forces,
    int queuedMutations,
    int queueLimit,
    long queuedBytes,
    long queueLimitBytes,
    int waitingReaders,
    long memtableBytes,
    long memtableLimitBytes,
    int frozenMemtables,
    long stalls,
    long stalledMillis,
    List<TableFile> tables,
    MergeStats merge,
    RowCacheStats cache,
    ScrubStats scrub,
    List<Damage> damages) {

  /**
   * How the log's forces went lately.
   *
   * @param count since the start
   * @param bucketMillis upper bounds of the buckets
   * @param buckets how many took up to each of the bounds, and in the end how many took longer
   * @param p50Batch records that shared a force
   */
  public record Forces(
      long count,
      double p50Millis,
      double p99Millis,
      List<Double> bucketMillis,
      List<Long> buckets,
      long p50Batch,
      long p99Batch) {

    static Forces of(ForceStats stats) {
      return new Forces(
          stats.forces(),
          stats.p50Millis(),
          stats.p99Millis(),
          ForceStats.BUCKET_MILLIS,
          stats.buckets(),
          stats.p50Batch(),
          stats.p99Batch());
    }
  }

  public long tableBytes() {
    return tables.stream().mapToLong(TableFile::bytes).sum();
  }
}
