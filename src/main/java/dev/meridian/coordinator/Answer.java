package dev.meridian.coordinator;

/**
 * What comes with every answer about data.
 *
 * @param session covers the token sent, what was read and what was written
 * @param stalenessMillis an upper bound on how old the answer may be, in ms; 0 for writes
 * @param charge request units of this call
 */
public record Answer(SessionToken session, long stalenessMillis, long charge, Receipt receipt) {}
