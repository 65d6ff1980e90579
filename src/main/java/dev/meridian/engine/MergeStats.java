package dev.meridian.engine;

/**
 * How merging stands.
 *
 * @param inputBytes of the running merge, uncompressed; 0 when none runs
 * @param doneBytes of them
 * @param debtBytes of tables beyond the number at which neighbours are merged
 * @param merges since the start
 * @param flushedBytes of changes, uncompressed, that became tables since the start
 * @param writtenBytes of tables written since the start, merges included
 */
public record MergeStats(
    boolean running,
    long inputBytes,
    long doneBytes,
    long debtBytes,
    long merges,
    long flushedBytes,
    long writtenBytes) {}
