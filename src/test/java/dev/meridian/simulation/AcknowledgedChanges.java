package dev.meridian.simulation;

import dev.meridian.clock.VersionVector;
import dev.meridian.document.Change;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** What clients of a simulated cluster were told to be on disk. */
final class AcknowledgedChanges {

  private final List<Change> changes = new ArrayList<>();
  private VersionVector vector = VersionVector.EMPTY;

  void add(Change change) {
    changes.add(change);
    VersionVector own = VersionVector.of(change.dot().origin(), change.dot().sequence());
    vector = vector.merge(own);
  }

  /** In the order they were told. */
  List<Change> all() {
    return Collections.unmodifiableList(changes);
  }

  /** The smallest that covers them. */
  VersionVector vector() {
    return vector;
  }
}
