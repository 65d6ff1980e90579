package dev.meridian.replication;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionVector;
import dev.meridian.clock.Watermark;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The newest promise of each origin that this region's vector satisfies, and those that wait for
 * the changes they speak of. A promise is true for ever and for everyone, so it does not matter who
 * passed it on, nor how late: it counts from when its changes are here. Thread-safe.
 */
final class WatermarkTable {

  /**
   * Under load promises arrive ahead of their changes; what does not fit is dropped, not the
   * oldest.
   */
  static final int MAX_WAITING_PER_ORIGIN = 64;

  private final Map<ReplicaId, Promises> origins = new HashMap<>();

  private static final class Promises {
    private HlcTimestamp kept = HlcTimestamp.ZERO;
    private long keptSequence;
    private final Deque<Watermark> waiting = new ArrayDeque<>();

    void keep(Watermark promise) {
      if (promise.hlc().isAfter(kept)) {
        kept = promise.hlc();
        keptSequence = promise.sequence();
      }
    }
  }

  /** Takes note of a promise. */
  synchronized void promised(Watermark promise, VersionVector applied) {
    Promises promises = origins.get(promise.origin());
    if (promises == null) {
      if (origins.size() >= VersionVector.MAX_ORIGINS) {
        return;
      }
      promises = new Promises();
      origins.put(promise.origin(), promises);
    }
    settle(promises, applied.get(promise.origin()));
    if (applied.get(promise.origin()) >= promise.sequence()) {
      promises.keep(promise);
      return;
    }
    Watermark last = promises.waiting.peekLast();
    boolean newer = last == null || promise.hlc().isAfter(last.hlc());
    if (newer && promises.waiting.size() < MAX_WAITING_PER_ORIGIN) {
      promises.waiting.add(promise);
    }
  }

  private static void settle(Promises promises, long applied) {
    Watermark first = promises.waiting.peek();
    while (first != null && first.sequence() <= applied) {
      promises.keep(promises.waiting.remove());
      first = promises.waiting.peek();
    }
  }

  /**
   * Everything of {@code origin} stamped up to this is here; zero when nothing is promised yet.
   *
   * @param applied how far this region is, now
   */
  synchronized HlcTimestamp of(ReplicaId origin, VersionVector applied) {
    Promises promises = origins.get(origin);
    if (promises == null) {
      return HlcTimestamp.ZERO;
    }
    settle(promises, applied.get(origin));
    return promises.kept;
  }

  /** The lowest over {@code regions}. */
  synchronized HlcTimestamp lowest(Collection<ReplicaId> regions, VersionVector applied) {
    HlcTimestamp lowest = new HlcTimestamp(-1L);
    for (ReplicaId region : regions) {
      lowest = HlcTimestamp.min(lowest, of(region, applied));
    }
    return lowest;
  }

  /** The promises kept here, to be passed on to others. */
  synchronized List<Watermark> kept(VersionVector applied) {
    List<Watermark> kept = new ArrayList<>(origins.size());
    origins.forEach(
        (origin, promises) -> {
          settle(promises, applied.get(origin));
          if (!promises.kept.equals(HlcTimestamp.ZERO)) {
            kept.add(new Watermark(origin, promises.kept, promises.keptSequence));
          }
        });
    return kept;
  }
}
