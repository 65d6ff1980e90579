package dev.meridian.coordinator;

import dev.meridian.clock.Dot;
import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionVector;
import dev.meridian.engine.DocumentStore;
import dev.meridian.env.WallClock;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * When changes became readable here, whichever way they came: the latest {@link #KEPT_PER_ORIGIN}
 * of each origin since the start, in memory. The store's writer adds, anyone asks.
 */
final class Sightings {

  /** How many changes of one region are remembered, at 8 bytes each. */
  static final int KEPT_PER_ORIGIN = 1 << 15;

  /** Readable here, but since when is not known any more. */
  static final long FORGOTTEN = -1;

  /** Not readable here yet. */
  static final long NOT_YET = -2;

  private final DocumentStore store;
  private final WallClock clock;
  private final Map<ReplicaId, Ring> rings = new ConcurrentHashMap<>();
  private VersionVector before;

  /** The times of the sequences after {@code first}, up to {@code last}. */
  private static final class Ring {
    private final long[] millis = new long[KEPT_PER_ORIGIN];
    private final long first;
    private long last;

    Ring(long first) {
      this.first = first;
      this.last = first;
    }

    synchronized void upTo(long sequence, long now) {
      for (long next = Math.max(last, sequence - KEPT_PER_ORIGIN) + 1; next <= sequence; next++) {
        millis[(int) (next % KEPT_PER_ORIGIN)] = now;
      }
      last = sequence;
    }

    synchronized long at(long sequence) {
      boolean kept = sequence > first && sequence > last - KEPT_PER_ORIGIN && sequence <= last;
      return kept ? millis[(int) (sequence % KEPT_PER_ORIGIN)] : FORGOTTEN;
    }
  }

  Sightings(DocumentStore store, WallClock clock) {
    this.store = store;
    this.clock = clock;
    this.before = store.vector();
    store.changes().onAppend(this::advanced);
  }

  private synchronized void advanced() {
    VersionVector now = store.vector();
    long millis = clock.millis();
    now.forEach(
        (origin, sequence) -> {
          long known = before.get(origin);
          if (sequence > known) {
            rings.computeIfAbsent(origin, unused -> new Ring(known)).upTo(sequence, millis);
          }
        });
    before = now;
  }

  /** Wall time of this region in ms, {@link #FORGOTTEN} or {@link #NOT_YET}. */
  long at(Dot change) {
    if (!store.vector().contains(change)) {
      return NOT_YET;
    }
    Ring ring = rings.get(change.origin());
    return ring == null ? FORGOTTEN : ring.at(change.sequence());
  }
}
