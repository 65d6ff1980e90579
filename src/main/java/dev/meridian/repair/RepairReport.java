package dev.meridian.repair;

import dev.meridian.clock.ReplicaId;
import java.util.List;
import java.util.Optional;

/**
 * A repair with one peer, under way or over.
 *
 * @param startedMillis wall time
 * @param endedMillis wall time; 0 while it runs
 * @param doing what is under way, for a person
 * @param failure why it ended early
 * @param compared collections that were compared so far
 * @param toCompare how many there are; 0 while that is not known
 * @param collections those that were not the same
 * @param bytesOut of all questions
 * @param bytesIn of all answers
 */
public record RepairReport(
    ReplicaId peer,
    State state,
    String reason,
    long startedMillis,
    long endedMillis,
    String doing,
    Optional<String> failure,
    int compared,
    int toCompare,
    List<CollectionReport> collections,
    long bytesOut,
    long bytesIn) {

  /** True for one that is over and has nothing to tell. */
  public boolean foundNothing() {
    return state == State.DONE && collections.isEmpty();
  }

  /** How far it is. */
  public enum State {
    RUNNING,
    DONE,
    FAILED,
    CANCELLED
  }
}
