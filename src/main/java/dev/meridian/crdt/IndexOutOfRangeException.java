package dev.meridian.crdt;

/** An operation names a position or element that a text or list does not have. Nothing was done. */
public final class IndexOutOfRangeException extends RuntimeException {
  private static final long serialVersionUID = 1;

  IndexOutOfRangeException(String message) {
    super(message);
  }
}
