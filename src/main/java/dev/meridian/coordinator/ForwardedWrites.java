package dev.meridian.coordinator;

import dev.meridian.cluster.Region;
import dev.meridian.cluster.UnsentException;
import dev.meridian.document.CollectionName;
import dev.meridian.document.FailureCode;
import dev.meridian.document.StoreFailure;
import dev.meridian.env.WallClock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.LongAdder;

/**
 * Writes of documents that do not live here: made by a region where they do, with the guarantees
 * the client asked for, in its name. Another region is tried only when it is certain that the one
 * before did nothing; an answer that is lost is an unknown outcome. Thread-safe; nothing blocks.
 */
final class ForwardedWrites {

  /** What the other region may take beyond the time that the client gave for the guarantee. */
  private static final Duration WRITING = Duration.ofSeconds(2);

  /** Refusals of a region that another one may not share; nothing was written. */
  private static final Set<FailureCode> THERE_ONLY =
      Set.of(FailureCode.NOT_READY, FailureCode.OVERLOADED, FailureCode.STORAGE_FULL);

  private final Replicas replicas;
  private final ReplicaClient peers;
  private final WallClock clock;
  private final LongAdder forwarded = new LongAdder();

  ForwardedWrites(Replicas replicas, ReplicaClient peers, WallClock clock) {
    this.replicas = replicas;
    this.peers = peers;
    this.clock = clock;
  }

  /** Writes that another region made for this one. */
  long forwarded() {
    return forwarded.sum();
  }

  /** What became of each operation, in order, and what is to be said of all. */
  CompletionStage<Documents.BulkResult> group(
      CollectionName collection,
      Placements.Target target,
      List<Documents.BulkOperation> operations,
      WriteOptions options) {
    ReplicaQuestion.Write question =
        new ReplicaQuestion.Write(collection, target, operations, options);
    return ask(replicas.of(target.placement()).candidates(), question, target, options);
  }

  private CompletionStage<Documents.BulkResult> ask(
      List<Region> candidates,
      ReplicaQuestion.Write question,
      Placements.Target target,
      WriteOptions options) {
    if (candidates.isEmpty()) {
      return CompletableFuture.failedFuture(unreachable(target));
    }
    Region peer = candidates.getFirst();
    long start = clock.nanos();
    return peers
        .ask(peer, question, options.timeout().plus(WRITING))
        .handle(
            (answer, failure) -> {
              boolean nothingDone =
                  failure == null
                      ? isRefusedThereOnly(answer)
                      : RegionDocuments.cause(failure) instanceof UnsentException;
              if (nothingDone) {
                return ask(candidates.subList(1, candidates.size()), question, target, options);
              }
              return failure == null
                  ? written(peer, question, answer, clock.nanos() - start)
                  : CompletableFuture.<Documents.BulkResult>failedFuture(lost(peer));
            })
        .thenCompose(result -> result);
  }

  private static boolean isRefusedThereOnly(ReplicaAnswer answer) {
    return switch (answer) {
      case ReplicaAnswer.Failed(FailureCode code, String detail) -> THERE_ONLY.contains(code);
      case ReplicaAnswer.Written(Documents.BulkResult result) ->
          result.outcomes().stream()
              .allMatch(
                  outcome ->
                      outcome
                              instanceof
                              Documents.BulkOutcome.Failed(StoreFailure.Unavailable refused)
                          && THERE_ONLY.contains(refused.code()));
      default -> false;
    };
  }

  private CompletionStage<Documents.BulkResult> written(
      Region peer, ReplicaQuestion.Write question, ReplicaAnswer answer, long nanos) {
    if (!(answer instanceof ReplicaAnswer.Written(Documents.BulkResult result))
        || result.outcomes().size() != question.operations().size()) {
      return CompletableFuture.failedFuture(lost(peer)); // no answer to what was asked
    }
    forwarded.add(result.outcomes().size());
    Answer there = result.answer();
    Answer here =
        new Answer(
            there.session(),
            there.stalenessMillis(),
            RequestCharge.waiting(there.charge(), 1),
            there.receipt().madeBy(peer.id(), nanos));
    return CompletableFuture.completedFuture(new Documents.BulkResult(result.outcomes(), here));
  }

  private StoreFailure unreachable(Placements.Target target) {
    return new StoreFailure.Unavailable(
        FailureCode.DURABILITY_UNAVAILABLE,
        "the document belongs into "
            + target.placement()
            + " only, and no region there took the write ("
            + replicas.of(target.placement()).states()
            + "). Nothing was written; try again",
        Map.of("regions", target.placement().toString()));
  }

  private static StoreFailure lost(Region peer) {
    return new StoreFailure.OutcomeUnknown(
        "the write was handed to region "
            + peer.id()
            + ", where the document belongs, and no answer came back: it may have been made");
  }
}
