package dev.meridian.coordinator;

import dev.meridian.clock.VersionVector;
import dev.meridian.document.Bytes;
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
import dev.meridian.engine.StorageEngine;
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
        id,
        options,
        RequestCharge.write(body.length()));
  }

  CompletionStage<Documents.WriteResult> delete(
      CollectionName collection, DocumentId id, WriteOptions options) {
    return write(
        new Mutation.Delete(collection, id, options.precondition(), options.traceparent()),
        id,
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
      reads
          .whenInMemory(collection, mutations.stream().map(WriteCoordinator::id).toList())
          .whenComplete(
              (ready, failure) -> {
                if (failure == null) {
                  engine.apply(mutations, sync(options), result::complete);
                } else {
                  result.completeExceptionally(failure);
                }
              });
    }
    return result;
  }

  private static DocumentId id(Mutation mutation) {
    return switch (mutation) {
      case Mutation.Put put -> put.id();
      case Mutation.Delete delete -> delete.id();
      case Mutation.Configure configure -> throw notOfADocument();
      case Mutation.Drop drop -> throw notOfADocument();
      case Mutation.Replicated replicated -> throw notOfADocument();
    };
  }

  private static IllegalArgumentException notOfADocument() {
    return new IllegalArgumentException("only puts and deletes come in bulk");
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
    apply(mutation, options, result);
    return result;
  }

  private CompletionStage<Documents.WriteResult> write(
      Mutation.Local mutation, DocumentId id, WriteOptions options, long charge) {
    CompletableFuture<Outcome.Applied> applied = new CompletableFuture<>();
    Optional<StoreFailure> refusal =
        durabilityRefusal(options)
            .or(() -> absent(mutation.collection()))
            .or(() -> preconditionRefusal(mutation.collection(), options.precondition()));
    if (refusal.isPresent()) {
      return CompletableFuture.failedFuture(refusal.get());
    }
    if (reads.isInMemory(mutation.collection(), id)) {
      apply(mutation, options, applied);
    } else {
      // What it replaces is fetched first, so that the one writer need not wait for the disk.
      reads
          .onVirtualThread(() -> engine.find(mutation.collection(), id))
          .whenComplete(
              (found, failure) -> {
                if (failure == null) {
                  apply(mutation, options, applied);
                } else {
                  applied.completeExceptionally(failure);
                }
              });
    }
    return applied.thenApply(
        outcome ->
            new Documents.WriteResult(
                outcome.change().version(),
                outcome.created(),
                answer(VersionVector.EMPTY.with(outcome.change().dot()), options, charge)));
  }

  /**
   * What is said of a write.
   *
   * @param written the dots that it made
   */
  Answer answer(VersionVector written, WriteOptions options, long charge) {
    return switch (options.durability()) {
      case NONE ->
          // Not readable yet: the session waits for its own write.
          reads.answer(
              new SessionToken(options.session().seen().merge(written)), charge, "none", 0);
      case LOCAL, REMOTE_WRITE, REMOTE_APPLY, QUORUM, ALL ->
          reads.answer(options.session(), charge, "local", 0);
    };
  }

  private void apply(
      Mutation mutation, WriteOptions options, CompletableFuture<Outcome.Applied> result) {
    engine.apply(
        List.of(mutation),
        sync(options),
        outcomes -> {
          switch (outcomes.getFirst()) {
            case Outcome.Applied applied -> result.complete(applied);
            case Outcome.Failed(StoreFailure failure) -> result.completeExceptionally(failure);
            case Outcome.Duplicate duplicate -> result.completeExceptionally(impossible());
            case Outcome.Blocked blocked -> result.completeExceptionally(impossible());
          }
        });
  }

  private static StorageEngine.Sync sync(WriteOptions options) {
    return options.durability() == Durability.NONE
        ? StorageEngine.Sync.DECIDED
        : StorageEngine.Sync.FORCED;
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
