package dev.meridian.coordinator;

import dev.meridian.clock.VersionVector;
import dev.meridian.cluster.Region;
import dev.meridian.env.WallClock;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/**
 * Mends replicas that a quorum read found behind, after its answer: they are told what they should
 * have and fetch it from here if their links do not bring it. At a bounded rate; what is beyond it
 * is left to replication, and counted. Thread-safe.
 */
final class Mender {

  /** Repairs a second, and how many at once after a pause. */
  static final int MAX_PER_SECOND = 100;

  private static final long INTERVAL_NANOS = 1_000_000_000L / MAX_PER_SECOND;
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private final ReplicaClient peers;
  private final WallClock clock;
  private final LongAdder mended = new LongAdder();
  private final LongAdder skipped = new LongAdder();
  private long freeAtNanos;

  Mender(ReplicaClient peers, WallClock clock) {
    this.peers = peers;
    this.clock = clock;
    this.freeAtNanos = clock.nanos() - INTERVAL_NANOS * MAX_PER_SECOND;
  }

  void mend(Region stale, VersionVector wanted) {
    if (!mayNow()) {
      skipped.increment();
      return;
    }
    peers
        .cover(stale, wanted, TIMEOUT)
        .whenComplete(
            (vector, failure) -> {
              if (failure == null && vector.covers(wanted)) {
                mended.increment();
              } else {
                skipped.increment();
              }
            });
  }

  private synchronized boolean mayNow() {
    long now = clock.nanos();
    long earliest = Math.max(freeAtNanos, now - INTERVAL_NANOS * MAX_PER_SECOND);
    if (earliest - now > 0) {
      return false;
    }
    freeAtNanos = earliest + INTERVAL_NANOS;
    return true;
  }

  long mended() {
    return mended.sum();
  }

  long skipped() {
    return skipped.sum();
  }
}
