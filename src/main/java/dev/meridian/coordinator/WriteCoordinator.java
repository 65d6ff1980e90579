package dev.meridian.coordinator;

import dev.meridian.document.Bytes;
import dev.meridian.document.Change;
import dev.meridian.document.CollectionName;
import dev.meridian.document.CollectionSettings;
import dev.meridian.document.DocumentId;
import dev.meridian.document.FailureCode;
import dev.meridian.document.Precondition;
import dev.meridian.document.StoreFailure;
import dev.meridian.engine.CollectionState;
import dev.meridian.engine.LogStructuredEngine;
import dev.meridian.engine.Mutation;
import dev.meridian.engine.Outcome;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** Brings writes to the engine's door and says when they are as durable as asked. */
final class WriteCoordinator {

  private final LogStructuredEngine engine;
  private final Function<CollectionState, CollectionSettings> settings;
  private final ReadCoordinator reads;
  private final boolean autoCreate;

  WriteCoordinator(
      LogStructuredEngine engine,
      Function<CollectionState, CollectionSettings> settings,
      ReadCoordinator reads,
      boolean autoCreate) {
    this.engine = engine;
    this.settings = settings;
    this.reads = reads;
    this.autoCreate = autoCreate;
  }

  CompletionStage<Documents.WriteResult> put(
      CollectionName collection, DocumentId id, Bytes body, WriteOptions options) {
    return write(
        new Mutation.Put(collection, id, body, options.precondition(), options.traceparent()),
        options,
        RequestCharge.write(body.length()));
  }

  CompletionStage<Documents.WriteResult> delete(
      CollectionName collection, DocumentId id, WriteOptions options) {
    return write(
        new Mutation.Delete(collection, id, options.precondition(), options.traceparent()),
        options,
        RequestCharge.write(0));
  }

  /** Several mutations of one collection, in one go. */
  CompletionStage<List<Outcome>> all(
      CollectionName collection, List<Mutation> mutations, WriteOptions options) {
    CompletableFuture<List<Outcome>> result = new CompletableFuture<>();
    Optional<StoreFailure> refusal = durabilityRefusal(options).or(() -> absent(collection));
    if (refusal.isPresent()) {
      result.completeExceptionally(refusal.get());
    } else if (mutations.isEmpty()) {
      result.complete(List.of());
    } else {
      engine.apply(mutations, result::complete);
    }
    return result;
  }

  /** Why a write with this precondition is refused by the collection's settings, if it is. */
  Optional<StoreFailure> preconditionRefusal(CollectionName collection, Precondition precondition) {
    boolean missing =
        precondition instanceof Precondition.None
            && settings.apply(engine.collection(collection)).requirePrecondition();
    return missing
        ? Optional.of(
            new StoreFailure.CallerMistake(
                FailureCode.PRECONDITION_REQUIRED,
                "collection '" + collection + "' takes writes with If-Match or If-None-Match only"))
        : Optional.empty();
  }

  /** Any mutation but those of documents; one outcome. */
  CompletionStage<Outcome.Applied> structural(Mutation mutation, WriteOptions options) {
    CompletableFuture<Outcome.Applied> result = new CompletableFuture<>();
    Optional<StoreFailure> refusal = durabilityRefusal(options);
    if (refusal.isPresent()) {
      result.completeExceptionally(refusal.get());
      return result;
    }
    engine.apply(
        List.of(mutation),
        outcomes -> {
          switch (outcomes.getFirst()) {
            case Outcome.Applied applied -> result.complete(applied);
            case Outcome.Failed(StoreFailure failure) -> result.completeExceptionally(failure);
            case Outcome.Duplicate duplicate -> result.completeExceptionally(impossible());
            case Outcome.Blocked blocked -> result.completeExceptionally(impossible());
          }
        });
    return result;
  }

  private CompletionStage<Documents.WriteResult> write(
      Mutation.Local mutation, WriteOptions options, long charge) {
    CompletableFuture<Documents.WriteResult> result = new CompletableFuture<>();
    Optional<StoreFailure> refusal =
        durabilityRefusal(options)
            .or(() -> absent(mutation.collection()))
            .or(() -> preconditionRefusal(mutation.collection(), options.precondition()));
    if (refusal.isPresent()) {
      result.completeExceptionally(refusal.get());
      return result;
    }
    engine.apply(
        List.of(mutation),
        outcomes -> {
          switch (outcomes.getFirst()) {
            case Outcome.Applied(Change change, boolean created) ->
                result.complete(
                    new Documents.WriteResult(
                        change.version(),
                        created,
                        reads.answer(options.session(), charge, "local", 0)));
            case Outcome.Failed(StoreFailure failure) -> result.completeExceptionally(failure);
            case Outcome.Duplicate duplicate -> result.completeExceptionally(impossible());
            case Outcome.Blocked blocked -> result.completeExceptionally(impossible());
          }
        });
    return result;
  }

  private Optional<StoreFailure> absent(CollectionName collection) {
    return autoCreate || engine.collection(collection).exists()
        ? Optional.empty()
        : Optional.of(
            new StoreFailure.CallerMistake(
                FailureCode.COLLECTION_NOT_FOUND,
                "there is no collection '" + collection + "', and writes do not create one here"));
  }

  private static Optional<StoreFailure> durabilityRefusal(WriteOptions options) {
    return switch (options.durability()) {
      // A write that asked for less than the disk gets the disk: more is no breach of the
      // guarantee.
      case NONE, LOCAL -> Optional.empty();
      case REMOTE_WRITE, REMOTE_APPLY, QUORUM, ALL ->
          Optional.of(
              new StoreFailure.CallerMistake(
                  FailureCode.CONSISTENCY_UNSUPPORTED,
                  "this region makes writes durable in its own log; it offers"
                      + " Meridian-Durability none and local"));
    };
  }

  private static StoreFailure impossible() {
    return new StoreFailure.Fault(
        FailureCode.INTERNAL_ERROR,
        "a local write was treated as a replicated one",
        new IllegalStateException());
  }
}
