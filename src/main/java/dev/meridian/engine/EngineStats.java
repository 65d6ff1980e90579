package dev.meridian.engine;

import dev.meridian.clock.Lsn;

/** Figures of the engine at one moment, for metrics and status. */
public record EngineStats(
    Lsn lastLsn,
    Lsn durableLsn,
    Lsn checkpoint,
    int segments,
    long logBytes,
    double forceP50Millis,
    double forceP99Millis,
    int queuedMutations,
    int waitingReaders,
    long memtableBytes,
    int tables,
    long tableBytes,
    long stalls) {}
