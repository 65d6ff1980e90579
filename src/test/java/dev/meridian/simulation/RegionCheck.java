package dev.meridian.simulation;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionVector;
import dev.meridian.document.Change;
import dev.meridian.engine.ChangeFeed;
import dev.meridian.engine.DocumentStore;
import dev.meridian.engine.EngineStats;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** What must hold of a region at any time, over its crashes and restarts. */
final class RegionCheck {

  /**
   * What is written at once may make a memtable larger than its limit: a batch, or a piece of a
   * repair, whose versions each bring a record of how their document stands.
   */
  private static final long MOST_BYTES_OF_A_BATCH = 2 << 20;

  private static final Duration BOUNDS_EVERY = Duration.ofMillis(5);

  private final ReplicaId id;
  private final AcknowledgedChanges acknowledged;
  private final Map<ReplicaId, HlcTimestamp> newest = new HashMap<>();
  private VersionVector seen = VersionVector.EMPTY;
  private HlcTimestamp safeTime = HlcTimestamp.ZERO;
  private Optional<DocumentStore> store = Optional.empty();
  private Optional<ChangeFeed.Cursor> log = Optional.empty();
  private int settled;
  private boolean hasGap;
  private long boundsDueNanos;

  RegionCheck(ReplicaId id, AcknowledgedChanges acknowledged) {
    this.id = id;
    this.acknowledged = acknowledged;
  }

  /**
   * A new life over the same disk: what was seen of its log stays; safe times begin anew.
   *
   * @param withGap its log has a gap: what was seen and stands behind that comes again
   */
  void started(DocumentStore opened, boolean withGap) {
    store = Optional.of(opened);
    hasGap = withGap;
    if (withGap) {
      VersionVector left = opened.vector();
      newest.keySet().removeIf(origin -> left.get(origin) < seen.get(origin));
      seen = left;
      settled = 0;
    }
    safeTime = HlcTimestamp.ZERO;
    openLog();
  }

  /**
   * @param fails whether its log failed: then changes may be on disk that it does not tell of
   *     before its next start
   */
  void check(HlcTimestamp safe, boolean fails) {
    checkCausalOrder();
    checkVector(fails);
    checkSafeTime(safe);
  }

  /**
   * What a region holds in memory has a limit, whatever is done to it. Looks now and then, since
   * the figures take long to tell: what fills memory stays there for longer.
   */
  void checkBounds(long nowNanos, Supplier<EngineStats> figures) {
    if (nowNanos < boundsDueNanos) {
      return;
    }
    boundsDueNanos = nowNanos + BOUNDS_EVERY.toNanos();
    EngineStats stats = figures.get();
    atMost(stats.queuedMutations(), stats.queueLimit(), "mutations that wait");
    atMost(stats.queuedBytes(), stats.queueLimitBytes(), "bytes of mutations that wait");
    atMost(
        stats.memtableBytes(),
        2 * stats.memtableLimitBytes() + MOST_BYTES_OF_A_BATCH,
        "bytes of memtables");
    atMost(stats.frozenMemtables(), 1, "memtables that are being written out");
  }

  private void atMost(long is, long limit, String what) {
    if (is > limit) {
      throw new AssertionError(id + " has " + is + " " + what + ", more than " + limit);
    }
  }

  /** The log holds a change after all that its origin had when it made it, and in clock order. */
  private void checkCausalOrder() {
    for (Change change : rest()) {
      if (hasGap && isOutOfPlace(change)) {
        continue;
      }
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

  /**
   * What stands behind a gap counts once it is applied, and is logged again then. Nothing escapes:
   * all that is applied has to have been seen in its place.
   */
  private boolean isOutOfPlace(Change change) {
    boolean isNext = change.dot().sequence() == seen.get(change.dot().origin()) + 1;
    return !isNext
        || !store.orElseThrow().vector().contains(change.dot())
        || !seen.covers(acknowledged.dependencies(change));
  }

  /** As any reader does, it begins again where it is when the log cannot be read. */
  private List<Change> rest() {
    try {
      return Contents.rest(log.orElseThrow());
    } catch (UncheckedIOException unreadable) {
      openLog();
      throw unreadable;
    }
  }

  private void openLog() {
    log.ifPresent(ChangeFeed.Cursor::close);
    log = Optional.of(store.orElseThrow().changes().open(seen, Set.of()));
  }

  /** The log tells at least what the region says it has, and so never less than it once said. */
  private void checkVector(boolean fails) {
    VersionVector vector = store.orElseThrow().vector();
    if (!vector.equals(seen) && !(fails && seen.covers(vector))) {
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
