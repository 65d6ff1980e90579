package dev.meridian.cluster;

/** A question that certainly did not reach the peer: it did nothing, and may be asked again. */
public final class UnsentException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public UnsentException(String reason) {
    super(reason, null, false, false);
  }
}
