package dev.meridian.simulation;

import dev.meridian.clock.Dot;
import dev.meridian.clock.VersionVector;
import dev.meridian.document.Change;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What clients of a simulated cluster were told to be on disk. */
final class AcknowledgedChanges {

  private final List<Change> changes = new ArrayList<>();
  private final Map<Dot, VersionVector> dependencies = new HashMap<>();
  private VersionVector vector = VersionVector.EMPTY;

  void add(Change change) {
    changes.add(change);
    dependencies.put(change.dot(), change.dependencies());
    VersionVector own = VersionVector.of(change.dot().origin(), change.dot().sequence());
    vector = vector.merge(own);
  }

  /** What a change depends on, as its own region said if a client was told. */
  VersionVector dependencies(Change change) {
    return dependencies.getOrDefault(change.dot(), change.dependencies());
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
