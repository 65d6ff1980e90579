package dev.meridian.clock;

/**
 * A promise of one origin: every change it stamped at or below {@code hlc} has a sequence of at
 * most {@code sequence}. Whoever has applied that far knows the origin's whole past up to {@code
 * hlc}. It may be passed on by others and stays true for ever.
 */
public record Watermark(ReplicaId origin, HlcTimestamp hlc, long sequence) {

  public Watermark {
    if (sequence < 0) {
      throw new IllegalArgumentException("negative sequence: " + sequence);
    }
  }
}
