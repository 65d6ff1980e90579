package dev.meridian.clock;

/**
 * One event: the {@code sequence}-th change of {@code origin} (Preguiça et al., "Dotted Version
 * Vectors", 2012). Sequences of an origin are dense: 1, 2, 3…
 */
public record Dot(ReplicaId origin, long sequence) {

  public Dot {
    if (sequence < 1) {
      throw new IllegalArgumentException("sequences start at 1: " + sequence);
    }
  }

  @Override
  public String toString() {
    return origin + ":" + sequence;
  }
}
