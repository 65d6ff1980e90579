package dev.meridian.replication;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionVector;
import dev.meridian.clock.Watermark;
import dev.meridian.cluster.PeerMessage;
import java.time.Duration;
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
 * passed it on, nor how late: it counts from when its changes are here. When it was made is kept by
 * this region's steady clock, since an origin's time may run ahead of every clock. Thread-safe.
 */
final class WatermarkTable {

  /**
   * Under load promises arrive ahead of their changes; what does not fit is dropped, not the
   * oldest.
   */
  static final int MAX_WAITING_PER_ORIGIN = 64;

  /** What is older than that counts as so old. */
  static final Duration MAX_AGE = Duration.ofDays(3650);

  /** When a promise was made that nobody made, or that nobody can tell the age of. */
  static final long NEVER = Long.MIN_VALUE;

  private final Map<ReplicaId, Promises> origins = new HashMap<>();

  private static final class Promises {
    private HlcTimestamp kept = HlcTimestamp.ZERO;
    private long keptSequence;
    private long madeNanos = NEVER;
    private final Deque<Heard> waiting = new ArrayDeque<>();

    void keep(Heard heard) {
      kept = HlcTimestamp.max(kept, heard.promise().hlc());
      // The higher promises less, so what is kept holds for both times of the two.
      keptSequence = Math.max(keptSequence, heard.promise().sequence());
      // Whoever brought it second may know better how old it is.
      madeNanos = Math.max(madeNanos, heard.madeNanos());
    }
  }

  /** A promise, and when it was made by this region's steady clock, at the earliest. */
  private record Heard(Watermark promise, long madeNanos) {}

  /**
   * Takes note of a promise.
   *
   * @param madeNanos when it was made by this region's steady clock, at the earliest; {@link
   *     #NEVER} when that is not known
   */
  synchronized void promised(Watermark promise, long madeNanos, VersionVector applied) {
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
      promises.keep(new Heard(promise, madeNanos));
      return;
    }
    Heard last = promises.waiting.peekLast();
    if (last != null && last.promise().equals(promise) && madeNanos > last.madeNanos()) {
      promises.waiting.removeLast();
      promises.waiting.add(new Heard(promise, madeNanos));
      return;
    }
    boolean newer = last == null || promise.hlc().isAfter(last.promise().hlc());
    if (newer && promises.waiting.size() < MAX_WAITING_PER_ORIGIN) {
      promises.waiting.add(new Heard(promise, madeNanos));
    }
  }

  /**
   * When the promise that counts for {@code origin} was made by this region's steady clock, at the
   * earliest: everything that origin did until then is here. {@link #NEVER} when nothing is
   * promised yet, or when that is not known.
   */
  synchronized long madeNanos(ReplicaId origin, VersionVector applied) {
    Promises promises = origins.get(origin);
    if (promises == null) {
      return NEVER;
    }
    settle(promises, applied.get(origin));
    return promises.madeNanos;
  }

  /** In milliseconds, and not less than it is. */
  static long age(long madeNanos, long nowNanos) {
    if (madeNanos == NEVER) {
      return MAX_AGE.toMillis();
    }
    return Math.max(0, Math.ceilDiv(nowNanos - madeNanos, 1_000_000L));
  }

  private static void settle(Promises promises, long applied) {
    Heard first = promises.waiting.peek();
    while (first != null && first.promise().sequence() <= applied) {
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

  /** The newest time that each origin promised for, whether its changes are here or not. */
  synchronized Map<ReplicaId, HlcTimestamp> newest() {
    Map<ReplicaId, HlcTimestamp> newest = new HashMap<>();
    origins.forEach(
        (origin, promises) -> {
          Heard last = promises.waiting.peekLast();
          newest.put(
              origin,
              last == null ? promises.kept : HlcTimestamp.max(promises.kept, last.promise().hlc()));
        });
    return newest;
  }

  /** The promises kept here, to be passed on to others, and how old they are by now. */
  synchronized List<PeerMessage.Promised> kept(VersionVector applied, long nowNanos) {
    List<PeerMessage.Promised> kept = new ArrayList<>(origins.size());
    origins.forEach(
        (origin, promises) -> {
          settle(promises, applied.get(origin));
          if (!promises.kept.equals(HlcTimestamp.ZERO)) {
            Watermark watermark = new Watermark(origin, promises.kept, promises.keptSequence);
            kept.add(new PeerMessage.Promised(watermark, age(promises.madeNanos, nowNanos)));
          }
        });
    return kept;
  }
}
