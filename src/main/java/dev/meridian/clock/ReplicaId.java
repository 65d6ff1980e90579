package dev.meridian.clock;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * Names a region wherever order is decided: the origin of a change and the tie-breaker between
 * equal timestamps. Text order is the order used everywhere.
 *
 * @param value {@code [a-z][a-z0-9-]{0,31}}
 */
public record ReplicaId(String value) implements Comparable<ReplicaId> {

  private static final Pattern FORM = Pattern.compile("[a-z][a-z0-9-]{0,31}");

  public ReplicaId {
    if (!FORM.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "a region id is a lower-case letter, then up to 31 of a-z, 0-9 and '-': got '"
              + value
              + "'");
    }
  }

  /** The name as bytes; all of them ASCII. */
  public byte[] toBytes() {
    return value.getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public int compareTo(ReplicaId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
