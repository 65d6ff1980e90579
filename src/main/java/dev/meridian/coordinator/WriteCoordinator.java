package dev.meridian.coordinator;

import dev.meridian.clock.Dot;
import dev.meridian.document.Bytes;
import dev.meridian.document.Change;
import dev.meridian.document.CollectionName;
import dev.meridian.document.CollectionSettings;
import dev.meridian.document.DocumentId;
import dev.meridian.document.FailureCode;
import dev.meridian.document.FieldPatch;
import dev.meridian.document.FieldedBody;
import dev.meridian.document.Precondition;
import dev.meridian.document.StoreFailure;
import dev.meridian.engine.CollectionState;
import dev.meridian.engine.DocumentStore;
import dev.meridian.engine.Mutation;
import dev.meridian.engine.Outcome;
import dev.meridian.engine.StorageEngine;
import dev.meridian.env.WallClock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Brings writes that belong here to the engine's door, after what their session saw, and says when
 * they are as durable as asked. Where a write belongs is the matter of {@link WriteRouter}.
 */
final class WriteCoordinator {

  private final DocumentStore store;
  private final FieldWrites fields;
  private final Function<CollectionState, CollectionSettings> settings;
  private final LevelGate gate;
  private final ReadCoordinator reads;
  private final Confirmations confirmations;
  private final WallClock clock;
  private final boolean autoCreate;

  /** A write that was made here. */
  record Done(Outcome.Applied applied, Answer answer, Optional<StoreFailure> unconfirmed) {

    boolean created() {
      return applied.created();
    }
  }

  WriteCoordinator(
      DocumentStore store,
      FieldWrites fields,
      Function<CollectionState, CollectionSettings> settings,
      LevelGate gate,
      ReadCoordinator reads,
      Confirmations confirmations,
      WallClock clock,
      boolean autoCreate) {
    this.store = store;
    this.fields = fields;
    this.settings = settings;
    this.gate = gate;
    this.reads = reads;
    this.confirmations = confirmations;
    this.clock = clock;
    this.autoCreate = autoCreate;
  }

  CompletionStage<Documents.WriteResult> put(
      CollectionName collection,
      DocumentId id,
      Bytes body,
      Placements.Target target,
      WriteOptions options) {
    long charge = RequestCharge.write(body.length());
    if (FieldedBody.mayHaveFields(body)) {
      return write(
          collection,
          target,
          options,
          charge,
          () -> prepared(() -> fields.put(collection, id, body, target, options), options, 1));
    }
    return write(
        new Mutation.Put(
            collection,
            id,
            body,
            options.precondition(),
            target.placement(),
            options.traceparent(),
            endsConflict(options.precondition()),
            false),
        id,
        target,
        options,
        charge);
  }

  /** Operations on the CRDT fields of a document. */
  CompletionStage<Documents.WriteResult> operate(
      CollectionName collection,
      DocumentId id,
      FieldPatch patch,
      Placements.Target target,
      WriteOptions options) {
    return write(
        collection,
        target,
        options,
        RequestCharge.write(patch.json().text().length()),
        () -> {
          CompletableFuture<Outcome.Applied> applied = new CompletableFuture<>();
          return reads
              .onVirtualThread(
                  () -> {
                    Consumer<Outcome> done = outcome -> complete(applied, outcome);
                    fields.operate(collection, id, patch, target, options, done);
                    return applied;
                  })
              .thenCompose(made -> made);
        });
  }

  CompletionStage<Documents.WriteResult> delete(
      CollectionName collection, DocumentId id, Placements.Target target, WriteOptions options) {
    return write(
        new Mutation.Delete(
            collection,
            id,
            options.precondition(),
            target.placement(),
            options.traceparent(),
            endsConflict(options.precondition())),
        id,
        target,
        options,
        RequestCharge.write(0));
  }

  static boolean endsConflict(Precondition precondition) {
    return precondition instanceof Precondition.Resolves;
  }

  /** Several writes of one target, in one go. */
  CompletionStage<Documents.BulkResult> group(
      CollectionName collection,
      Placements.Target target,
      List<Documents.BulkOperation> operations,
      WriteOptions options) {
    return new WriteGroup(this, collection, target, operations, options, clock).run();
  }

  /** Several mutations of one collection, in one go; durable here as {@code options} ask. */
  CompletionStage<List<Outcome>> all(
      CollectionName collection, List<Mutation> mutations, WriteOptions options) {
    CompletableFuture<List<Outcome>> result = new CompletableFuture<>();
    if (mutations.isEmpty()) {
      result.complete(List.of());
    } else {
      reads
          .whenInMemory(collection, mutations.stream().map(WriteCoordinator::id).toList())
          .whenComplete(
              (ready, failure) -> {
                if (failure == null) {
                  store.apply(mutations, sync(options), result::complete);
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
      case Mutation.Operate operate -> operate.id();
      case Mutation.Drop drop -> throw notOfADocument();
      case Mutation.Replicated replicated -> throw notOfADocument();
      case Mutation.Repaired repaired -> throw notOfADocument();
    };
  }

  private static IllegalArgumentException notOfADocument() {
    return new IllegalArgumentException("only puts and deletes come in bulk");
  }

  /** Why a write with this precondition is refused by the collection's settings, if it is. */
  Optional<StoreFailure> preconditionRefusal(CollectionName collection, Precondition precondition) {
    boolean missing =
        precondition instanceof Precondition.None
            && settings.apply(store.collection(collection)).requirePrecondition();
    return missing
        ? Optional.of(
            new StoreFailure.CallerMistake(
                FailureCode.PRECONDITION_REQUIRED,
                "collection '" + collection + "' takes writes with If-Match or If-None-Match only"))
        : Optional.empty();
  }

  /** Any mutation but those of documents. */
  CompletionStage<Done> structural(Mutation.Local mutation, WriteOptions options) {
    return perform(
        Placements.Target.EVERYWHERE,
        options,
        RequestCharge.write(0),
        () -> {
          CompletableFuture<Outcome.Applied> applied = new CompletableFuture<>();
          apply(mutation, options, applied);
          return applied;
        });
  }

  private CompletionStage<Documents.WriteResult> write(
      Mutation.Local mutation,
      DocumentId id,
      Placements.Target target,
      WriteOptions options,
      long charge) {
    return write(
        mutation.collection(), target, options, charge, () -> prepared(mutation, id, options));
  }

  private CompletionStage<Documents.WriteResult> write(
      CollectionName collection,
      Placements.Target target,
      WriteOptions options,
      long charge,
      Making making) {
    Optional<StoreFailure> refusal =
        absent(collection).or(() -> preconditionRefusal(collection, options.precondition()));
    if (refusal.isPresent()) {
      return CompletableFuture.failedFuture(refusal.get());
    }
    return perform(target, options, charge, making)
        .thenApply(
            done ->
                new Documents.WriteResult(
                    done.applied().change().version(),
                    done.created(),
                    done.answer(),
                    done.unconfirmed()));
  }

  /** A write that depends on what the document holds: made again when somebody was faster. */
  private CompletionStage<Outcome.Applied> prepared(
      Supplier<? extends Mutation.Local> mutation, WriteOptions options, int attempt) {
    return reads
        .onVirtualThread(mutation::get)
        .thenCompose(
            made -> {
              CompletableFuture<Outcome.Applied> applied = new CompletableFuture<>();
              apply(made, options, applied);
              return applied.exceptionallyCompose(
                  thrown ->
                      isWorthATry(made, options, thrown) && attempt < Patches.MAX_ATTEMPTS
                          ? prepared(mutation, options, attempt + 1)
                          : CompletableFuture.failedFuture(RegionDocuments.cause(thrown)));
            });
  }

  /** True when it failed for a condition that the client did not ask for. */
  private static boolean isWorthATry(Mutation.Local made, WriteOptions options, Throwable thrown) {
    return made instanceof Mutation.Put put
        && put.precondition() != options.precondition()
        && RegionDocuments.asStoreFailure(thrown).code() == FailureCode.PRECONDITION_FAILED;
  }

  private CompletionStage<Outcome.Applied> prepared(
      Mutation.Local mutation, DocumentId id, WriteOptions options) {
    CompletableFuture<Outcome.Applied> applied = new CompletableFuture<>();
    if (reads.isInMemory(mutation.collection(), id)) {
      apply(mutation, options, applied);
    } else {
      // What it replaces is fetched first, so that the one writer need not wait for the disk.
      reads
          .onVirtualThread(() -> store.find(mutation.collection(), id))
          .whenComplete(
              (found, failure) -> {
                if (failure == null) {
                  apply(mutation, options, applied);
                } else {
                  applied.completeExceptionally(failure);
                }
              });
    }
    return applied;
  }

  /** Makes a write. */
  private interface Making {
    CompletionStage<Outcome.Applied> make();
  }

  private CompletionStage<Done> perform(
      Placements.Target target, WriteOptions options, long charge, Making making) {
    long start = clock.nanos();
    return begin(
        target,
        options,
        begun -> {
          long asked = clock.nanos();
          if (begun.plan() instanceof DurabilityPlan.Here here) {
            return making
                .make()
                .thenApply(
                    applied -> {
                      HereNanos took =
                          HereNanos.of(applied, options.durability(), asked, clock.nanos());
                      Confirmed confirmed =
                          confirmed(
                              confirmations.confirmHere(here, options, took),
                              begun,
                              options,
                              applied.change().dot(),
                              charge);
                      return new Done(applied, confirmed.answer(), confirmed.unconfirmed());
                    });
          }
          return making
              .make()
              .whenComplete((applied, failure) -> giveUpIf(failure != null, begun))
              .thenCompose(
                  applied -> {
                    List<Change> made = List.of(applied.change());
                    HereNanos took =
                        HereNanos.of(applied, options.durability(), asked, clock.nanos());
                    return confirm(begun, options, made, start, took, charge)
                        .thenApply(
                            confirmed ->
                                new Done(applied, confirmed.answer(), confirmed.unconfirmed()));
                  });
        });
  }

  /**
   * A write that may begin.
   *
   * @param unmet what of its session is not here, when it goes on all the same
   */
  record Begun(DurabilityPlan plan, Optional<String> unmet) {}

  /** What is said of a write. */
  record Confirmed(Answer answer, Optional<StoreFailure> unconfirmed) {}

  /**
   * Waits for what the session saw and makes sure that the durability can be had. Whoever begins
   * confirms, or gives up.
   */
  <T> CompletionStage<T> begin(
      Placements.Target target, WriteOptions options, Function<Begun, CompletionStage<T>> then) {
    return gate.afterSession(
        options,
        unmet -> {
          DurabilityPlan plan;
          try {
            plan = confirmations.plan(target, options);
          } catch (StoreFailure refused) {
            return CompletableFuture.failedFuture(refused);
          }
          return then.apply(new Begun(plan, unmet));
        });
  }

  /** The write did not happen. */
  void giveUpIf(boolean failed, Begun begun) {
    if (failed) {
      confirmations.giveUp(begun.plan());
    }
  }

  /**
   * Waits until the write is as durable as asked.
   *
   * @param made the changes of the write, in order, at least one
   */
  CompletionStage<Confirmed> confirm(
      Begun begun,
      WriteOptions options,
      List<Change> made,
      long startNanos,
      HereNanos here,
      long charge) {
    return confirmations
        .confirm(begun.plan(), options, made, startNanos, here)
        .thenApply(known -> confirmed(known, begun, options, made.getLast().dot(), charge));
  }

  private static Confirmed confirmed(
      Confirmations.Confirmed known, Begun begun, WriteOptions options, Dot last, long charge) {
    Receipt receipt = known.receipt();
    if (begun.unmet().isPresent()) {
      receipt = receipt.because(begun.unmet().get() + "; " + receipt.why());
    }
    // Its change stands for all that was here when it was made.
    SessionToken token = options.session().with(last);
    long units = RequestCharge.waiting(charge, receipt.need() - 1);
    return new Confirmed(new Answer(token, 0, units, receipt), known.unconfirmed());
  }

  /** What is said of a request that wrote nothing. */
  Answer nothingWritten(WriteOptions options) {
    return new Answer(
        options.session(),
        0,
        0,
        Receipt.local(
            options.durability().text(),
            options.durability().text(),
            "nothing was written",
            reads.self(),
            Receipt.Times.NONE));
  }

  private void apply(
      Mutation mutation, WriteOptions options, CompletableFuture<Outcome.Applied> result) {
    store.apply(
        List.of(mutation), sync(options), outcomes -> complete(result, outcomes.getFirst()));
  }

  private static void complete(CompletableFuture<Outcome.Applied> result, Outcome outcome) {
    switch (outcome) {
      case Outcome.Applied applied -> result.complete(applied);
      case Outcome.Failed(StoreFailure failure) -> result.completeExceptionally(failure);
      case Outcome.Duplicate duplicate -> result.completeExceptionally(impossible());
      case Outcome.Blocked blocked -> result.completeExceptionally(impossible());
    }
  }

  /** When the outcome of a write is to be told. */
  static StorageEngine.Sync sync(WriteOptions options) {
    return options.durability() == Durability.NONE
        ? StorageEngine.Sync.DECIDED
        : StorageEngine.Sync.FORCED;
  }

  /** Why a collection takes no writes, if it does not exist. */
  Optional<StoreFailure> absent(CollectionName collection) {
    return autoCreate || store.collection(collection).exists()
        ? Optional.empty()
        : Optional.of(
            new StoreFailure.CallerMistake(
                FailureCode.COLLECTION_NOT_FOUND,
                "there is no collection '" + collection + "', and writes do not create one here"));
  }

  /** What no local write ends in. */
  static StoreFailure impossible() {
    return new StoreFailure.Fault(
        FailureCode.INTERNAL_ERROR,
        "a local write was treated as a replicated one",
        new IllegalStateException());
  }
}
