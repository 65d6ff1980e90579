package dev.meridian.wal;

import dev.meridian.clock.Lsn;

/**
 * A segment of the log.
 *
 * @param firstLsn of the first record it holds or will hold
 * @param context what the log's owner wanted to remember as of just before that record
 * @param bytes size of its file
 */
public record SegmentInfo(Lsn firstLsn, byte[] context, long bytes) {}
