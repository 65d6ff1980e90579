package dev.meridian.engine;

import java.time.Duration;

/**
 * Bounds of the engine.
 *
 * @param memtableBytes heap of the memtable at which it is written out as a table; twice that is in
 *     use while it is written. Too low: many small tables; too high: a longer start after a crash.
 *     64 KiB to 4 GiB
 * @param cacheBytes heap of the cache of documents read from tables; 0 to 64 GiB
 * @param maxQueuedMutations mutations waiting for the writer; more are refused as overloaded
 * @param maxBatchMutations mutations that share one force of the log
 * @param maxTables when a checkpoint makes more, neighbours are merged
 * @param clockCeiling how far ahead of use the clock's bound is logged. After kill -9 the clock may
 *     run ahead of wall time by up to this; too low: a force each time it is reached. 100 ms to 1
 *     min
 * @param maxClockDrift how far a change's timestamp may lie ahead of this region's wall clock
 * @param operationsPerRecord after so many operations the state of a document's CRDT fields is
 *     recorded, so that reading them needs no more operations than that. Too low: a long text is
 *     written again and again
 * @param keepLogBytes a larger log loses its oldest segments, once tables have what is in them. A
 *     peer that lacks some of that has to copy a region's data anew, and so has this region where a
 *     table that it made of that is damaged
 */
public record EngineSettings(
    long memtableBytes,
    long cacheBytes,
    int maxQueuedMutations,
    int maxBatchMutations,
    int maxTables,
    Duration clockCeiling,
    Duration maxClockDrift,
    int operationsPerRecord,
    long keepLogBytes) {

  private static final long LEAST_QUEUED_BYTES = 16 << 20;
  private static final long LEAST_BATCH_BYTES = 256 << 10;

  /** Heap of mutations waiting for the writer; more are refused as overloaded. */
  long maxQueuedBytes() {
    return Math.max(LEAST_QUEUED_BYTES, memtableBytes);
  }

  /** No more mutations join a batch that has so many bytes: it has to fit into the memtable. */
  long maxBatchBytes() {
    return Math.max(LEAST_BATCH_BYTES, memtableBytes / 8);
  }

  public static EngineSettings defaults() {
    return new EngineSettings(
        64L << 20,
        64L << 20,
        65_536,
        4_096,
        8,
        Duration.ofSeconds(3),
        Duration.ofSeconds(60),
        64,
        Long.MAX_VALUE);
  }

  public EngineSettings withMemtableBytes(long bytes) {
    return new EngineSettings(
        bytes,
        cacheBytes,
        maxQueuedMutations,
        maxBatchMutations,
        maxTables,
        clockCeiling,
        maxClockDrift,
        operationsPerRecord,
        keepLogBytes);
  }

  public EngineSettings withCacheBytes(long bytes) {
    return new EngineSettings(
        memtableBytes,
        bytes,
        maxQueuedMutations,
        maxBatchMutations,
        maxTables,
        clockCeiling,
        maxClockDrift,
        operationsPerRecord,
        keepLogBytes);
  }

  public EngineSettings withMaxClockDrift(Duration drift) {
    return new EngineSettings(
        memtableBytes,
        cacheBytes,
        maxQueuedMutations,
        maxBatchMutations,
        maxTables,
        clockCeiling,
        drift,
        operationsPerRecord,
        keepLogBytes);
  }

  public EngineSettings withOperationsPerRecord(int operations) {
    return new EngineSettings(
        memtableBytes,
        cacheBytes,
        maxQueuedMutations,
        maxBatchMutations,
        maxTables,
        clockCeiling,
        maxClockDrift,
        operations,
        keepLogBytes);
  }

  public EngineSettings withKeepLogBytes(long bytes) {
    return new EngineSettings(
        memtableBytes,
        cacheBytes,
        maxQueuedMutations,
        maxBatchMutations,
        maxTables,
        clockCeiling,
        maxClockDrift,
        operationsPerRecord,
        bytes);
  }
}
