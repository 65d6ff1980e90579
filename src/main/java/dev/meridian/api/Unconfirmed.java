package dev.meridian.api;

import dev.meridian.clock.VersionId;
import dev.meridian.document.StoreFailure;
import java.util.Map;
import java.util.Optional;

/**
 * A write that is done here and not known to be as durable as asked: a problem, with its version.
 */
final class Unconfirmed {

  private Unconfirmed() {}

  /** Throws when there is something to tell. The answer's headers are to be set before. */
  static void check(Optional<StoreFailure> unconfirmed, VersionId version) {
    if (unconfirmed.isPresent()) {
      throw new StoreFailure.OutcomeUnknown(
          unconfirmed.get().getMessage(), Map.of("version", version.toString()));
    }
  }
}
