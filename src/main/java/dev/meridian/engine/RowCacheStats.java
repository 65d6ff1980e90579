package dev.meridian.engine;

/**
 * The cache of documents read from tables.
 *
 * @param bytes of heap, about
 */
public record RowCacheStats(
    long bytes, long limitBytes, long rows, long hits, long misses, long evictions) {}
