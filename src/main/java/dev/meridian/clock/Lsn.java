package dev.meridian.clock;

/**
 * Position of a record in this node's log: 1 for the first record ever, then one more for each.
 * Means nothing on another node.
 */
public record Lsn(long value) implements Comparable<Lsn> {

  /** Before the first record. */
  public static final Lsn NONE = new Lsn(0);

  public Lsn {
    if (value < 0) {
      throw new IllegalArgumentException("negative log position: " + value);
    }
  }

  public Lsn next() {
    return new Lsn(value + 1);
  }

  public boolean isAfter(Lsn other) {
    return value > other.value;
  }

  @Override
  public int compareTo(Lsn other) {
    return Long.compare(value, other.value);
  }

  @Override
  public String toString() {
    return Long.toString(value);
  }
}
