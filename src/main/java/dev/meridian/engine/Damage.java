package dev.meridian.engine;

/**
 * A file that was found damaged.
 *
 * @param owner the table or log segment that it belongs to
 * @param offset in the file; -1 when it cannot be told
 */
public record Damage(
    String owner, long atMillis, String file, long offset, String what, State state) {

  /** What becomes of it. */
  public enum State {
    /** Not read any more where it is damaged; what it held cannot be answered. */
    OUT_OF_SERVICE,
    REBUILDING,
    /** All that it held is served again. */
    REBUILT,
    /** This region cannot make it again by itself. */
    UNREPAIRED
  }

  Damage in(State next) {
    return new Damage(owner, atMillis, file, offset, what, next);
  }
}
