package dev.meridian.coordinator;

/**
 * What comes with every answer about data.
 *
 * @param session covers the token sent, what was read and what was written
 * @param stalenessMillis an upper bound on how old the answer may be, in ms; 0 for writes
 * @param charge request units of this call
 * @param got the guarantee that was given, in the words of the request headers: {@code eventual},
 *     {@code session}, {@code bounded}, {@code local}
 * @param waitNanos how long the request waited for its guarantee
 */
public record Answer(
    SessionToken session, long stalenessMillis, long charge, String got, long waitNanos) {}
