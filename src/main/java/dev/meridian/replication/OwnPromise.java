package dev.meridian.replication;

import dev.meridian.engine.StorageEngine;
import dev.meridian.env.WallClock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongPredicate;

/**
 * This region's newest promise. One at a time is asked of the engine, for all who want one, and not
 * more often than is of use. Thread-safe.
 */
final class OwnPromise {

  private final StorageEngine engine;
  private final WatermarkTable watermarks;
  private final WallClock clock;
  private final long minGapNanos;
  private final LongPredicate complete;
  private final Runnable renewed;
  private final AtomicBoolean underWay = new AtomicBoolean();
  private volatile long askedNanos;

  /**
   * @param minGap between two promises
   * @param complete whether this many own changes are all that this region made, as far as peers
   *     said. One that lost its disk must not promise before it has its own past back
   * @param renewed called after each answer, also when there is no promise to be had
   */
  OwnPromise(
      StorageEngine engine,
      WatermarkTable watermarks,
      WallClock clock,
      Duration minGap,
      LongPredicate complete,
      Runnable renewed) {
    this.engine = engine;
    this.watermarks = watermarks;
    this.clock = clock;
    this.minGapNanos = minGap.toNanos();
    this.complete = complete;
    this.renewed = renewed;
    this.askedNanos = clock.nanos() - minGapNanos;
  }

  /** Asks for a promise, unless the last one is fresh or one is being asked for. */
  void want() {
    long now = clock.nanos();
    if (now - askedNanos < minGapNanos || !underWay.compareAndSet(false, true)) {
      return;
    }
    askedNanos = now;
    engine
        .promise()
        .whenComplete(
            (promise, failure) -> {
              underWay.set(false);
              if (failure == null && complete.test(promise.sequence())) {
                watermarks.promised(promise, now, engine.vector());
              }
              renewed.run();
            });
  }
}
