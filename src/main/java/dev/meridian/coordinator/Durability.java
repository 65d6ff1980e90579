package dev.meridian.coordinator;

/** Where a write must be before it is answered. */
public enum Durability {
  NONE,
  LOCAL,
  REMOTE_WRITE,
  REMOTE_APPLY,
  QUORUM,
  ALL;

  private final String text = name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');

  /** The level in the words of the request header. */
  public String text() {
    return text;
  }
}
