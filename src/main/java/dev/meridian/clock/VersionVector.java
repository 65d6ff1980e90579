package dev.meridian.clock;

import java.util.Arrays;
import java.util.Collection;
import java.util.StringJoiner;
import java.util.function.ObjLongConsumer;

/**
 * For each origin, how far its changes are known (Parker et al., 1983). An origin that is absent
 * counts as 0. Immutable; sorted by origin, so equal vectors have equal text and bytes.
 *
 * <p>At most {@link #MAX_ORIGINS} origins: the number of regions of a cluster.
 */
public final class VersionVector {

  /** The most regions a cluster can have. */
  public static final int MAX_ORIGINS = 16;

  public static final VersionVector EMPTY = new VersionVector(new ReplicaId[0], new long[0]);

  private final ReplicaId[] origins;
  private final long[] sequences;

  private VersionVector(ReplicaId[] origins, long[] sequences) {
    this.origins = origins;
    this.sequences = sequences;
  }

  public static VersionVector of(ReplicaId origin, long sequence) {
    return EMPTY.with(origin, sequence);
  }

  /** The last known sequence of {@code origin}; 0 when none is. */
  public long get(ReplicaId origin) {
    int at = find(origin);
    return at >= 0 ? sequences[at] : 0;
  }

  public boolean contains(Dot dot) {
    return get(dot.origin()) >= dot.sequence();
  }

  /** True when every entry of {@code other} is known here. */
  public boolean covers(VersionVector other) {
    for (int i = 0; i < other.origins.length; i++) {
      if (get(other.origins[i]) < other.sequences[i]) {
        return false;
      }
    }
    return true;
  }

  /** This vector with {@code origin} at {@code sequence}, whatever it was before. */
  public VersionVector with(ReplicaId origin, long sequence) {
    if (sequence < 1) {
      throw new IllegalArgumentException("sequences start at 1: " + sequence);
    }
    int at = find(origin);
    if (at >= 0) {
      if (sequences[at] == sequence) {
        return this;
      }
      long[] changed = sequences.clone();
      changed[at] = sequence;
      return new VersionVector(origins, changed);
    }
    int insertAt = -at - 1;
    int size = origins.length;
    if (size == MAX_ORIGINS) {
      throw new IllegalArgumentException("more than " + MAX_ORIGINS + " regions");
    }
    ReplicaId[] names = Arrays.copyOf(origins, size + 1);
    long[] numbers = Arrays.copyOf(sequences, size + 1);
    System.arraycopy(origins, insertAt, names, insertAt + 1, size - insertAt);
    System.arraycopy(sequences, insertAt, numbers, insertAt + 1, size - insertAt);
    names[insertAt] = origin;
    numbers[insertAt] = sequence;
    return new VersionVector(names, numbers);
  }

  /** This vector, with just what came before {@code dot} of its origin. */
  public VersionVector before(Dot dot) {
    VersionVector[] result = {EMPTY};
    forEach(
        (origin, sequence) -> {
          if (!origin.equals(dot.origin())) {
            result[0] = result[0].with(origin, sequence);
          }
        });
    return dot.sequence() > 1 ? result[0].with(dot.origin(), dot.sequence() - 1) : result[0];
  }

  public VersionVector with(Dot dot) {
    return with(dot.origin(), Math.max(dot.sequence(), get(dot.origin())));
  }

  /** Entry by entry, the higher of the two. */
  public VersionVector merge(VersionVector other) {
    VersionVector merged = this;
    for (int i = 0; i < other.origins.length; i++) {
      if (other.sequences[i] > merged.get(other.origins[i])) {
        merged = merged.with(other.origins[i], other.sequences[i]);
      }
    }
    return merged;
  }

  /** Entry by entry, the lower of the two. */
  public VersionVector meet(VersionVector other) {
    VersionVector met = EMPTY;
    for (int i = 0; i < origins.length; i++) {
      long lower = Math.min(sequences[i], other.get(origins[i]));
      if (lower > 0) {
        met = met.with(origins[i], lower);
      }
    }
    return met;
  }

  /** This vector with the entries of {@code kept} only. */
  public VersionVector only(Collection<ReplicaId> kept) {
    VersionVector result = EMPTY;
    for (int i = 0; i < origins.length; i++) {
      if (kept.contains(origins[i])) {
        result = result.with(origins[i], sequences[i]);
      }
    }
    return result;
  }

  public int size() {
    return origins.length;
  }

  /** Calls {@code action} for each entry, in the order of the origins. */
  public void forEach(ObjLongConsumer<ReplicaId> action) {
    for (int i = 0; i < origins.length; i++) {
      action.accept(origins[i], sequences[i]);
    }
  }

  /** The sum of all entries: how many changes the vector stands for. */
  public long total() {
    return Arrays.stream(sequences).sum();
  }

  private int find(ReplicaId origin) {
    for (int i = 0; i < origins.length; i++) {
      int order = origins[i].compareTo(origin);
      if (order == 0) {
        return i;
      }
      if (order > 0) {
        return -i - 1;
      }
    }
    return -origins.length - 1;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof VersionVector that
        && Arrays.equals(origins, that.origins)
        && Arrays.equals(sequences, that.sequences);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(origins) + Arrays.hashCode(sequences);
  }

  @Override
  public String toString() {
    StringJoiner text = new StringJoiner(", ", "{", "}");
    forEach((origin, sequence) -> text.add(origin + "=" + sequence));
    return text.toString();
  }
}
