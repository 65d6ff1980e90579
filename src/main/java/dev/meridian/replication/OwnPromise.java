package dev.meridian.replication;

import dev.meridian.clock.Watermark;
import dev.meridian.engine.StorageEngine;
import dev.meridian.env.WallClock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * This region's newest promise. One at a time is asked of the engine, for all who want one, and not
 * more often than is of use. Thread-safe.
 */
final class OwnPromise {

  private final StorageEngine engine;
  private final WatermarkTable watermarks;
  private final WallClock clock;
  private final long minGapNanos;
  private final Runnable renewed;
  private final AtomicBoolean underWay = new AtomicBoolean();
  private volatile long askedNanos;

  /**
   * @param minGap between two promises
   * @param renewed called after each answer, also when there is no promise to be had
   */
  OwnPromise(
      StorageEngine engine,
      WatermarkTable watermarks,
      WallClock clock,
      Duration minGap,
      Runnable renewed) {
    this.engine = engine;
    this.watermarks = watermarks;
    this.clock = clock;
    this.minGapNanos = minGap.toNanos();
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
              if (failure == null) {
                kept(promise);
              }
              renewed.run();
            });
  }

  private void kept(Watermark promise) {
    watermarks.promised(promise, engine.vector());
  }
}
