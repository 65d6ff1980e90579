package dev.meridian.coordinator;

import dev.meridian.document.Precondition;
import java.time.Duration;

/**
 * How a write is to be done.
 *
 * @param durability where it must be before the answer
 * @param session what the writer has seen; the answer's token covers it
 * @param precondition what must hold of the current document
 * @param degrade when the durability or the session cannot be had: true answers with less and says
 *     so, false fails
 * @param timeout how long to wait for the durability, 0 to 60 s
 * @param traceparent W3C trace context that travels with the change, or empty; ASCII, at most 255
 */
public record WriteOptions(
    Durability durability,
    SessionToken session,
    Precondition precondition,
    boolean degrade,
    Duration timeout,
    String traceparent) {

  public static final WriteOptions DEFAULTS =
      new WriteOptions(
          Durability.LOCAL, SessionToken.NONE, Precondition.NONE, false, Duration.ofSeconds(2), "");

  public WriteOptions when(Precondition condition) {
    return new WriteOptions(durability, session, condition, degrade, timeout, traceparent);
  }

  WriteOptions in(SessionToken other) {
    return new WriteOptions(durability, other, precondition, degrade, timeout, traceparent);
  }
}
