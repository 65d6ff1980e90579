package dev.meridian.coordinator;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.ReplicaId;
import dev.meridian.document.CollectionName;
import dev.meridian.document.DocumentId;
import dev.meridian.document.FailureCode;
import dev.meridian.document.StoreFailure;
import dev.meridian.document.StoredDocument;
import dev.meridian.document.StoredDocument.LiveDocument;
import dev.meridian.engine.DocumentStore;
import dev.meridian.env.Scheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Serves reads: from this region's copy once it can give the guarantee asked for, from another's if
 * it cannot in time, or with a majority behind it.
 */
final class ReadCoordinator {

  /** A time that is ahead of this region's clock by more is refused rather than read as now. */
  private static final Duration MAX_AHEAD = Duration.ofMinutes(1);

  private final DocumentStore store;
  private final Copy copy;
  private final Replicas replicas;
  private final ForwardedReads forwarded;
  private final QuorumReads quorum;
  private final Scheduler scheduler;
  private final WaitingRoom room = new WaitingRoom();
  private final Receipt eventual;
  private final Receipt session;

  ReadCoordinator(
      Copy copy, Replicas replicas, ReplicaClient peers, QuorumReads quorum, Scheduler scheduler) {
    this.store = copy.store();
    this.copy = copy;
    this.replicas = replicas;
    this.forwarded = new ForwardedReads(copy, peers);
    this.quorum = quorum;
    this.scheduler = scheduler;
    this.eventual =
        Receipt.local("eventual", "eventual", "what is here", copy.self(), Receipt.Times.NONE);
    this.session =
        Receipt.local("session", "session", "covers the session", copy.self(), Receipt.Times.NONE);
  }

  CompletionStage<Documents.Lookup> look(
      CollectionName collection, DocumentId id, ReadOptions options) {
    if (options.level() instanceof ConsistencyLevel.Quorum) {
      return quorumLook(collection, id, options);
    }
    return serve(
        collection,
        options,
        receipt -> lookHere(collection, id, options, receipt),
        Optional.of(
            (peer, need, timeout) -> forwarded.look(peer, collection, id, options, need, timeout)));
  }

  CompletionStage<Documents.DocumentPage> list(
      CollectionName collection, Documents.ListRequest request, ReadOptions options) {
    if (options.level() instanceof ConsistencyLevel.Quorum) {
      return reading(collection, options, () -> page(collection, request, options));
    }
    return serve(
        collection,
        options,
        receipt -> copy.onVirtualThread(() -> page(collection, request, options).apply(receipt)),
        Optional.of(
            (peer, need, timeout) ->
                forwarded.list(peer, collection, request, options, need, timeout)));
  }

  /**
   * Reads what may touch the disk, once the guarantee is there.
   *
   * @param read reads, and returns what makes an answer of that
   */
  <T> CompletionStage<T> reading(
      CollectionName collection, ReadOptions options, Supplier<Function<Receipt, T>> read) {
    if (options.level() instanceof ConsistencyLevel.Quorum) {
      return quorumReading(collection, options, read);
    }
    return serve(
        collection,
        options,
        receipt -> copy.onVirtualThread(() -> read.get().apply(receipt)),
        Optional.empty());
  }

  /**
   * Waits until what a session saw is here, so that what follows comes after it in every region.
   */
  <T> CompletionStage<T> afterSession(
      CollectionName collection,
      WriteOptions options,
      Function<Optional<String>, CompletionStage<T>> then) {
    if (store.vector().covers(options.session().seen())) {
      return then.apply(Optional.empty());
    }
    ReadOptions wait =
        new ReadOptions(
            new ConsistencyLevel.Session(),
            options.session(),
            options.degrade(),
            options.timeout());
    return waiting(
        collection,
        wait,
        receipt ->
            then.apply(
                receipt.got().equals("session") ? Optional.empty() : Optional.of(receipt.why())),
        Optional.empty());
  }

  private <T> CompletionStage<T> serve(
      CollectionName collection,
      ReadOptions options,
      Function<Receipt, CompletionStage<T>> here,
      Optional<LevelWait.Elsewhere<T>> elsewhere) {
    if (options.level() instanceof ConsistencyLevel.Strong) {
      return CompletableFuture.failedFuture(unsupported());
    }
    if (LevelWait.holds(options, copy)) {
      return here.apply(receipt(options.level()));
    }
    return waiting(collection, options, here, elsewhere);
  }

  private <T> CompletionStage<T> waiting(
      CollectionName collection,
      ReadOptions options,
      Function<Receipt, CompletionStage<T>> here,
      Optional<LevelWait.Elsewhere<T>> elsewhere) {
    return room.within(
        () ->
            new LevelWait<>(copy, replicas, scheduler, collection, options, here, elsewhere).run());
  }

  /** How many requests wait for their guarantee. */
  int waiting() {
    return room.waiting();
  }

  private Receipt receipt(ConsistencyLevel level) {
    return switch (level) {
      case ConsistencyLevel.Eventual any -> eventual;
      case ConsistencyLevel.Session any -> session;
      case ConsistencyLevel.Bounded bounded ->
          Receipt.local(
              bounded.text(), bounded.text(), "fresh enough here", copy.self(), Receipt.Times.NONE);
      case ConsistencyLevel.Quorum quorum -> throw unsupported();
      case ConsistencyLevel.Strong strong -> throw unsupported();
    };
  }

  private static StoreFailure unsupported() {
    return new StoreFailure.CallerMistake(
        FailureCode.CONSISTENCY_UNSUPPORTED,
        "collections of mode active-active do not offer 'strong' reads, since every region writes"
            + " them; they offer eventual, session, bounded and quorum. Modes 'home', 'consensus'"
            + " and 'chain' are made for strong reads");
  }

  private CompletionStage<Documents.Lookup> lookHere(
      CollectionName collection, DocumentId id, ReadOptions options, Receipt receipt) {
    Optional<Optional<StoredDocument>> inMemory;
    try {
      inMemory = store.findInMemory(collection, id);
    } catch (StoreFailure damaged) {
      return CompletableFuture.failedFuture(damaged);
    }
    if (inMemory.isPresent()) {
      return CompletableFuture.completedFuture(
          lookup(collection, inMemory.get(), options, receipt));
    }
    return copy.onVirtualThread(
        () -> lookup(collection, store.find(collection, id), options, receipt));
  }

  private Documents.Lookup lookup(
      CollectionName collection,
      Optional<StoredDocument> stored,
      ReadOptions options,
      Receipt receipt) {
    return new Documents.Lookup(
        collection,
        stored,
        Answer.of(
            token(collection, stored, options),
            copy.stalenessMillis(),
            RequestCharge.read(stored),
            receipt));
  }

  /**
   * Whoever has a change has all that came before it, so the change stands for it all. Of a
   * document that a drop took away nothing is left to name: the whole vector stands for it.
   */
  private SessionToken token(
      CollectionName collection, Optional<StoredDocument> stored, ReadOptions options) {
    if (stored.isPresent()) {
      return options.session().with(stored.get().change().dot());
    }
    boolean dropped = !store.collection(collection).droppedAt().equals(HlcTimestamp.ZERO);
    return dropped ? options.session().merge(store.vector()) : options.session();
  }

  private CompletionStage<Documents.Lookup> quorumLook(
      CollectionName collection, DocumentId id, ReadOptions options) {
    return afterSeen(
        collection,
        options,
        left ->
            quorum
                .document(collection, id, left)
                .thenApply(
                    read ->
                        new Documents.Lookup(
                            collection,
                            read.value(),
                            Answer.of(
                                options.session().merge(read.seen()),
                                copy.stalenessMillis(),
                                RequestCharge.read(read.value()),
                                read.receipt()))),
        receipt -> lookHere(collection, id, options, receipt));
  }

  private <T> CompletionStage<T> quorumReading(
      CollectionName collection, ReadOptions options, Supplier<Function<Receipt, T>> read) {
    return afterSeen(
        collection,
        options,
        left ->
            quorum
                .barrier(collection, left, read)
                .thenApply(done -> done.value().apply(done.receipt())),
        receipt -> copy.onVirtualThread(() -> read.get().apply(receipt)));
  }

  /** A quorum read also covers the session it belongs to. */
  private <T> CompletionStage<T> afterSeen(
      CollectionName collection,
      ReadOptions options,
      Function<ReadOptions, CompletionStage<T>> read,
      Function<Receipt, CompletionStage<T>> less) {
    if (!LevelWait.holds(options, copy)) {
      return waiting(
          collection,
          options,
          receipt ->
              receipt.got().equals("quorum")
                  ? withMajority(options.after(receipt.times().waitNanos()), read, less)
                  : less.apply(receipt),
          Optional.empty());
    }
    return room.within(() -> withMajority(options, read, less));
  }

  private <T> CompletionStage<T> withMajority(
      ReadOptions options,
      Function<ReadOptions, CompletionStage<T>> read,
      Function<Receipt, CompletionStage<T>> less) {
    long start = copy.clock().nanos();
    return read.apply(options)
        .<CompletionStage<T>>handle(
            (value, failure) ->
                failure == null
                    ? CompletableFuture.completedFuture(value)
                    : QuorumReads.missed(
                        failure,
                        options,
                        why -> {
                          long waited = copy.clock().nanos() - start;
                          return less.apply(
                              Receipt.local(
                                  "quorum",
                                  "session",
                                  why,
                                  copy.self(),
                                  new Receipt.Times(HereNanos.NONE, waited, waited)));
                        }))
        .thenCompose(Function.identity());
  }

  /** The past cannot be read at a time that this region's clock will not accept. */
  HlcTimestamp past(HlcTimestamp asOf) {
    long ahead = asOf.millis() - copy.clock().millis();
    if (ahead > MAX_AHEAD.toMillis()) {
      throw new StoreFailure.CallerMistake(
          FailureCode.INVALID_REQUEST,
          "the time to read at lies " + ahead + " ms in the future of this region");
    }
    return asOf;
  }

  ReplicaId self() {
    return copy.self();
  }

  /** A read within a bulk: no wait, whatever is here. */
  LiveDocument getNow(CollectionName collection, DocumentId id) {
    return Documents.Lookup.live(collection, store.find(collection, id));
  }

  /** Whether memory knows a document's newest version; false also if that cannot be told. */
  boolean isInMemory(CollectionName collection, DocumentId id) {
    try {
      return store.findInMemory(collection, id).isPresent();
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
          absent.forEach(id -> store.find(collection, id));
          return null;
        });
  }

  /** What is said of a read of several documents: everything here may have played a part. */
  Answer answer(SessionToken token, long charge, Receipt receipt) {
    return Answer.of(token.merge(store.vector()), copy.stalenessMillis(), charge, receipt);
  }

  Function<Receipt, Documents.DocumentRead> found(
      CollectionName collection, Optional<StoredDocument> stored, ReadOptions options) {
    LiveDocument document = Documents.Lookup.live(collection, stored);
    long charge = RequestCharge.read(document.body().length());
    SessionToken token = options.session().with(document.change().dot());
    return receipt ->
        new Documents.DocumentRead(
            document, Answer.of(token, copy.stalenessMillis(), charge, receipt));
  }

  Function<Receipt, Documents.DocumentPage> page(
      CollectionName collection, Documents.ListRequest request, ReadOptions options) {
    checkExists(collection);
    HlcTimestamp asOf = request.asOf().map(this::past).orElseGet(store::latest);
    List<LiveDocument> documents =
        store.scan(collection, request.prefix(), request.after(), request.limit() + 1, asOf);
    boolean more = documents.size() > request.limit();
    List<LiveDocument> page =
        more ? new ArrayList<>(documents.subList(0, request.limit())) : documents;
    return receipt ->
        new Documents.DocumentPage(
            page, more, asOf, answer(options.session(), RequestCharge.read(page), receipt));
  }

  void checkExists(CollectionName collection) {
    if (!store.collection(collection).exists()) {
      throw new StoreFailure.CallerMistake(
          FailureCode.COLLECTION_NOT_FOUND, "there is no collection '" + collection + "'");
    }
  }

  <T> CompletionStage<T> onVirtualThread(Supplier<T> work) {
    return copy.onVirtualThread(work);
  }
}
