package dev.meridian.coordinator;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.VersionVector;
import dev.meridian.document.CollectionName;
import dev.meridian.document.DocumentId;
import dev.meridian.document.FailureCode;
import dev.meridian.document.StoreFailure;
import dev.meridian.document.StoredDocument;
import dev.meridian.document.StoredDocument.LiveDocument;
import dev.meridian.document.StoredDocument.Tombstone;
import dev.meridian.engine.LogStructuredEngine;
import dev.meridian.env.Scheduler;
import dev.meridian.env.Threads;
import dev.meridian.env.WallClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Serves reads: waits until this region can give the guarantee asked for, then reads. What memory
 * can tell is answered at once on the caller's thread; what may touch the disk goes to a virtual
 * thread.
 */
final class ReadCoordinator {

  /** A time that is ahead of this region's clock by more is refused rather than read as now. */
  private static final Duration MAX_AHEAD = Duration.ofMinutes(1);

  private final LogStructuredEngine engine;
  private final Supplier<HlcTimestamp> safeTime;
  private final WallClock wall;
  private final Scheduler scheduler;
  private final Threads threads;

  /** What was waited for, and what it gave. */
  record Guarantee(String got, long waitNanos) {}

  /**
   * @param safeTime reads as of it are complete here
   */
  ReadCoordinator(
      LogStructuredEngine engine,
      Supplier<HlcTimestamp> safeTime,
      WallClock wall,
      Scheduler scheduler,
      Threads threads) {
    this.engine = engine;
    this.safeTime = safeTime;
    this.wall = wall;
    this.scheduler = scheduler;
    this.threads = threads;
  }

  CompletionStage<Documents.DocumentRead> get(
      CollectionName collection, DocumentId id, ReadOptions options) {
    Optional<CompletionStage<Guarantee>> wait = whenReady(options);
    if (wait.isEmpty()) {
      return read(collection, id, options, new Guarantee(name(options.level()), 0));
    }
    return wait.get().thenCompose(given -> read(collection, id, options, given));
  }

  CompletionStage<Documents.DocumentPage> list(
      CollectionName collection, Documents.ListRequest request, ReadOptions options) {
    return reading(options, given -> page(collection, request, options, given));
  }

  /** Reads what may touch the disk, once the guarantee is there. */
  <T> CompletionStage<T> reading(ReadOptions options, Function<Guarantee, T> read) {
    CompletionStage<Guarantee> ready =
        whenReady(options)
            .orElseGet(
                () -> CompletableFuture.completedFuture(new Guarantee(name(options.level()), 0)));
    return ready.thenCompose(given -> onVirtualThread(() -> read.apply(given)));
  }

  /** The past cannot be read at a time that this region's clock will not accept. */
  HlcTimestamp past(HlcTimestamp asOf) {
    long ahead = asOf.millis() - wall.millis();
    if (ahead > MAX_AHEAD.toMillis()) {
      throw new StoreFailure.CallerMistake(
          FailureCode.INVALID_REQUEST,
          "the time to read at lies " + ahead + " ms in the future of this region");
    }
    return asOf;
  }

  LogStructuredEngine engine() {
    return engine;
  }

  /** A read within a bulk: no wait, whatever is here. */
  StoredDocument.LiveDocument getNow(CollectionName collection, DocumentId id) {
    return live(collection, engine.find(collection, id));
  }

  /** Whether memory knows a document's newest version; false also if that cannot be told. */
  boolean isInMemory(CollectionName collection, DocumentId id) {
    try {
      return engine.findInMemory(collection, id).isPresent();
    } catch (StoreFailure damaged) {
      return false; // reading it again will say so
    }
  }

  /** Completes when what documents hold now was fetched into memory. */
  CompletionStage<Void> whenInMemory(CollectionName collection, List<DocumentId> ids) {
    List<DocumentId> absent = ids.stream().filter(id -> !isInMemory(collection, id)).toList();
    if (absent.isEmpty()) {
      return CompletableFuture.completedFuture(null);
    }
    return onVirtualThread(
        () -> {
          absent.forEach(id -> engine.find(collection, id));
          return null;
        });
  }

  Answer answer(SessionToken session, long charge, String got, long waitNanos) {
    return new Answer(session.merge(engine.vector()), stalenessMillis(), charge, got, waitNanos);
  }

  private CompletionStage<Documents.DocumentRead> read(
      CollectionName collection, DocumentId id, ReadOptions options, Guarantee given) {
    Optional<Optional<StoredDocument>> inMemory = engine.findInMemory(collection, id);
    if (inMemory.isEmpty()) {
      return onVirtualThread(() -> found(collection, engine.find(collection, id), options, given));
    }
    try {
      return CompletableFuture.completedFuture(found(collection, inMemory.get(), options, given));
    } catch (StoreFailure absent) {
      return CompletableFuture.failedFuture(absent);
    }
  }

  Documents.DocumentRead found(
      CollectionName collection,
      Optional<StoredDocument> stored,
      ReadOptions options,
      Guarantee given) {
    LiveDocument document = live(collection, stored);
    long charge = RequestCharge.read(document.body().length());
    return new Documents.DocumentRead(
        document, answer(options.session(), charge, given.got(), given.waitNanos()));
  }

  private LiveDocument live(CollectionName collection, Optional<StoredDocument> stored) {
    if (stored.isEmpty()) {
      throw new StoreFailure.CallerMistake(
          FailureCode.DOCUMENT_NOT_FOUND,
          "collection '" + collection + "' has no document with this id");
    }
    return switch (stored.get()) {
      case LiveDocument document -> document;
      case Tombstone tombstone ->
          throw new StoreFailure.CallerMistake(
              FailureCode.DOCUMENT_DELETED,
              "the document was deleted by version " + tombstone.version(),
              Map.of("version", tombstone.version().toString()));
    };
  }

  private Documents.DocumentPage page(
      CollectionName collection,
      Documents.ListRequest request,
      ReadOptions options,
      Guarantee given) {
    checkExists(collection);
    HlcTimestamp asOf = request.asOf().map(this::past).orElseGet(engine::latest);
    List<LiveDocument> documents =
        engine.scan(collection, request.prefix(), request.after(), request.limit() + 1, asOf);
    boolean more = documents.size() > request.limit();
    List<LiveDocument> page =
        more ? new ArrayList<>(documents.subList(0, request.limit())) : documents;
    long bytes = page.stream().mapToLong(document -> document.body().length()).sum();
    return new Documents.DocumentPage(
        page,
        more,
        asOf,
        answer(options.session(), RequestCharge.read(bytes), given.got(), given.waitNanos()));
  }

  void checkExists(CollectionName collection) {
    if (!engine.collection(collection).exists()) {
      throw new StoreFailure.CallerMistake(
          FailureCode.COLLECTION_NOT_FOUND, "there is no collection '" + collection + "'");
    }
  }

  /** Empty when the guarantee holds already, which is the usual case. */
  private Optional<CompletionStage<Guarantee>> whenReady(ReadOptions options) {
    return switch (options.level()) {
      case ConsistencyLevel.Eventual eventual -> Optional.empty();
      case ConsistencyLevel.Session session -> {
        VersionVector seen = options.session().seen();
        yield engine.vector().covers(seen) ? Optional.empty() : Optional.of(covers(seen, options));
      }
      case ConsistencyLevel.Bounded(Duration bound) ->
          stalenessMillis() <= bound.toMillis()
              ? Optional.empty()
              : Optional.of(fresh(bound, options));
      case ConsistencyLevel.Quorum quorum -> Optional.of(unsupported("quorum"));
      case ConsistencyLevel.Strong strong -> Optional.of(unsupported("strong"));
    };
  }

  private CompletionStage<Guarantee> covers(VersionVector seen, ReadOptions options) {
    long start = wall.nanos();
    CompletableFuture<Void> arrival = engine.whenCovers(seen).toCompletableFuture();
    CompletableFuture<Guarantee> result = new CompletableFuture<>();
    Scheduler.Timer timer =
        scheduler.after(
            options.timeout(),
            () -> {
              arrival.cancel(false);
              String lacking = "this region has " + engine.vector() + ", the session saw " + seen;
              missed(result, options, lacking, wall.nanos() - start);
            });
    arrival.whenComplete(
        (nothing, failure) -> {
          if (failure == null) {
            timer.cancel();
            result.complete(new Guarantee("session", wall.nanos() - start));
          } else if (!arrival.isCancelled()) {
            timer.cancel();
            result.completeExceptionally(failure);
          }
        });
    return result;
  }

  private CompletionStage<Guarantee> fresh(Duration bound, ReadOptions options) {
    CompletableFuture<Guarantee> result = new CompletableFuture<>();
    new FreshnessWait(bound, options, result, wall.nanos()).check();
    return result;
  }

  private void missed(
      CompletableFuture<Guarantee> result, ReadOptions options, String why, long waitedNanos) {
    if (options.degrade()) {
      result.complete(new Guarantee("eventual", waitedNanos));
      return;
    }
    result.completeExceptionally(
        new StoreFailure.Unavailable(
            FailureCode.CONSISTENCY_UNAVAILABLE,
            "'"
                + name(options.level())
                + "' could not be given within "
                + options.timeout().toMillis()
                + " ms: "
                + why
                + ". Try again, ask another region, or send Meridian-On-Miss: degrade"));
  }

  private static CompletionStage<Guarantee> unsupported(String level) {
    return CompletableFuture.failedFuture(
        new StoreFailure.CallerMistake(
            FailureCode.CONSISTENCY_UNSUPPORTED,
            "this collection does not offer '"
                + level
                + "' reads; it offers eventual, session and bounded"));
  }

  private long stalenessMillis() {
    return Math.max(0, wall.millis() - safeTime.get().millis());
  }

  private static String name(ConsistencyLevel level) {
    return switch (level) {
      case ConsistencyLevel.Eventual eventual -> "eventual";
      case ConsistencyLevel.Session session -> "session";
      case ConsistencyLevel.Bounded bounded -> "bounded";
      case ConsistencyLevel.Quorum quorum -> "quorum";
      case ConsistencyLevel.Strong strong -> "strong";
    };
  }

  <T> CompletionStage<T> onVirtualThread(Supplier<T> work) {
    CompletableFuture<T> result = new CompletableFuture<>();
    threads.startVirtual(
        "meridian-read",
        () -> {
          try {
            result.complete(work.get());
          } catch (StoreFailure failure) {
            result.completeExceptionally(failure);
          } catch (RuntimeException fault) {
            result.completeExceptionally(
                new StoreFailure.Fault(
                    FailureCode.STORAGE_FAILED, "the document could not be read", fault));
          }
        });
    return result;
  }

  /** Looks again, at short intervals, until the region is fresh enough or time is up. */
  private final class FreshnessWait {
    private static final Duration INTERVAL = Duration.ofMillis(10);

    private final Duration bound;
    private final ReadOptions options;
    private final CompletableFuture<Guarantee> result;
    private final long start;

    FreshnessWait(
        Duration bound, ReadOptions options, CompletableFuture<Guarantee> result, long start) {
      this.bound = bound;
      this.options = options;
      this.result = result;
      this.start = start;
    }

    void check() {
      long staleness = stalenessMillis();
      long waited = wall.nanos() - start;
      if (staleness <= bound.toMillis()) {
        result.complete(new Guarantee("bounded", waited));
      } else if (waited >= options.timeout().toNanos()) {
        missed(result, options, "data here may be " + staleness + " ms old", waited);
      } else {
        scheduler.after(INTERVAL, this::check);
      }
    }
  }
}
