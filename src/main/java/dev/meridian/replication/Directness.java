package dev.meridian.replication;

import java.time.Duration;

/**
 * Whether a link counts as direct: it brings its peer's own changes, so that the others need not.
 * Silence for {@code after} ends that, and as long a time of life restores it. A new link counts at
 * once, so that a start does not fetch everything from everyone.
 */
final class Directness {

  private final long afterNanos;
  private long lastHeardNanos;
  private long aliveSinceNanos;
  private boolean alive = true;
  private boolean direct = true;

  Directness(Duration after, long nowNanos) {
    this.afterNanos = after.toNanos();
    this.lastHeardNanos = nowNanos;
  }

  void heard(long nowNanos) {
    lastHeardNanos = nowNanos;
  }

  /** As a new link: it counts at once, and has to prove itself like one. */
  void restart(long nowNanos) {
    lastHeardNanos = nowNanos;
    alive = true;
    direct = true;
  }

  boolean isDirect() {
    return direct;
  }

  /**
   * Judges anew; true when the judgement changed.
   *
   * @param usable false when the link must not be used, whatever comes
   */
  boolean judge(boolean usable, long nowNanos) {
    boolean nowAlive = usable && nowNanos - lastHeardNanos <= afterNanos;
    if (nowAlive && !alive) {
      aliveSinceNanos = nowNanos;
    }
    alive = nowAlive;
    boolean before = direct;
    direct = alive && (direct || nowNanos - aliveSinceNanos >= afterNanos);
    return direct != before;
  }
}
