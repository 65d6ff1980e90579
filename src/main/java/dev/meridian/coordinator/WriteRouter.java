package dev.meridian.coordinator;

import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionId;
import dev.meridian.document.BodyPatch;
import dev.meridian.document.Bytes;
import dev.meridian.document.CollectionName;
import dev.meridian.document.DocumentId;
import dev.meridian.document.DocumentPatch;
import dev.meridian.document.FieldPatch;
import dev.meridian.document.StoreFailure;
import dev.meridian.engine.DocumentStore;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Brings writes to where their documents live: to the {@link WriteCoordinator} of this region, or
 * to another region. Thread-safe; nothing blocks.
 */
final class WriteRouter {

  private final ReplicaId self;
  private final DocumentStore store;
  private final Placements placements;
  private final ReadCoordinator reads;
  private final WriteCoordinator here;
  private final Patches patches;
  private final ForwardedWrites elsewhere;

  WriteRouter(
      Copy copy,
      Placements placements,
      ReadCoordinator reads,
      WriteCoordinator here,
      Patches patches,
      ForwardedWrites elsewhere) {
    this.self = copy.self();
    this.store = copy.store();
    this.placements = placements;
    this.reads = reads;
    this.here = here;
    this.patches = patches;
    this.elsewhere = elsewhere;
  }

  CompletionStage<Documents.WriteResult> put(
      CollectionName collection, DocumentId id, Bytes body, WriteOptions options) {
    Placements.Target target = placements.ofPut(collection, id, body);
    return isHere(target)
        ? here.put(collection, id, body, target, options)
        : elsewhere(
            collection,
            target,
            new Documents.BulkOperation.Put(id, body, options.precondition()),
            options);
  }

  CompletionStage<Documents.WriteResult> delete(
      CollectionName collection, DocumentId id, WriteOptions options) {
    if (!placements.dependsOnPrior(collection)) {
      Placements.Target target = placements.ofPrior(collection, id, Optional.empty());
      return delete(collection, id, target, options);
    }
    return reads
        .whenInMemory(collection, List.of(id))
        .thenCompose(ready -> delete(collection, id, ofPrior(collection, id), options));
  }

  private CompletionStage<Documents.WriteResult> delete(
      CollectionName collection, DocumentId id, Placements.Target target, WriteOptions options) {
    return isHere(target)
        ? here.delete(collection, id, target, options)
        : elsewhere(
            collection,
            target,
            new Documents.BulkOperation.Delete(id, options.precondition()),
            options);
  }

  private boolean isHere(Placements.Target target) {
    return target.placement().holds(self);
  }

  CompletionStage<Documents.PatchResult> patch(
      CollectionName collection, DocumentId id, DocumentPatch patch, WriteOptions options) {
    Documents.BulkOperation.Patch operation =
        new Documents.BulkOperation.Patch(id, patch, options.precondition(), true);
    return whenPlaceable(collection, List.of(operation))
        .thenCompose(
            ready -> {
              Placements.Target target = target(collection, operation);
              return isHere(target)
                  ? patchHere(collection, operation, target, options)
                  : group(collection, target, List.of(operation), options)
                      .thenApply(result -> patched(result.outcomes().getFirst(), result.answer()));
            });
  }

  private CompletionStage<Documents.PatchResult> patchHere(
      CollectionName collection,
      Documents.BulkOperation.Patch patch,
      Placements.Target target,
      WriteOptions options) {
    if (patch.patch() instanceof FieldPatch operations) {
      WriteOptions conditional = options.when(patch.precondition());
      return here.operate(collection, patch.id(), operations, target, conditional)
          .thenCompose(written -> operated(collection, patch, written, options));
    }
    return patches
        .patch(
            collection,
            patch.id(),
            (BodyPatch) patch.patch(),
            target,
            options.when(patch.precondition()),
            (body, condition) -> put(collection, patch.id(), body, condition))
        .thenCompose(
            done ->
                done.body().isPresent()
                    ? CompletableFuture.completedFuture(done)
                    : operated(collection, patch, done.written(), options));
  }

  /** With the document, unless that is not asked for or was changed again already. */
  private CompletionStage<Documents.PatchResult> operated(
      CollectionName collection,
      Documents.BulkOperation.Patch patch,
      Documents.WriteResult written,
      WriteOptions options) {
    Documents.PatchResult bare = new Documents.PatchResult(written, Optional.empty());
    return !patch.returning()
        ? CompletableFuture.completedFuture(bare)
        : reads
            .getNow(collection, patch.id(), options.timeout())
            .handle(
                (document, gone) ->
                    gone == null && document.version().equals(written.version())
                        ? new Documents.PatchResult(written, Optional.of(document.body()))
                        : bare);
  }

  private static Documents.PatchResult patched(Documents.BulkOutcome outcome, Answer answer) {
    Documents.WriteResult written = single(outcome, answer);
    return new Documents.PatchResult(
        written,
        outcome instanceof Documents.BulkOutcome.Patched made
            ? Optional.of(made.body())
            : Optional.empty());
  }

  /** After what there is was fetched into memory. */
  private Placements.Target ofPrior(CollectionName collection, DocumentId id) {
    return placements.ofPrior(collection, id, store.find(collection, id));
  }

  private CompletionStage<Documents.WriteResult> elsewhere(
      CollectionName collection,
      Placements.Target target,
      Documents.BulkOperation operation,
      WriteOptions options) {
    return group(collection, target, List.of(operation), options)
        .thenApply(result -> single(result.outcomes().getFirst(), result.answer()));
  }

  private static Documents.WriteResult single(Documents.BulkOutcome outcome, Answer answer) {
    return switch (outcome) {
      case Documents.BulkOutcome.Written(VersionId version, boolean created) ->
          new Documents.WriteResult(version, created, answer, Optional.empty());
      case Documents.BulkOutcome.Deleted(VersionId version) ->
          new Documents.WriteResult(version, false, answer, Optional.empty());
      case Documents.BulkOutcome.Patched(VersionId version, Bytes body) ->
          new Documents.WriteResult(version, false, answer, Optional.empty());
      case Documents.BulkOutcome.Failed(StoreFailure.OutcomeUnknown unknown)
          when unknown.members().get("version") instanceof String version ->
          new Documents.WriteResult(VersionId.parse(version), false, answer, Optional.of(unknown));
      case Documents.BulkOutcome.Failed(StoreFailure failure) -> throw failure;
      case Documents.BulkOutcome.Found found ->
          throw new IllegalStateException("a write was answered like a read");
    };
  }

  /** Where an operation that is no read belongs. Fails when that cannot be told now. */
  Placements.Target target(CollectionName collection, Documents.BulkOperation operation) {
    return switch (operation) {
      case Documents.BulkOperation.Put put -> placements.ofPut(collection, put.id(), put.body());
      case Documents.BulkOperation.Delete delete -> ofExisting(collection, delete.id());
      case Documents.BulkOperation.Patch patch -> ofExisting(collection, patch.id());
      case Documents.BulkOperation.Get get ->
          throw new IllegalArgumentException("a read is no write");
    };
  }

  private Placements.Target ofExisting(CollectionName collection, DocumentId id) {
    return placements.dependsOnPrior(collection)
        ? ofPrior(collection, id)
        : placements.ofPrior(collection, id, Optional.empty());
  }

  /** Completes when {@link #target} can be told of each of them without the disk. */
  CompletionStage<Void> whenPlaceable(
      CollectionName collection, List<Documents.BulkOperation> operations) {
    return placements.dependsOnPrior(collection)
        ? reads.whenInMemory(
            collection,
            operations.stream()
                .filter(each -> !(each instanceof Documents.BulkOperation.Put))
                .map(Documents.BulkOperation::id)
                .toList())
        : CompletableFuture.completedFuture(null);
  }

  /**
   * Several writes that belong into the same regions, made there. Does not fail: what stands in the
   * way of all of them is what became of each.
   */
  CompletionStage<Documents.BulkResult> group(
      CollectionName collection,
      Placements.Target target,
      List<Documents.BulkOperation> operations,
      WriteOptions options) {
    Optional<StoreFailure> refusal = here.absent(collection);
    CompletionStage<Documents.BulkResult> made =
        refusal.isPresent()
            ? CompletableFuture.failedFuture(refusal.get())
            : isHere(target)
                ? groupHere(collection, target, operations, options)
                : elsewhere.group(
                    collection, target, operations, known(target, operations, options));
    return made.exceptionally(
        thrown -> {
          StoreFailure failure = RegionDocuments.asStoreFailure(thrown);
          return new Documents.BulkResult(
              Collections.nCopies(operations.size(), new Documents.BulkOutcome.Failed(failure)),
              here.nothingWritten(options));
        });
  }

  private CompletionStage<Documents.BulkResult> groupHere(
      CollectionName collection,
      Placements.Target target,
      List<Documents.BulkOperation> operations,
      WriteOptions options) {
    if (operations.stream().noneMatch(PatchedGroup::isByItself)) {
      return here.group(collection, target, operations, options);
    }
    return new PatchedGroup(operations)
        .run(
            others -> here.group(collection, target, others, options),
            patch -> patchHere(collection, patch, target, options),
            put ->
                here.put(
                    collection, put.id(), put.body(), target, options.when(put.precondition())),
            here.nothingWritten(options));
  }

  /**
   * Where a field decides, a patched document may belong elsewhere than before, and the region that
   * patches it has to know the rules that are known here.
   */
  private WriteOptions known(
      Placements.Target target, List<Documents.BulkOperation> operations, WriteOptions options) {
    boolean decides =
        target.moves()
            && operations.stream().anyMatch(Documents.BulkOperation.Patch.class::isInstance);
    return decides ? options.in(options.session().merge(store.vector())) : options;
  }
}
