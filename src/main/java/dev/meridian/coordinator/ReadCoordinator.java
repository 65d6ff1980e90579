package dev.meridian.coordinator;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.ReplicaId;
import dev.meridian.document.CollectionName;
import dev.meridian.document.DocumentId;
import dev.meridian.document.FailureCode;
import dev.meridian.document.FieldedBody;
import dev.meridian.document.StoreFailure;
import dev.meridian.document.StoredDocument;
import dev.meridian.document.StoredDocument.LiveDocument;
import dev.meridian.engine.DocumentStore;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Reads documents and lists: from this region's copy once the {@link LevelGate} lets it, from
 * another's if this one cannot in time, or with a majority behind it; with bodies from where they
 * live.
 */
final class ReadCoordinator {

  /** A time that is ahead of this region's clock by more is refused rather than read as now. */
  private static final Duration MAX_AHEAD = Duration.ofMinutes(1);

  private final DocumentStore store;
  private final Copy copy;
  private final Replicas replicas;
  private final ForwardedReads forwarded;
  private final LevelGate gate;
  private final QuorumReads quorum;
  private final Bodies bodies;
  private final Placements placements;

  ReadCoordinator(
      Copy copy,
      Replicas replicas,
      ReplicaClient peers,
      LevelGate gate,
      QuorumReads quorum,
      Bodies bodies,
      Placements placements) {
    this.store = copy.store();
    this.copy = copy;
    this.replicas = replicas;
    this.forwarded = new ForwardedReads(copy, peers, bodies);
    this.gate = gate;
    this.quorum = quorum;
    this.bodies = bodies;
    this.placements = placements;
  }

  CompletionStage<Documents.Lookup> look(
      CollectionName collection, DocumentId id, ReadOptions options) {
    if (options.level() instanceof ConsistencyLevel.Quorum) {
      return quorumLook(collection, id, options);
    }
    return gate.serve(
        options,
        receipt -> lookHere(collection, id, options, receipt),
        Optional.of(
            (peer, need, timeout) ->
                forwarded
                    .look(peer, collection, id, options, need, timeout)
                    .thenCompose(found -> wholeIfAny(found, options))));
  }

  CompletionStage<Documents.Lookup> lookStates(
      CollectionName collection, DocumentId id, ReadOptions options) {
    return look(collection, id, options)
        .thenCompose(found -> copy.onVirtualThread(() -> withStates(found, id)));
  }

  /** States do not travel: they are shown where this region has what was found. */
  private Documents.Lookup withStates(Documents.Lookup found, DocumentId id) {
    Optional<StoredDocument> shown = found.stored();
    if (shown.isPresent() && shown.get() instanceof LiveDocument live) {
      if (!store.vector().covers(live.seen())) {
        throw new StoreFailure.Unavailable(
            FailureCode.CONSISTENCY_UNAVAILABLE,
            "states of CRDT fields are shown by a region that has them, and this one is behind");
      }
      shown =
          store.withFields(
              found.collection(), id, document -> document.shown(FieldedBody.Show.STATES));
    }
    return new Documents.Lookup(found.collection(), shown, found.answer());
  }

  CompletionStage<Documents.DocumentPage> list(
      CollectionName collection, Documents.ListRequest request, ReadOptions options) {
    if (options.level() instanceof ConsistencyLevel.Quorum) {
      return reading(collection, options, () -> page(collection, request, options));
    }
    return gate.serve(
        options,
        receipt ->
            copy.onVirtualThread(() -> page(collection, request, options))
                .thenCompose(page -> page.apply(receipt)),
        Optional.of(
            (peer, need, timeout) ->
                forwarded.list(peer, collection, request, options, need, timeout)));
  }

  /**
   * Reads what may touch the disk, once the guarantee is there.
   *
   * @param read reads, and returns what makes an answer of that, for which it may have to fetch
   *     bodies
   */
  <T> CompletionStage<T> reading(
      CollectionName collection,
      ReadOptions options,
      Supplier<Function<Receipt, CompletionStage<T>>> read) {
    if (options.level() instanceof ConsistencyLevel.Quorum) {
      return quorumReading(collection, options, read);
    }
    return gate.serve(
        options,
        receipt -> copy.onVirtualThread(read).thenCompose(found -> found.apply(receipt)),
        Optional.empty());
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
      return whole(lookup(collection, inMemory.get(), options, receipt), options);
    }
    return copy.onVirtualThread(
            () -> lookup(collection, store.find(collection, id), options, receipt))
        .thenCompose(found -> whole(found, options));
  }

  private CompletionStage<Optional<Documents.Lookup>> wholeIfAny(
      Optional<Documents.Lookup> found, ReadOptions options) {
    return found.isEmpty()
        ? CompletableFuture.completedFuture(found)
        : whole(found.get(), options).thenApply(Optional::of);
  }

  /** With the body, if it lives elsewhere. */
  private CompletionStage<Documents.Lookup> whole(Documents.Lookup found, ReadOptions options) {
    if (found.stored().isEmpty() || !found.stored().get().change().isWithheld()) {
      return CompletableFuture.completedFuture(found);
    }
    return bodies
        .newest(found.collection(), found.stored(), options.timeout())
        .thenApply(
            whole -> {
              StoredDocument newest = whole.value().orElseThrow();
              Answer before = found.answer();
              long charge = RequestCharge.read(whole.value());
              Answer answer =
                  new Answer(
                      before.session().merge(newest.seen()),
                      before.stalenessMillis(),
                      RequestCharge.waiting(charge, before.receipt().need()),
                      whole.on(before.receipt()));
              return new Documents.Lookup(found.collection(), whole.value(), answer);
            });
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
      return options.session().merge(stored.get().seen());
    }
    boolean dropped = !store.collection(collection).droppedAt().equals(HlcTimestamp.ZERO);
    return dropped ? options.session().merge(store.vector()) : options.session();
  }

  private CompletionStage<Documents.Lookup> quorumLook(
      CollectionName collection, DocumentId id, ReadOptions options) {
    return gate.quorum(
        options,
        left ->
            quorum
                .document(collection, id, replicas.of(placements.deciding(collection, id)), left)
                .thenApply(
                    read ->
                        new Documents.Lookup(
                            collection,
                            read.value(),
                            Answer.of(
                                options.session().merge(read.seen()),
                                copy.stalenessMillis(),
                                RequestCharge.read(read.value()),
                                read.receipt())))
                .thenCompose(found -> whole(found, left)),
        receipt -> lookHere(collection, id, options, receipt));
  }

  private <T> CompletionStage<T> quorumReading(
      CollectionName collection,
      ReadOptions options,
      Supplier<Function<Receipt, CompletionStage<T>>> read) {
    return gate.quorum(
        options,
        left ->
            quorum
                .barrier(deciding(collection), left, read)
                .thenCompose(done -> done.value().apply(done.receipt())),
        receipt -> copy.onVirtualThread(read).thenCompose(found -> found.apply(receipt)));
  }

  private List<ReplicaSet> deciding(CollectionName collection) {
    return placements.deciding(collection).stream().map(replicas::of).toList();
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

  /** A read within a write: whatever is known here. */
  CompletionStage<LiveDocument> getNow(CollectionName collection, DocumentId id, Duration timeout) {
    return copy.onVirtualThread(() -> store.find(collection, id)) // it may read the disk
        .thenCompose(found -> bodies.newest(collection, found, timeout))
        .thenApply(found -> Documents.Lookup.live(collection, found.value()));
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

  Function<Receipt, CompletionStage<Documents.DocumentRead>> found(
      CollectionName collection, Optional<StoredDocument> stored, ReadOptions options) {
    return receipt ->
        bodies
            .versions(stored.stream().toList(), options.timeout())
            .thenApply(
                whole -> {
                  LiveDocument document =
                      Documents.Lookup.live(collection, whole.value().stream().findFirst());
                  return new Documents.DocumentRead(
                      document,
                      Answer.of(
                          options.session().merge(document.seen()),
                          copy.stalenessMillis(),
                          RequestCharge.read(document.body().length()),
                          whole.on(receipt)));
                });
  }

  /** A page as it is here. */
  record Scanned(List<StoredDocument> documents, boolean more, HlcTimestamp asOf) {}

  Scanned scan(CollectionName collection, Documents.ListRequest request) {
    checkExists(collection);
    HlcTimestamp asOf = request.asOf().map(this::past).orElseGet(store::latest);
    List<StoredDocument> documents =
        store.scan(collection, request.prefix(), request.after(), request.limit() + 1, asOf);
    boolean more = documents.size() > request.limit();
    return new Scanned(
        more ? List.copyOf(documents.subList(0, request.limit())) : documents, more, asOf);
  }

  Function<Receipt, CompletionStage<Documents.DocumentPage>> page(
      CollectionName collection, Documents.ListRequest request, ReadOptions options) {
    Scanned page = scan(collection, request);
    return receipt ->
        bodies
            .versions(page.documents(), options.timeout())
            .thenApply(
                whole -> {
                  List<LiveDocument> documents = live(whole.value());
                  long charge = RequestCharge.read(documents);
                  return new Documents.DocumentPage(
                      documents,
                      page.more(),
                      page.asOf(),
                      answer(options.session(), charge, whole.on(receipt)));
                });
  }

  static List<LiveDocument> live(List<StoredDocument> whole) {
    return whole.stream()
        .map(each -> each instanceof LiveDocument live ? live : new LiveDocument(each.change()))
        .toList();
  }

  Bodies bodies() {
    return bodies;
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
