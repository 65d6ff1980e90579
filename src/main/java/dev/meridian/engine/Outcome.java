package dev.meridian.engine;

import dev.meridian.clock.VersionVector;
import dev.meridian.document.Change;
import dev.meridian.document.StoreFailure;

/** What became of a mutation. */
public sealed interface Outcome {

  /**
   * In the log; forced to disk and readable too, unless it was to be told before that.
   *
   * @param created true when a live document (or the collection) came into being
   * @param force of the batch it was forced with; what follows until the outcome is told makes it
   *     readable
   */
  record Applied(Change change, boolean created, ForceTime force) implements Outcome {}

  /** A replicated change that was here already. Nothing was done. */
  record Duplicate() implements Outcome {}

  /**
   * A replicated change whose causes are not here yet. Nothing was done; bring it again when the
   * vector covers {@code missing}.
   */
  record Blocked(VersionVector missing) implements Outcome {}

  /** Refused or failed; nothing was done, unless the failure says that the outcome is unknown. */
  record Failed(StoreFailure failure) implements Outcome {}
}
