package dev.meridian.wal;

import java.util.List;

/**
 * How the log's forces went.
 *
 * @param forces since the log was opened
 * @param records made durable by them
 * @param p50Millis half of the recent forces took at most this long
 * @param p99Millis nearly all of the recent forces took at most this long
 * @param maxMillis the longest of the recent forces
 * @param buckets how many of the recent forces took up to each of {@link #BUCKET_MILLIS}, and in
 *     the end how many took longer
 * @param p50Batch half of the recent forces made at most so many records durable
 * @param p99Batch nearly all of the recent forces made at most so many records durable
 * @param maxBatch the most records that one of the recent forces made durable
 */
public record ForceStats(
    long forces,
    long records,
    double p50Millis,
    double p99Millis,
    double maxMillis,
    List<Long> buckets,
    long p50Batch,
    long p99Batch,
    long maxBatch) {

  /** Upper bounds of the buckets, in milliseconds. */
  public static final List<Double> BUCKET_MILLIS =
      List.of(0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0);
}
