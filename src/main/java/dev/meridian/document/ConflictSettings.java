package dev.meridian.document;

import java.util.Map;
import java.util.TreeMap;

/**
 * What a collection does with versions of a document none of which saw the other.
 *
 * @param policy how one document is made of them
 * @param rules for the policy {@code merge}: what decides at a place and below it; the longest
 *     pointer counts, and without one the highest version does
 * @param deleteWins whether a deletion wins over what did not see it; if not, the document survives
 */
public record ConflictSettings(
    Policy policy, Map<JsonPointer, MergeRule> rules, boolean deleteWins) {

  public static final ConflictSettings DEFAULTS = new ConflictSettings(Policy.LWW, Map.of(), false);

  /** The most rules of a collection. */
  public static final int MAX_RULES = 100;

  public ConflictSettings {
    rules = java.util.Collections.unmodifiableMap(new TreeMap<>(rules));
  }

  /** How one document is made of several versions. */
  public enum Policy {
    /** The highest version is the document; the others are in the conflict log. */
    LWW("lww"),
    /** All are kept, the highest is shown, until a client writes over all of them. */
    SIBLINGS("siblings"),
    /** They are merged field by field against the version they come from. */
    MERGE("merge");

    private final String text;

    Policy(String text) {
      this.text = text;
    }

    public String text() {
      return text;
    }
  }
}
