package dev.meridian.wal;

/**
 * How the log's forces went.
 *
 * @param forces since the log was opened
 * @param records made durable by them
 * @param p50Millis half of the recent forces took at most this long
 * @param p99Millis nearly all of the recent forces took at most this long
 * @param maxMillis the longest of the recent forces
 * @param p50Batch half of the recent forces made at most so many records durable
 * @param maxBatch the most records that one of the recent forces made durable
 */
public record ForceStats(
    long forces,
    long records,
    double p50Millis,
    double p99Millis,
    double maxMillis,
    long p50Batch,
    long maxBatch) {}
