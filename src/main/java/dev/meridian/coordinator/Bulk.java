package dev.meridian.coordinator;

import dev.meridian.clock.Dot;
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

/**
 * One bulk call: runs of writes go to the engine together; a read waits for the writes before it,
 * so that every line sees what the lines above it did.
 */
final class Bulk {

  private final ReadCoordinator reads;
  private final WriteCoordinator writes;
  private final CollectionName collection;
  private final List<Documents.BulkOperation> operations;
  private final WriteOptions options;
  private final WallClock clock;
  private final List<Documents.BulkOutcome> outcomes = new ArrayList<>();
  private final long start;
  private long charge;
  private HereNanos here = HereNanos.NONE;
  private Optional<Dot> last = Optional.empty();

  Bulk(
      ReadCoordinator reads,
      WriteCoordinator writes,
      CollectionName collection,
      List<Documents.BulkOperation> operations,
      WriteOptions options,
      WallClock clock) {
    this.reads = reads;
    this.writes = writes;
    this.collection = collection;
    this.operations = operations;
    this.options = options;
    this.clock = clock;
    this.start = clock.nanos();
  }

  CompletionStage<Documents.BulkResult> run() {
    return writes.begin(
        collection,
        options,
        begun ->
            from(0)
                .whenComplete(
                    (done, failure) -> writes.giveUpIf(failure != null || last.isEmpty(), begun))
                .thenCompose(done -> confirmed(begun)));
  }

  private CompletionStage<Documents.BulkResult> confirmed(WriteCoordinator.Begun begun) {
    if (last.isEmpty()) {
      return CompletableFuture.completedFuture(
          new Documents.BulkResult(List.copyOf(outcomes), writes.nothingWritten(options, charge)));
    }
    return writes
        .confirm(begun, options, last.get(), start, here, charge)
        .thenApply(
            confirmed ->
                new Documents.BulkResult(
                    outcomes.stream()
                        .map(outcome -> known(outcome, confirmed.unconfirmed()))
                        .toList(),
                    confirmed.answer()));
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
      case Documents.BulkOutcome.Found found -> found;
      case Documents.BulkOutcome.Failed failed -> failed;
    };
  }

  private static Documents.BulkOutcome unknown(StoreFailure why, VersionId version) {
    return new Documents.BulkOutcome.Failed(
        new StoreFailure.OutcomeUnknown(why.getMessage(), Map.of("version", version.toString())));
  }

  private CompletionStage<Void> from(int start) {
    if (start == operations.size()) {
      return CompletableFuture.completedFuture(null);
    }
    if (operations.get(start) instanceof Documents.BulkOperation.Get get) {
      return reads
          .onVirtualThread(() -> found(get)) // it may read the disk: not on the writer's thread
          .thenCompose(
              found -> {
                outcomes.add(found);
                return from(start + 1);
              });
    }
    int end = start;
    List<Mutation> run = new ArrayList<>();
    List<Optional<StoreFailure>> refusals = new ArrayList<>();
    while (end < operations.size()
        && !(operations.get(end) instanceof Documents.BulkOperation.Get)) {
      Optional<StoreFailure> refusal =
          writes.preconditionRefusal(collection, precondition(operations.get(end)));
      refusals.add(refusal);
      if (refusal.isEmpty()) {
        run.add(mutation(operations.get(end)));
      }
      end++;
    }
    int next = end;
    long asked = clock.nanos();
    return writes
        .all(collection, run, options)
        .thenCompose(
            applied -> {
              here = here.plus(took(applied, asked));
              int at = 0;
              for (Optional<StoreFailure> refusal : refusals) {
                outcomes.add(
                    refusal.isPresent()
                        ? new Documents.BulkOutcome.Failed(refusal.get())
                        : outcome(applied.get(at++)));
              }
              return from(next);
            });
  }

  /** The last one was forced last. */
  private HereNanos took(List<Outcome> outcomes, long asked) {
    return outcomes.reversed().stream()
        .filter(Outcome.Applied.class::isInstance)
        .findFirst()
        .map(last -> HereNanos.of((Outcome.Applied) last, asked, clock.nanos()))
        .orElse(HereNanos.NONE);
  }

  private Documents.BulkOutcome found(Documents.BulkOperation.Get get) {
    try {
      var document = reads.getNow(collection, get.id());
      charge += RequestCharge.read(document.body().length());
      return new Documents.BulkOutcome.Found(document);
    } catch (StoreFailure failure) {
      return new Documents.BulkOutcome.Failed(failure);
    }
  }

  private Documents.BulkOutcome outcome(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Applied(Change change, boolean created, ForceTime force) -> {
        charge += RequestCharge.write(change.body().length());
        last = Optional.of(change.dot());
        yield change.isTombstone()
            ? new Documents.BulkOutcome.Deleted(change.version())
            : new Documents.BulkOutcome.Written(change.version(), created);
      }
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
              collection, put.id(), put.body(), put.precondition(), options.traceparent());
      case Documents.BulkOperation.Delete delete ->
          new Mutation.Delete(
              collection, delete.id(), delete.precondition(), options.traceparent());
      case Documents.BulkOperation.Get get ->
          throw new IllegalArgumentException("a read is no mutation");
    };
  }

  private static Precondition precondition(Documents.BulkOperation operation) {
    return switch (operation) {
      case Documents.BulkOperation.Put put -> put.precondition();
      case Documents.BulkOperation.Delete delete -> delete.precondition();
      case Documents.BulkOperation.Get get -> Precondition.NONE;
    };
  }
}
