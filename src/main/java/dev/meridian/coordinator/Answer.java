package dev.meridian.coordinator;

/**
 * What comes with every answer about data.
 *
 * @param session covers the token sent, what was read and what was written
 * @param stalenessMillis an upper bound on how old the answer may be, in ms; 0 for writes
 * @param charge request units of this call
 */
public record Answer(SessionToken session, long stalenessMillis, long charge, Receipt receipt) {

  /** What is said of two answers together; the receipt is that of the less confirmed one. */
  public Answer and(Answer other) {
    boolean less = receipt.acks() < other.receipt().acks();
    return new Answer(
        session.merge(other.session().seen()),
        Math.max(stalenessMillis, other.stalenessMillis()),
        charge + other.charge(),
        less ? receipt : other.receipt());
  }

  /**
   * An answer to a read.
   *
   * @param charge of the read alone; each other region that had to be waited for doubles it
   */
  static Answer of(SessionToken session, long stalenessMillis, long charge, Receipt receipt) {
    return new Answer(
        session,
        Math.max(0, stalenessMillis),
        RequestCharge.waiting(charge, receipt.need() - 1),
        receipt);
  }
}
