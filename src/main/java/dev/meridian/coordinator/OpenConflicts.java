package dev.meridian.coordinator;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.document.Bytes;
import dev.meridian.document.CollectionName;
import dev.meridian.document.CollectionSettings;
import dev.meridian.document.ConflictSettings;
import dev.meridian.document.StoreFailure;
import dev.meridian.engine.CollectionState;
import dev.meridian.engine.Concurrency;
import dev.meridian.engine.LogStructuredEngine;
import dev.meridian.env.Threads;
import dev.meridian.env.WallClock;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/**
 * How many conflicts of each collection wait for a client. Which do is for the collection's policy
 * to say and may depend on what is in the documents, so they are counted, in the background and
 * only where something has changed. Thread-safe; {@link #refresh} is to be called about once a
 * second, and figures are as old as that.
 */
public final class OpenConflicts {

  /** In collections where more documents collided the rest is not looked at. */
  private static final int MAX_COUNTED = 100_000;

  /** After counting it rests for so many times as long as that took. */
  private static final int REST = 9;

  private final LogStructuredEngine engine;
  private final Function<CollectionState, CollectionSettings> settings;
  private final WallClock clock;
  private final Threads threads;
  private final ConflictScan scan;
  private final Map<CollectionName, Counted> counted = new ConcurrentHashMap<>();
  private final Map<CollectionName, Seen> seenLast = new ConcurrentHashMap<>();
  private final AtomicBoolean counting = new AtomicBoolean();
  private volatile long restUntilNanos;

  /** Of what the figure is. */
  private record Seen(HlcTimestamp latest, Concurrency concurrency, Optional<Bytes> settings) {
    static Seen of(CollectionState state) {
      return new Seen(state.latest(), state.concurrency(), state.settings());
    }
  }

  /**
   * @param seen what was seen a while before counting, so that all of it was readable then; empty
   *     for the first time
   */
  private record Counted(Optional<Seen> seen, long open) {}

  /**
   * @param settings reads a collection's settings
   */
  public OpenConflicts(
      LogStructuredEngine engine,
      Function<CollectionState, CollectionSettings> settings,
      WallClock clock,
      Threads threads) {
    this.clock = clock;
    this.engine = engine;
    this.settings = settings;
    this.threads = threads;
    this.restUntilNanos = clock.nanos();
    this.scan = new ConflictScan(engine, settings);
  }

  /** Those of one collection; what it may be at most, until it was counted. */
  public long of(CollectionState collection) {
    if (!mayHaveSome(collection)) {
      return 0;
    }
    Counted known = counted.get(collection.name());
    long most = collection.concurrency().conflicted();
    return known == null ? most : Math.min(known.open(), most);
  }

  /** Those of all collections. */
  public long open() {
    return engine.collections().stream().mapToLong(this::of).sum();
  }

  /** Conflicts that are remembered, decided or not. */
  public long remembered() {
    return engine.collections().stream().mapToLong(each -> each.concurrency().conflicts()).sum();
  }

  private boolean mayHaveSome(CollectionState collection) {
    return collection.concurrency().conflicted() > 0
        && settings.apply(collection).conflict().policy() != ConflictSettings.Policy.LWW;
  }

  /** Counts what has changed; does nothing while that is being done. */
  public void refresh() {
    counted.keySet().removeIf(name -> !mayHaveSome(engine.collection(name)));
    seenLast.keySet().retainAll(counted.keySet());
    boolean stale = engine.collections().stream().anyMatch(this::isStale);
    boolean rests = clock.nanos() - restUntilNanos < 0;
    if (stale && !rests && counting.compareAndSet(false, true)) {
      threads.startVirtual("meridian-conflicts", this::countStale);
    }
  }

  private void countStale() {
    long start = clock.nanos();
    try {
      engine.collections().stream().filter(this::isStale).forEach(this::count);
    } catch (StoreFailure damaged) {
      // counted again when the tables are mended; whoever reads conflicts is told
    } finally {
      long end = clock.nanos();
      restUntilNanos = end + REST * (end - start);
      counting.set(false);
    }
  }

  private boolean isStale(CollectionState collection) {
    Counted known = counted.get(collection.name());
    Optional<Seen> now = Optional.of(Seen.of(collection));
    return mayHaveSome(collection) && (known == null || !known.seen().equals(now));
  }

  private void count(CollectionState collection) {
    Optional<Seen> before =
        Optional.ofNullable(seenLast.put(collection.name(), Seen.of(collection)));
    long open = 0;
    Optional<ConflictKey> next = Optional.empty();
    int pages = 0;
    do {
      ConflictScan.Count part =
          scan.count(
              new Conflicts.Filter(
                  Optional.of(collection.name()),
                  Optional.of(Conflicts.State.OPEN),
                  Optional.empty(),
                  Conflicts.MAX_LIMIT,
                  next));
      open += part.conflicts();
      next = part.next();
      pages++;
    } while (next.isPresent() && pages < MAX_COUNTED / ConflictScan.MAX_EXAMINED);
    counted.put(collection.name(), new Counted(before, open));
  }
}
