package dev.meridian.engine;

/**
 * Whether reads of a collection have to ask for more than the newest version of a document.
 *
 * @param conflicted documents of which several versions stand side by side
 * @param conflicts that are remembered of all its documents
 * @param operations on CRDT fields that were ever applied
 */
public record Concurrency(long conflicted, long conflicts, long operations) {

  public static final Concurrency NONE = new Concurrency(0, 0, 0);

  /** True when the newest version of each document is all there is to know of it. */
  public boolean isNone() {
    return conflicted == 0 && operations == 0;
  }

  /** Whether there is anything to tell of how documents stand, or stood. */
  boolean hasRecords() {
    return conflicted > 0 || conflicts > 0;
  }

  Concurrency with(ConflictRecord record) {
    long conflictedDelta =
        (record.isConflicted() ? 1 : 0) - (record.before().isConflicted() ? 1 : 0);
    return new Concurrency(
        conflicted + conflictedDelta,
        conflicts + record.conflicts().size() - record.before().conflicts(),
        operations);
  }

  Concurrency withOperation() {
    return new Concurrency(conflicted, conflicts, operations + 1);
  }
}
