package dev.meridian.cluster.http;

import java.io.IOException;

/** A peer was reached and did not answer as it should, or not in time. Trying again is safe. */
public final class PeerAnswerException extends IOException {

  private static final long serialVersionUID = 1L;

  PeerAnswerException(String what) {
    super(what);
  }
}
