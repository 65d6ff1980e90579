package dev.meridian.engine;

import dev.meridian.document.FailureCode;
import dev.meridian.document.StoreFailure;
import java.util.List;

/** What the writer answers when it does not do what was asked for. */
final class Refusals {

  private Refusals() {}

  /** The log takes nothing any more. */
  static StoreFailure failed(Throwable why) {
    return new StoreFailure.Fault(
        FailureCode.STORAGE_FAILED,
        "this region's log could not be written; writes are refused until it is restarted",
        why);
  }

  /** For what a damaged table makes unknowable, until it is rebuilt. */
  static StoreFailure beingRebuilt() {
    return new StoreFailure.Unavailable(
        FailureCode.NOT_READY,
        "a part of the stored data was found damaged and is being rebuilt; try again soon");
  }

  static StoreFailure mergedMeanwhile() {
    return new StoreFailure.Unavailable(
        FailureCode.NOT_READY,
        "the tables of a collection were merged while its documents were counted; try again");
  }

  static StoreFailure full(String what) {
    return new StoreFailure.Unavailable(
        FailureCode.STORAGE_FULL,
        what + " on this region's disk; reads go on, and writes will once there is");
  }

  /** The force failed: what was appended may or may not be found again. */
  static List<Outcome> unknown(List<Outcome> outcomes) {
    return outcomes.stream()
        .map(outcome -> outcome instanceof Outcome.Applied ? unknown() : outcome)
        .toList();
  }

  static Outcome unknown() {
    return new Outcome.Failed(
        new StoreFailure.OutcomeUnknown(
            "the disk failed while this was written; it may be found after a restart"));
  }
}
