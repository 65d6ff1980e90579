package dev.meridian.replication;

import dev.meridian.cluster.SteadyTime;

/**
 * How far a peer's steady clock is ahead of ours at most, so that a message tells how long it was
 * under way. The peer read its clock between our question and its answer (Cristian, "Probabilistic
 * Clock Synchronization", 1989): at the question it showed no more than the answer says. What the
 * two clocks may have drifted apart since is added. No wall clock has a part in this. Thread-safe.
 */
final class PeerSteadyClock {

  /** A message of which nothing can be told. */
  static final long UNKNOWN = WatermarkTable.NEVER;

  /** Two clocks of hosts drift apart by less than one part in so many; each has 100 ppm. */
  private static final long DRIFT_PARTS = 5_000;

  private boolean known;
  private long clock;
  private long aheadNanos;
  private long measuredNanos;

  /**
   * A question was answered.
   *
   * @param theirs what the peer's clock showed in between
   * @param askedNanos our time at the question
   * @param answeredNanos our time at the answer
   */
  synchronized void answered(SteadyTime theirs, long askedNanos, long answeredNanos) {
    long ahead = theirs.nanos() - askedNanos;
    long aheadAtLeast = theirs.nanos() - answeredNanos;
    // A host that was suspended, its clock with it, shows less than before for ever after.
    boolean stoodStill = known && aheadAtLeast > aheadAtMost(answeredNanos);
    if (!known || clock != theirs.clock() || ahead <= aheadAtMost(askedNanos) || stoodStill) {
      known = true;
      clock = theirs.clock();
      aheadNanos = ahead;
      measuredNanos = askedNanos;
    }
  }

  /**
   * Our time when a message was sent, at the earliest; {@link #UNKNOWN} while no question was
   * answered by the process that sent it.
   *
   * @param sent what the peer's clock showed; a peer may say anything
   */
  synchronized long sentNanos(SteadyTime sent, long nowNanos) {
    if (!known || clock != sent.clock()) {
      return UNKNOWN;
    }
    long measured = nowNanos - (sent.nanos() - aheadAtMost(nowNanos));
    long travelled = Math.clamp(measured, 0, WatermarkTable.MAX_AGE.toNanos());
    return nowNanos - travelled - travelled / DRIFT_PARTS; // it may be from before the question
  }

  private long aheadAtMost(long nowNanos) {
    return aheadNanos + Math.max(0, nowNanos - measuredNanos) / DRIFT_PARTS;
  }
}
