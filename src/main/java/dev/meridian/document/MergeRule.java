package dev.meridian.document;

/**
 * What decides when several versions changed one place of a document.
 *
 * @param key for {@link Kind#UNION} of arrays of objects: the member that tells which of them are
 *     the same; these are merged, and rules for what is in them have {@code *} in the place of the
 *     item, as {@code /items/*&#47;qty}. Empty for all else
 */
public record MergeRule(Kind kind, String key) {

  public static final MergeRule LWW = new MergeRule(Kind.LWW, "");

  /** The ways to decide. */
  public enum Kind {
    /** The value of the highest version that changed it. */
    LWW("lww"),
    /** The highest number, or the last text. */
    MAX("max"),
    /** The lowest number, or the first text. */
    MIN("min"),
    /** The old number and all that was added to it. */
    SUM_DELTAS("sum-deltas"),
    /** All items of an array, without what a version took away. */
    UNION("union"),
    /** The old array, then what each version put behind it. */
    APPEND("append"),
    /** The value of the lowest version that changed it. */
    KEEP_FIRST("keep-first"),
    /** Nothing decides: the versions are kept until a client does. */
    SIBLINGS("siblings");

    private final String text;

    Kind(String text) {
      this.text = text;
    }

    public String text() {
      return text;
    }
  }
}
