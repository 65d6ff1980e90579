package dev.meridian.replication;

import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionVector;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Whether a region that began with nothing, or lost changes, has what its peers had when it first
 * heard them. Others have forgotten what only matters to those that never knew of some deletions;
 * until then it must not build upon half of what there is. Any thread.
 */
final class FirstCopy {

  private final ReplicaId self;
  private final Supplier<VersionVector> here;
  private final Map<ReplicaId, VersionVector> first = new HashMap<>();
  private volatile boolean isPartial;

  /**
   * @param lostSome whether it is known from the beginning that changes were lost
   */
  FirstCopy(ReplicaId self, Supplier<VersionVector> here, boolean lostSome) {
    this.self = self;
    this.here = here;
    this.isPartial = lostSome || here.get().size() == 0;
  }

  /**
   * @param vector what the peer has applied
   */
  void said(ReplicaId peer, VersionVector vector) {
    if (isPartial || vector.get(self) > here.get().get(self)) {
      synchronized (this) {
        isPartial = true;
        first.putIfAbsent(peer, vector);
      }
    }
  }

  /** True once it is whole; a peer that was never heard is not waited for. */
  boolean isWhole() {
    return !isPartial || reached();
  }

  private synchronized boolean reached() {
    VersionVector now = here.get();
    return first.values().stream().allMatch(now::covers);
  }
}
