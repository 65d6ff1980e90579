package dev.meridian.crdt;

import java.util.Comparator;

/**
 * One CRDT field of a document.
 *
 * @param path where it is: a JSON Pointer
 * @param incarnation tells it from an earlier field at the same place that was written over; at
 *     most 64 characters
 */
public record FieldKey(String path, CrdtType type, String incarnation)
    implements Comparable<FieldKey> {

  private static final int MAX_INCARNATION = 64;
  private static final Comparator<FieldKey> ORDER =
      Comparator.comparing(FieldKey::path)
          .thenComparing(FieldKey::type)
          .thenComparing(FieldKey::incarnation);

  public FieldKey {
    if (incarnation.length() > MAX_INCARNATION) {
      throw new IllegalArgumentException("longer than " + MAX_INCARNATION + ": " + incarnation);
    }
  }

  @Override
  public int compareTo(FieldKey other) {
    return ORDER.compare(this, other);
  }
}
