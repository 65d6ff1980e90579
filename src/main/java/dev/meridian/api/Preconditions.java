package dev.meridian.api;

import dev.meridian.document.FailureCode;
import dev.meridian.document.Revision;
import dev.meridian.document.StoreFailure;
import java.util.Map;

/** The refusal of a read whose If-Match does not hold. */
final class Preconditions {

  private Preconditions() {}

  static StoreFailure failed(Revision current) {
    return new StoreFailure.CallerMistake(
        FailureCode.PRECONDITION_FAILED,
        "the document is at version " + current,
        Map.of("currentVersion", current.toString()));
  }
}
