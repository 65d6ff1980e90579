package dev.meridian.coordinator;

import dev.meridian.clock.VersionId;
import dev.meridian.document.Change;
import dev.meridian.document.CollectionName;
import dev.meridian.document.FailureCode;
import dev.meridian.document.Precondition;
import dev.meridian.document.StoreFailure;
import dev.meridian.engine.ForceTime;
import dev.meridian.engine.Mutation;
import dev.meridian.engine.Outcome;
import dev.meridian.env.WallClock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Several writes that belong into the same regions, this one among them: made here in one go. */
final class WriteGroup {

  private final WriteCoordinator writes;
  private final CollectionName collection;
  private final Placements.Target target;
  private final List<Documents.BulkOperation> operations;
  private final WriteOptions options;
  private final WallClock clock;
  private final long start;

  WriteGroup(
      WriteCoordinator writes,
      CollectionName collection,
      Placements.Target target,
      List<Documents.BulkOperation> operations,
      WriteOptions options,
      WallClock clock) {
    this.writes = writes;
    this.collection = collection;
    this.target = target;
    this.operations = operations;
    this.options = options;
    this.clock = clock;
    this.start = clock.nanos();
  }

  /** What became of each, in order, and what is to be said of all. */
  CompletionStage<Documents.BulkResult> run() {
    return writes.begin(target, options, this::make);
  }

  private CompletionStage<Documents.BulkResult> make(WriteCoordinator.Begun begun) {
    List<Mutation> mutations = new ArrayList<>();
    List<Optional<StoreFailure>> refusals = new ArrayList<>();
    for (Documents.BulkOperation operation : operations) {
      Optional<StoreFailure> refusal =
          writes.preconditionRefusal(collection, precondition(operation));
      refusals.add(refusal);
      if (refusal.isEmpty()) {
        mutations.add(mutation(operation));
      }
    }
    long asked = clock.nanos();
    return writes
        .all(collection, mutations, options)
        .whenComplete((applied, failure) -> writes.giveUpIf(failure != null, begun))
        .thenCompose(applied -> confirmed(begun, refusals, applied, took(applied, asked)));
  }

  private CompletionStage<Documents.BulkResult> confirmed(
      WriteCoordinator.Begun begun,
      List<Optional<StoreFailure>> refusals,
      List<Outcome> applied,
      HereNanos took) {
    List<Documents.BulkOutcome> outcomes = new ArrayList<>();
    List<Change> changes = new ArrayList<>();
    long charge = 0;
    int at = 0;
    for (Optional<StoreFailure> refusal : refusals) {
      if (refusal.isPresent()) {
        outcomes.add(new Documents.BulkOutcome.Failed(refusal.get()));
        continue;
      }
      Outcome outcome = applied.get(at++);
      outcomes.add(outcome(outcome));
      if (outcome instanceof Outcome.Applied made) {
        changes.add(made.change());
        charge += RequestCharge.write(made.change().body().length());
      }
    }
    if (changes.isEmpty()) {
      writes.giveUpIf(true, begun);
      return CompletableFuture.completedFuture(
          new Documents.BulkResult(outcomes, writes.nothingWritten(options)));
    }
    return writes
        .confirm(begun, options, changes, start, took, charge)
        .thenApply(
            confirmed ->
                new Documents.BulkResult(
                    outcomes.stream()
                        .map(outcome -> known(outcome, confirmed.unconfirmed()))
                        .toList(),
                    confirmed.answer()));
  }

  /** The last one was forced last. */
  private HereNanos took(List<Outcome> outcomes, long asked) {
    for (Outcome outcome : outcomes.reversed()) {
      if (outcome instanceof Outcome.Applied last) {
        return HereNanos.of(last, options.durability(), asked, clock.nanos());
      }
    }
    return HereNanos.NONE;
  }

  /** A write that is not known to be as durable as asked did not succeed, nor did it fail. */
  private static Documents.BulkOutcome known(
      Documents.BulkOutcome outcome, Optional<StoreFailure> unconfirmed) {
    if (unconfirmed.isEmpty()) {
      return outcome;
    }
    return switch (outcome) {
      case Documents.BulkOutcome.Written(var version, boolean created) ->
          unknown(unconfirmed.get(), version);
      case Documents.BulkOutcome.Deleted(var version) -> unknown(unconfirmed.get(), version);
      case Documents.BulkOutcome.Patched(var version, var body) ->
          unknown(unconfirmed.get(), version);
      case Documents.BulkOutcome.Found found -> found;
      case Documents.BulkOutcome.Failed failed -> failed;
    };
  }

  private static Documents.BulkOutcome unknown(StoreFailure why, VersionId version) {
    return new Documents.BulkOutcome.Failed(
        new StoreFailure.OutcomeUnknown(why.getMessage(), Map.of("version", version.toString())));
  }

  private static Documents.BulkOutcome outcome(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Applied(Change change, boolean created, ForceTime force) ->
          change.isTombstone()
              ? new Documents.BulkOutcome.Deleted(change.version())
              : new Documents.BulkOutcome.Written(change.version(), created);
      case Outcome.Failed(StoreFailure failure) -> new Documents.BulkOutcome.Failed(failure);
      case Outcome.Duplicate duplicate -> impossible();
      case Outcome.Blocked blocked -> impossible();
    };
  }

  private static Documents.BulkOutcome impossible() {
    return new Documents.BulkOutcome.Failed(
        new StoreFailure.Fault(
            FailureCode.INTERNAL_ERROR,
            "a local write was treated as a replicated one",
            new IllegalStateException()));
  }

  private Mutation mutation(Documents.BulkOperation operation) {
    return switch (operation) {
      case Documents.BulkOperation.Put put ->
          new Mutation.Put(
              collection,
              put.id(),
              put.body(),
              put.precondition(),
              target.placement(),
              options.traceparent(),
              WriteCoordinator.endsConflict(put.precondition()),
              false);
      case Documents.BulkOperation.Delete delete ->
          new Mutation.Delete(
              collection,
              delete.id(),
              delete.precondition(),
              target.placement(),
              options.traceparent(),
              WriteCoordinator.endsConflict(delete.precondition()));
      case Documents.BulkOperation.Patch patch ->
          throw new IllegalArgumentException("a patch is made by itself");
      case Documents.BulkOperation.Get get ->
          throw new IllegalArgumentException("a read is no mutation");
    };
  }

  private static Precondition precondition(Documents.BulkOperation operation) {
    return switch (operation) {
      case Documents.BulkOperation.Put put -> put.precondition();
      case Documents.BulkOperation.Delete delete -> delete.precondition();
      case Documents.BulkOperation.Patch patch -> patch.precondition();
      case Documents.BulkOperation.Get get -> Precondition.NONE;
    };
  }
}
