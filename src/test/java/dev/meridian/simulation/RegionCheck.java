package dev.meridian.simulation;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionVector;
import dev.meridian.document.Change;
import dev.meridian.engine.ChangeFeed;
import dev.meridian.engine.DocumentStore;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What must hold of a region at any time, over its crashes and restarts. */
final class RegionCheck {

  private final ReplicaId id;
  private final AcknowledgedChanges acknowledged;
  private final Map<ReplicaId, HlcTimestamp> newest = new HashMap<>();
  private VersionVector seen = VersionVector.EMPTY;
  private HlcTimestamp safeTime = HlcTimestamp.ZERO;
  private Optional<DocumentStore> store = Optional.empty();
  private Optional<ChangeFeed.Cursor> log = Optional.empty();
  private int settled;

  RegionCheck(ReplicaId id, AcknowledgedChanges acknowledged) {
    this.id = id;
    this.acknowledged = acknowledged;
  }

  /** A new life over the same disk: what was seen of its log stays; safe times begin anew. */
  void started(DocumentStore opened) {
    store = Optional.of(opened);
    safeTime = HlcTimestamp.ZERO;
    log.ifPresent(ChangeFeed.Cursor::close);
    log = Optional.of(opened.changes().open(seen, Set.of()));
  }

  void check(HlcTimestamp safe) {
    checkCausalOrder();
    checkVector();
    checkSafeTime(safe);
  }

  /** The log holds a change after all that its origin had when it made it, and in clock order. */
  private void checkCausalOrder() {
    for (Change change : Contents.rest(log.orElseThrow())) {
      ReplicaId origin = change.dot().origin();
      boolean dense = change.dot().sequence() == seen.get(origin) + 1;
      if (!dense || !seen.covers(acknowledged.dependencies(change))) {
        throw new AssertionError(id + " applied " + change.dot() + " after only " + seen);
      }
      HlcTimestamp before = newest.getOrDefault(origin, HlcTimestamp.ZERO);
      if (!change.hlc().isAfter(before)) {
        throw new AssertionError(change.dot() + " is of " + change.hlc() + " after " + before);
      }
      newest.put(origin, change.hlc());
      seen = seen.with(change.dot());
    }
  }

  /** The log tells at least what the region says it has, and so never less than it once said. */
  private void checkVector() {
    VersionVector vector = store.orElseThrow().vector();
    if (!vector.equals(seen)) {
      throw new AssertionError(id + " says it has " + vector + ", its log has " + seen);
    }
  }

  /** Nothing at or below the safe time is missing, whenever it was made; and it never goes back. */
  private void checkSafeTime(HlcTimestamp safe) {
    if (safeTime.isAfter(safe)) {
      throw new AssertionError("the safe time of " + id + " went back to " + safe);
    }
    safeTime = safe;
    List<Change> all = acknowledged.all();
    while (settled < all.size() && seen.contains(all.get(settled).dot())) {
      settled++;
    }
    for (Change change : all.subList(settled, all.size())) {
      if (!change.hlc().isAfter(safe) && !seen.contains(change.dot())) {
        throw new AssertionError(
            id + " lacks " + change.dot() + " of " + change.hlc() + ", safe time " + safe);
      }
    }
  }
}
