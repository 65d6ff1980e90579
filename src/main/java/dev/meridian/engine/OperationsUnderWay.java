package dev.meridian.engine;

import dev.meridian.clock.VersionVector;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What was here when operations were worked out that are not readable yet. Other regions are told
 * that this region's changes know no more than that. Any thread.
 */
final class OperationsUnderWay {

  private final Supplier<VersionVector> here;
  private final Map<Runnable, VersionVector> bases = new HashMap<>();

  OperationsUnderWay(Supplier<VersionVector> here) {
    this.here = here;
  }

  /** Called before anything is read; what it returns, when the operation is readable or is none. */
  synchronized Runnable begin() {
    Runnable end =
        new Runnable() {
          @Override
          public void run() {
            ended(this);
          }
        };
    bases.put(end, here.get());
    return end;
  }

  private synchronized void ended(Runnable operation) {
    bases.remove(operation);
  }

  synchronized VersionVector known() {
    VersionVector known = here.get();
    for (VersionVector base : bases.values()) {
      known = known.meet(base);
    }
    return known;
  }
}
