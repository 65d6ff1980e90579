package dev.meridian.simulation;

import dev.meridian.clock.ClockDriftException;
import dev.meridian.clock.Dot;
import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.HybridLogicalClock;
import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionId;
import dev.meridian.clock.VersionVector;
import dev.meridian.clock.Watermark;
import dev.meridian.document.Bytes;
import dev.meridian.document.Change;
import dev.meridian.document.ChangeCodecV1;
import dev.meridian.document.ChangeKind;
import dev.meridian.document.CollectionName;
import dev.meridian.document.DocumentId;
import dev.meridian.document.FailureCode;
import dev.meridian.document.Placement;
import dev.meridian.document.Revision;
import dev.meridian.document.StoreFailure;
import dev.meridian.document.StoredDocument;
import dev.meridian.engine.ChangeFeed;
import dev.meridian.engine.CollectionState;
import dev.meridian.engine.DocumentStore;
import dev.meridian.engine.ForceTime;
import dev.meridian.engine.Mutation;
import dev.meridian.engine.Outcome;
import dev.meridian.env.Scheduler;
import dev.meridian.env.WallClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * The store's door over a list: dots, vectors, the causal gate, last write wins, promises, all in
 * the order in which it was asked, some time later. Knows puts and deletes, and preconditions of
 * puts.
 */
public final class MemoryEngine implements DocumentStore {

  private final ReplicaId self;
  private final HybridLogicalClock clock;
  private final Scheduler scheduler;
  private final RandomGenerator random;
  private final WallClock wall;
  private final List<Change> log = new ArrayList<>();
  private final Map<String, Change> newest = new HashMap<>();
  private final List<Waiting> waiting = new ArrayList<>();
  private final List<Runnable> listeners = new ArrayList<>();
  private volatile VersionVector vector = VersionVector.EMPTY;
  private Optional<StoreFailure> refusal = Optional.empty();
  private long busyUntilNanos;

  private record Waiting(VersionVector wanted, CompletableFuture<Void> done) {}

  /**
   * @param random how long the store takes, 0 to 2 ms
   */
  public MemoryEngine(ReplicaId self, WallClock wall, Scheduler scheduler, RandomGenerator random) {
    this.self = self;
    this.wall = wall;
    this.clock = new HybridLogicalClock(wall, Duration.ofSeconds(60), HlcTimestamp.ZERO);
    this.scheduler = scheduler;
    this.random = random;
  }

  /** Everything that replicates is refused with this until it is empty. */
  public synchronized void refuse(Optional<StoreFailure> why) {
    refusal = why;
  }

  /** All changes from a position on, in the order they were applied. */
  public synchronized List<Change> logFrom(long position) {
    return List.copyOf(log.subList((int) position, log.size()));
  }

  /** Each document's winning version. */
  public synchronized Map<String, String> state() {
    Map<String, String> state = new HashMap<>();
    newest.forEach((id, change) -> state.put(id, change.version().toString()));
    return state;
  }

  @Override
  public void apply(List<Mutation> mutations, Sync sync, Consumer<List<Outcome>> done) {
    later(
        () -> {
          List<Outcome> outcomes;
          synchronized (this) {
            outcomes = mutations.stream().map(this::decide).toList();
          }
          arrived();
          done.accept(outcomes);
        });
  }

  private synchronized void later(Runnable task) {
    long now = wall.nanos();
    busyUntilNanos = Math.max(busyUntilNanos, now) + random.nextLong(2_000_000) + 1;
    scheduler.after(Duration.ofNanos(busyUntilNanos - now), task);
  }

  private Outcome decide(Mutation mutation) {
    return switch (mutation) {
      case Mutation.Put put -> {
        Optional<Revision> current =
            Optional.ofNullable(newest.get(put.id().value()))
                .filter(change -> !change.isTombstone())
                .map(change -> new Revision(change.version()));
        yield put.precondition().holds(current)
            ? local(ChangeKind.PUT, put, put.id().value(), put.placement(), put.body())
            : new Outcome.Failed(
                new StoreFailure.CallerMistake(
                    FailureCode.PRECONDITION_FAILED, "the document is at " + current));
      }
      case Mutation.Delete delete ->
          local(ChangeKind.DELETE, delete, delete.id().value(), delete.placement(), Bytes.EMPTY);
      case Mutation.Configure configure -> throw new IllegalArgumentException("not here");
      case Mutation.Operate operate -> throw new IllegalArgumentException("not here");
      case Mutation.Drop drop -> throw new IllegalArgumentException("not here");
      case Mutation.Replicated replicated -> replicated(replicated.change());
    };
  }

  private Outcome local(
      ChangeKind kind, Mutation.Local mutation, String id, Placement placement, Bytes body) {
    Change prior = newest.get(id);
    Change change =
        ChangeCodecV1.encode(
            new Dot(self, vector.get(self) + 1),
            clock.tick(),
            kind,
            mutation.collection(),
            new dev.meridian.document.DocumentId(id),
            prior == null ? VersionVector.EMPTY : prior.vector(),
            others(),
            mutation.traceparent(),
            placement,
            body);
    take(change);
    return new Outcome.Applied(change, prior == null, ForceTime.UNKNOWN);
  }

  private Outcome replicated(Change change) {
    if (vector.contains(change.dot())) {
      return new Outcome.Duplicate();
    }
    if (refusal.isPresent()) {
      return new Outcome.Failed(refusal.get());
    }
    Dot dot = change.dot();
    if (dot.sequence() > vector.get(dot.origin()) + 1) {
      return new Outcome.Blocked(VersionVector.of(dot.origin(), dot.sequence() - 1));
    }
    if (!vector.covers(change.dependencies())) {
      return new Outcome.Blocked(change.dependencies());
    }
    try {
      clock.observe(change.hlc());
    } catch (ClockDriftException drift) {
      return new Outcome.Failed(
          new StoreFailure.Unavailable(FailureCode.CLOCK_DRIFT, drift.getMessage()));
    }
    if (change.isWithheld() && change.placement().holds(self)) {
      return new Outcome.Blocked(VersionVector.of(dot.origin(), dot.sequence()));
    }
    take(change.placement().holds(self) ? change : ChangeCodecV1.withhold(change));
    return new Outcome.Applied(change, false, ForceTime.UNKNOWN);
  }

  private void take(Change change) {
    log.add(change);
    newest.merge(
        change.id().value(), change, (a, b) -> a.version().compareTo(b.version()) >= 0 ? a : b);
    vector = vector.with(change.dot());
  }

  private VersionVector others() {
    List<ReplicaId> names = new ArrayList<>();
    vector.forEach((origin, sequence) -> names.add(origin));
    names.remove(self);
    return vector.only(names);
  }

  private void arrived() {
    List<Waiting> served;
    List<Runnable> woken;
    synchronized (this) {
      served = waiting.stream().filter(w -> vector.covers(w.wanted())).toList();
      waiting.removeAll(served);
      woken = List.copyOf(listeners);
    }
    served.forEach(w -> w.done().complete(null));
    woken.forEach(Runnable::run);
  }

  @Override
  public VersionVector known() {
    return vector();
  }

  @Override
  public void operate(
      CollectionName collection,
      DocumentId id,
      java.util.function.Function<dev.meridian.engine.FieldedDocument, Mutation.Operate> work,
      Sync sync,
      Consumer<Outcome> done) {
    throw new IllegalArgumentException("not here");
  }

  @Override
  public VersionVector vector() {
    return vector;
  }

  @Override
  public synchronized CompletionStage<Void> whenCovers(VersionVector wanted) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    if (vector.covers(wanted)) {
      done.complete(null);
    } else {
      waiting.add(new Waiting(wanted, done));
    }
    return done;
  }

  @Override
  public CompletionStage<Watermark> promise() {
    CompletableFuture<Watermark> answer = new CompletableFuture<>();
    later(
        () -> {
          Watermark promise;
          synchronized (this) {
            promise = new Watermark(self, clock.tick(), vector.get(self));
          }
          answer.complete(promise);
        });
    return answer;
  }

  @Override
  public synchronized Optional<StoredDocument> find(CollectionName collection, DocumentId id) {
    return Optional.ofNullable(newest.get(id.value())).map(StoredDocument::of);
  }

  @Override
  public Optional<Optional<StoredDocument>> findInMemory(CollectionName collection, DocumentId id) {
    return Optional.of(find(collection, id));
  }

  /** As of now, whatever the time asked for. */
  @Override
  public synchronized List<StoredDocument> scan(
      CollectionName collection,
      String prefix,
      Optional<DocumentId> after,
      int limit,
      HlcTimestamp asOf) {
    return newest.values().stream()
        .filter(change -> !change.isTombstone() && change.id().value().startsWith(prefix))
        .filter(change -> after.isEmpty() || change.id().value().compareTo(after.get().value()) > 0)
        .sorted(Comparator.comparing(change -> change.id().value()))
        .limit(limit)
        .map(StoredDocument::of)
        .toList();
  }

  @Override
  public synchronized List<StoredDocument> versions(
      CollectionName collection, DocumentId id, Optional<VersionId> before, int limit) {
    return log.stream()
        .filter(change -> change.id().equals(id))
        .filter(change -> before.isEmpty() || change.version().compareTo(before.get()) < 0)
        .sorted(Comparator.comparing(Change::version).reversed())
        .limit(limit)
        .map(StoredDocument::of)
        .toList();
  }

  @Override
  public Optional<StoredDocument> kept(
      CollectionName collection, DocumentId id, VersionId version) {
    return version(collection, id, version);
  }

  @Override
  public <T> T withFields(
      CollectionName collection,
      DocumentId id,
      java.util.function.Function<dev.meridian.engine.FieldedDocument, T> use) {
    throw new IllegalArgumentException("not here");
  }

  @Override
  public Optional<dev.meridian.engine.ConflictRecord> conflicts(
      CollectionName collection, DocumentId id) {
    return Optional.empty();
  }

  @Override
  public List<dev.meridian.engine.CollidedDocument> collided(
      CollectionName collection, Optional<DocumentId> after, int limit) {
    return List.of();
  }

  /** Exists always: there is one. */
  @Override
  public CollectionState collection(CollectionName name) {
    return new CollectionState(
        name,
        0,
        0,
        0,
        HlcTimestamp.ZERO,
        HlcTimestamp.ZERO,
        Optional.of(Bytes.utf8("{}")),
        Optional.empty(),
        dev.meridian.engine.Concurrency.NONE);
  }

  @Override
  public HlcTimestamp latest() {
    return clock.latest();
  }

  @Override
  public ChangeFeed changes() {
    return new ChangeFeed() {
      @Override
      public Cursor open(VersionVector since, Set<ReplicaId> except) {
        return new ListCursor(since, except);
      }

      @Override
      public Registration onAppend(Runnable wake) {
        Runnable own = () -> wake.run();
        synchronized (MemoryEngine.this) {
          listeners.add(own);
        }
        return () -> {
          synchronized (MemoryEngine.this) {
            listeners.remove(own);
          }
        };
      }
    };
  }

  private final class ListCursor implements ChangeFeed.Cursor {
    private final VersionVector since;
    private final Set<ReplicaId> except;
    private int at;

    ListCursor(VersionVector since, Set<ReplicaId> except) {
      this.since = since;
      this.except = except;
    }

    @Override
    public List<Bytes> next(int maxChanges, int maxBytes) {
      synchronized (MemoryEngine.this) {
        List<Bytes> changes = new ArrayList<>();
        int bytes = 0;
        while (changes.size() < maxChanges && at < log.size()) {
          Change change = log.get(at);
          boolean wanted = !since.contains(change.dot()) && !except.contains(change.dot().origin());
          if (wanted && !changes.isEmpty() && bytes + change.encoded().length() > maxBytes) {
            break;
          }
          at++;
          if (wanted) {
            changes.add(change.encoded());
            bytes += change.encoded().length();
          }
        }
        return changes;
      }
    }

    @Override
    public void close() {}
  }
}
