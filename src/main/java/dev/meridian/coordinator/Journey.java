package dev.meridian.coordinator;

import dev.meridian.clock.ReplicaId;
import dev.meridian.document.StoredDocument;
import java.util.List;

/**
 * When each region made one version of a document visible.
 *
 * @param visits in the order of the regions, this one first
 */
public record Journey(StoredDocument version, List<Visit> visits) {

  /** What is known of a version in a region. */
  public enum State {
    VISIBLE("visible"),
    /** Visible; since when is not known any more. */
    FORGOTTEN("visible-since-unknown"),
    NOT_YET("not-yet"),
    /** The region did not answer. */
    UNREACHABLE("unreachable");

    private final String text;

    State(String text) {
      this.text = text;
    }

    /** The state as it is written in answers. */
    public String text() {
      return text;
    }
  }

  /**
   * @param atMillis when it became visible, by the clock of the region asked: corrected by the
   *     measured offset. 0 unless the state is {@link State#VISIBLE}
   * @param lagMillis that, less the time at which the version was made; not below 0
   */
  public record Visit(ReplicaId region, State state, long atMillis, long lagMillis) {}
}
