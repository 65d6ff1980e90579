package dev.meridian.coordinator;

import dev.meridian.clock.Dot;
import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionVector;
import dev.meridian.cluster.ReplicaEndpoint;
import dev.meridian.document.Bytes;
import dev.meridian.document.Change;
import dev.meridian.document.ChangeCodecV1;
import dev.meridian.document.FailureCode;
import dev.meridian.document.JsonDocument;
import dev.meridian.document.JsonLimits;
import dev.meridian.document.StoreFailure;
import dev.meridian.document.StoredDocument;
import dev.meridian.engine.ChangeFeed;
import dev.meridian.env.Scheduler;
import dev.meridian.replication.HintedHandoff;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/**
 * Answers what peers ask of this region's copy. What they send is checked first; at most {@link
 * #MAX_OPEN} questions of each are dealt with at once. Thread-safe.
 */
final class ReplicaDesk implements ReplicaEndpoint {

  static final int MAX_OPEN = 1024;

  /** The most a peer may have this region wait for it. */
  private static final int MAX_WAIT_MILLIS = 60_000;

  /** What is decided is forced within this, unless the disk is in trouble. */
  private static final Duration DECIDED = Duration.ofMillis(250);

  /** The asker's limits were kept there; what is checked here is that it is JSON at all. */
  private static final JsonLimits LIMITS =
      new JsonLimits(MAX_QUESTION_BYTES, JsonLimits.DEFAULTS.maxDepth());

  private static final int MAX_CHANGES = 512;
  private static final int MAX_CHANGES_BYTES = 1 << 20;

  /** Bytes of documents after which a page ends early. */
  private static final int MAX_PAGE_BYTES = 8 << 20;

  private final Copy copy;
  private final Replicas replicas;
  private final ReadCoordinator reads;
  private final WriteRouter writes;
  private final CatchUp catchUp;
  private final Sightings sightings;
  private final Scheduler scheduler;
  private final HintedHandoff hints;
  private final BooleanSupplier serving;
  private final Map<ReplicaId, AtomicInteger> open = new ConcurrentHashMap<>();

  /**
   * @param hints what is held here for regions that are down
   * @param serving false while this region may lack what it acknowledged earlier
   */
  ReplicaDesk(
      Copy copy,
      Replicas replicas,
      ReadCoordinator reads,
      WriteRouter writes,
      CatchUp catchUp,
      Sightings sightings,
      Scheduler scheduler,
      HintedHandoff hints,
      BooleanSupplier serving) {
    this.copy = copy;
    this.replicas = replicas;
    this.reads = reads;
    this.writes = writes;
    this.catchUp = catchUp;
    this.sightings = sightings;
    this.scheduler = scheduler;
    this.hints = hints;
    this.serving = serving;
  }

  @Override
  public CompletionStage<Bytes> answer(ReplicaId asker, Bytes bytes) {
    ReplicaQuestion question;
    try {
      question = ReplicaCodecV1.question(bytes);
    } catch (IllegalArgumentException malformed) {
      return CompletableFuture.failedFuture(malformed);
    }
    if (!serving.getAsBoolean() && !(question instanceof ReplicaQuestion.Since)) {
      return failed(FailureCode.NOT_READY, "the region is starting");
    }
    AtomicInteger ofAsker = open.computeIfAbsent(asker, unused -> new AtomicInteger());
    if (ofAsker.incrementAndGet() > MAX_OPEN) {
      ofAsker.decrementAndGet();
      return failed(FailureCode.OVERLOADED, "more than " + MAX_OPEN + " questions are open");
    }
    return answer(asker, question)
        .exceptionally(ReplicaDesk::problem)
        .thenApply(ReplicaCodecV1::encode)
        .whenComplete((answer, failure) -> ofAsker.decrementAndGet());
  }

  private static CompletionStage<Bytes> failed(FailureCode code, String detail) {
    return CompletableFuture.completedFuture(
        ReplicaCodecV1.encode(new ReplicaAnswer.Failed(code, detail)));
  }

  private static ReplicaAnswer problem(Throwable thrown) {
    StoreFailure failure = RegionDocuments.asStoreFailure(thrown);
    return new ReplicaAnswer.Failed(failure.code(), String.valueOf(failure.getMessage()));
  }

  private CompletionStage<ReplicaAnswer> answer(ReplicaId asker, ReplicaQuestion question) {
    return switch (question) {
      case ReplicaQuestion.Digest digest ->
          copy.state(digest.collection(), digest.id()).thenApply(Copy.State::digest);
      case ReplicaQuestion.Read read ->
          ifFresh(
              read.need(),
              () ->
                  copy.newest(read.collection(), read.id())
                      .thenApply(
                          stored ->
                              new ReplicaAnswer.Document(
                                  copy.store().vector(),
                                  copy.stalenessMillis(),
                                  stored.map(Shown::of))));
      case ReplicaQuestion.Page page ->
          ifFresh(page.need(), () -> copy.onVirtualThread(() -> page(page)));
      case ReplicaQuestion.Cover(VersionVector wanted, int timeoutMillis) ->
          catchUp
              .to(
                  wanted,
                  replicas.peer(asker),
                  Duration.ofMillis(Math.min(timeoutMillis, MAX_WAIT_MILLIS)))
              .thenApply(reached -> new ReplicaAnswer.Vector(copy.store().vector()));
      case ReplicaQuestion.Seen(List<Dot> changes) ->
          CompletableFuture.completedFuture(
              new ReplicaAnswer.Times(changes.stream().map(sightings::at).toList()));
      case ReplicaQuestion.Since(VersionVector have) ->
          copy.onVirtualThread(() -> since(asker, have));
      case ReplicaQuestion.Versions(var versions) -> copy.onVirtualThread(() -> versions(versions));
      case ReplicaQuestion.Write write -> write(write);
      case ReplicaQuestion.Hold(ReplicaId owner, List<Bytes> changes) ->
          copy.onVirtualThread(() -> hold(owner, changes));
    };
  }

  private interface Reading {
    CompletionStage<? extends ReplicaAnswer> read();
  }

  private CompletionStage<ReplicaAnswer> ifFresh(ReplicaQuestion.Fresh need, Reading reading) {
    VersionVector here = copy.store().vector();
    long staleness = copy.stalenessMillis();
    long claimed = need.seen().get(copy.self());
    if (claimed > here.get(copy.self())) {
      return aheadOrNot(claimed, need, reading);
    }
    boolean fresh = need.maxStalenessMillis() < 0 || staleness <= need.maxStalenessMillis();
    if (!here.covers(need.seen()) || !fresh) {
      return CompletableFuture.completedFuture(new ReplicaAnswer.Cannot(here, staleness));
    }
    return reading.read().thenApply(answer -> answer);
  }

  /** A change of this region that is not on its disk: it comes with the next force, or never. */
  private CompletionStage<ReplicaAnswer> aheadOrNot(
      long claimed, ReplicaQuestion.Fresh need, Reading reading) {
    CompletableFuture<Boolean> made = new CompletableFuture<>();
    CompletableFuture<Void> arrival =
        copy.store().whenCovers(VersionVector.of(copy.self(), claimed)).toCompletableFuture();
    Scheduler.Timer timer = scheduler.after(DECIDED, () -> made.complete(false));
    arrival.whenComplete((nothing, failure) -> made.complete(failure == null));
    return made.thenCompose(
        is -> {
          timer.cancel();
          arrival.cancel(false);
          return is
              ? ifFresh(need, reading)
              : CompletableFuture.completedFuture(new ReplicaAnswer.Ahead(copy.store().vector()));
        });
  }

  private ReplicaAnswer page(ReplicaQuestion.Page question) {
    Documents.ListRequest request =
        new Documents.ListRequest(
            question.prefix(), question.limit(), question.after(), question.asOf());
    ReadCoordinator.Scanned page = reads.scan(question.collection(), request);
    List<Shown> documents = new ArrayList<>();
    long bytes = 0;
    for (StoredDocument document : page.documents()) {
      if (bytes > MAX_PAGE_BYTES) {
        break;
      }
      Shown shown = Shown.of(document);
      documents.add(shown);
      bytes += shown.bytes();
    }
    boolean more = page.more() || documents.size() < page.documents().size();
    return new ReplicaAnswer.Page(
        copy.store().vector(), copy.stalenessMillis(), page.asOf(), more, documents);
  }

  private ReplicaAnswer since(ReplicaId asker, VersionVector have) {
    try (ChangeFeed.Cursor cursor = copy.store().changes().open(have, Set.of())) {
      return new ReplicaAnswer.Changes(
          cursor.next(MAX_CHANGES, MAX_CHANGES_BYTES).stream()
              .map(change -> replicas.replication().forPeer(asker, change))
              .toList());
    }
  }

  /** Those of them that are here whole, as many as one answer takes. */
  private ReplicaAnswer versions(List<ReplicaQuestion.VersionOf> wanted) {
    List<Bytes> changes = new ArrayList<>();
    long bytes = 0;
    for (ReplicaQuestion.VersionOf each : wanted) {
      if (bytes > MAX_PAGE_BYTES) {
        break;
      }
      Optional<StoredDocument> found =
          copy.store().version(each.collection(), each.id(), each.version());
      if (found.isPresent() && !found.get().change().isWithheld()) {
        changes.add(found.get().change().encoded());
        bytes += found.get().change().encoded().length();
      }
    }
    return new ReplicaAnswer.Changes(changes);
  }

  /** Only what the owner should have and this region should not, and nothing for strangers. */
  private ReplicaAnswer hold(ReplicaId owner, List<Bytes> changes) {
    for (Bytes bytes : changes) {
      Change change = ChangeCodecV1.decode(bytes);
      boolean belongs =
          replicas.isPeer(owner)
              && !change.isWithheld()
              && change.placement().holds(owner)
              && !change.placement().holds(copy.self());
      if (!belongs) {
        throw new StoreFailure.CallerMistake(
            FailureCode.INVALID_REQUEST, "not a change to be held for '" + owner + "' here");
      }
    }
    hints.hold(owner, changes);
    return new ReplicaAnswer.Vector(copy.store().vector());
  }

  private CompletionStage<ReplicaAnswer> write(ReplicaQuestion.Write write) {
    if (!write.target().placement().holds(copy.self())) {
      return CompletableFuture.failedFuture(
          new StoreFailure.CallerMistake(
              FailureCode.INVALID_REQUEST,
              "these documents belong into " + write.target().placement()));
    }
    List<Documents.BulkOperation> checked;
    try {
      checked = write.operations().stream().map(ReplicaDesk::checked).toList();
    } catch (StoreFailure refused) {
      return CompletableFuture.failedFuture(refused);
    }
    return writes
        .group(write.collection(), write.target(), checked, write.options())
        .thenApply(ReplicaAnswer.Written::new);
  }

  /** A peer's client sent it: it is looked at as if it had come from one of ours. */
  private static Documents.BulkOperation checked(Documents.BulkOperation operation) {
    return operation instanceof Documents.BulkOperation.Put put
        ? new Documents.BulkOperation.Put(
            put.id(), JsonDocument.compact(put.body(), LIMITS), put.precondition())
        : operation;
  }

  /** How many questions are being dealt with. */
  int open() {
    return open.values().stream().mapToInt(AtomicInteger::get).sum();
  }
}
