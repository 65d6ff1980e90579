package dev.meridian.clock;

/**
 * Names one version of one document: when it was written, and where. Ordered by time, ties by
 * region; the highest version of a document wins under last-write-wins. Text form {@code
 * <hlc>-<region>}, whose text order is the same order.
 */
public record VersionId(HlcTimestamp hlc, ReplicaId origin) implements Comparable<VersionId> {

  /** Reads the text form; anything else is an {@link IllegalArgumentException}. */
  public static VersionId parse(String text) {
    if (text.length() < 18 || text.charAt(16) != '-') {
      throw new IllegalArgumentException("a version is <16 hex digits>-<region>: '" + text + "'");
    }
    return new VersionId(
        HlcTimestamp.parse(text.substring(0, 16)), new ReplicaId(text.substring(17)));
  }

  @Override
  public int compareTo(VersionId other) {
    int byTime = hlc.compareTo(other.hlc);
    return byTime != 0 ? byTime : origin.compareTo(other.origin);
  }

  @Override
  public String toString() {
    return hlc + "-" + origin;
  }
}
