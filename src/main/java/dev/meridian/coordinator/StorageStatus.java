package dev.meridian.coordinator;

import java.util.List;

/**
 * The disk side of one region at one moment, for the storage page and for metrics. Sizes are bytes,
 * times milliseconds; instants are RFC 3339, empty when there was none yet.
 *
 * @param tables newest first
 * @param damages what was found damaged since the start, newest first, at most {@link #MAX_DAMAGES}
 */
public record StorageStatus(
    LogFigures log,
    MemtableFigures memtable,
    List<TableFigures> tables,
    MergeFigures merge,
    CacheFigures cache,
    DiskFigures disk,
    ScrubFigures scrub,
    List<DamageReport> damages) {

  /** The most damages that are remembered. */
  public static final int MAX_DAMAGES = 100;

  /**
   * @param accepting false: the log failed or is full, writes are refused
   * @param problem why it does not accept, for a person; empty when it does
   * @param checkpointAgeMs time since the newest checkpoint; -1 before the first
   * @param replayBytes of log that a start would read
   * @param forceBuckets how many of the last forces took up to so long; the last has no bound
   * @param batchP50 records that shared a force
   */
  public record LogFigures(
      boolean accepting,
      String problem,
      long lastLsn,
      long durableLsn,
      long checkpointLsn,
      long checkpointAgeMs,
      long replayBytes,
      int segments,
      long bytes,
      double forceP50Ms,
      double forceP99Ms,
      List<Bucket> forceBuckets,
      long forces,
      double batchP50,
      double batchP99) {}

  /**
   * @param upToMs the bucket's upper bound; infinite in the last
   */
  public record Bucket(double upToMs, long count) {}

  /**
   * @param limitBytes at which it is written out
   * @param frozen memtables being written out
   * @param queuedMutations waiting for the writer
   * @param stalls how often the writer waited for a table
   * @param stalledMs how long in sum
   */
  public record MemtableFigures(
      long bytes,
      long limitBytes,
      int frozen,
      int queuedMutations,
      int queueLimit,
      long stalls,
      long stalledMs) {}

  /**
   * @param entries versions in it
   * @param rawBytes of its keys and values before compression
   * @param state {@code serving}, {@code damaged} or {@code rebuilding}
   */
  public record TableFigures(
      String name,
      long entries,
      long bytes,
      long rawBytes,
      long firstLsn,
      long lastLsn,
      String latest,
      String state) {}

  /**
   * @param running whether tables are being merged now
   * @param inputBytes of the running merge; 0 when none runs
   * @param doneBytes of them, read so far
   * @param debtBytes of tables beyond the number at which neighbours are merged
   * @param writeAmplification bytes written to tables for each byte of changes, since the start
   * @param spaceAmplification bytes of tables for each byte of live data; 0 without data
   */
  public record MergeFigures(
      boolean running,
      long inputBytes,
      long doneBytes,
      long debtBytes,
      long merges,
      double writeAmplification,
      double spaceAmplification) {}

  /** The cache of documents read from tables. */
  public record CacheFigures(
      long bytes, long limitBytes, long rows, long hits, long misses, long evictions) {}

  /** The file system that holds the data directory. */
  public record DiskFigures(String directory, long freeBytes, long totalBytes, int openFiles) {}

  /**
   * The check of all bytes at rest.
   *
   * @param state {@code never}, {@code running}, {@code done} or {@code failed}
   * @param damaged files found damaged in this run
   */
  public record ScrubFigures(
      String state,
      String startedAt,
      String finishedAt,
      long doneBytes,
      long totalBytes,
      int damaged) {}

  /**
   * @param state {@code out-of-service}, {@code rebuilding}, {@code rebuilt} or {@code unrepaired}
   */
  public record DamageReport(String at, String file, long offset, String what, String state) {}
}
