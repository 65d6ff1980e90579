package dev.meridian.cluster;

import java.io.IOException;

/**
 * Bytes from a peer that are no message of the protocol, or larger than it allows. The stream they
 * came by cannot be read on; a new stream may be.
 */
public final class MalformedMessageException extends IOException {

  private static final long serialVersionUID = 1L;

  public MalformedMessageException(String what) {
    super(what);
  }

  MalformedMessageException(String what, Throwable cause) {
    super(what, cause);
  }
}
