package dev.meridian.coordinator;

import dev.meridian.clock.Dot;
import dev.meridian.clock.VersionVector;
import dev.meridian.document.BodyPatch;
import dev.meridian.document.Bytes;
import dev.meridian.document.Change;
import dev.meridian.document.CollectionName;
import dev.meridian.document.DocumentId;
import dev.meridian.document.FailureCode;
import dev.meridian.document.FieldedBody;
import dev.meridian.document.JsonLimits;
import dev.meridian.document.Precondition;
import dev.meridian.document.Revision;
import dev.meridian.document.StoreFailure;
import dev.meridian.document.StoredDocument;
import dev.meridian.document.StoredDocument.LiveDocument;
import dev.meridian.engine.DocumentStore;
import dev.meridian.engine.Mutation;
import dev.meridian.engine.Outcome;
import dev.meridian.engine.StorageEngine.Sync;
import dev.meridian.env.WallClock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Patches documents that belong here: reads, changes, and writes on the condition that what was
 * read is still the newest; else again. Patches of one document take turns here, so that they lose
 * only to other writers. Those of two regions are concurrent writes like any other.
 *
 * <p>A patched document may belong elsewhere, where a field decides: then it is put there, on the
 * same condition. Thread-safe; nothing blocks, and changing runs on virtual threads.
 */
final class Patches {

  /** Puts and changes of other regions that may be faster than one patch. */
  static final int MAX_ATTEMPTS = 16;

  private final DocumentStore store;
  private final Placements placements;
  private final ReadCoordinator reads;
  private final WriteCoordinator writes;
  private final JsonLimits limits;
  private final WallClock clock;
  private final Turns turns = new Turns();

  /** What was patched belongs into other regions now. */
  interface Elsewhere {
    CompletionStage<Documents.WriteResult> put(Bytes body, WriteOptions options);
  }

  /**
   * @param limits of what comes of a patch
   */
  Patches(
      DocumentStore store,
      Placements placements,
      ReadCoordinator reads,
      WriteCoordinator writes,
      JsonLimits limits,
      WallClock clock) {
    this.store = store;
    this.placements = placements;
    this.reads = reads;
    this.writes = writes;
    this.limits = limits;
    this.clock = clock;
  }

  /**
   * @param target into which the document belongs as it is; this region is part of it
   * @param elsewhere puts the document where it belongs as it becomes
   */
  CompletionStage<Documents.PatchResult> patch(
      CollectionName collection,
      DocumentId id,
      BodyPatch patch,
      Placements.Target target,
      WriteOptions options,
      Elsewhere elsewhere) {
    Optional<StoreFailure> refusal =
        writes
            .absent(collection)
            .or(() -> writes.preconditionRefusal(collection, options.precondition()));
    return refusal.isPresent()
        ? CompletableFuture.failedFuture(refusal.get())
        : new Run(collection, id, patch, target, options, elsewhere).from(1);
  }

  /** A version and what the patch makes of it. */
  private record Changed(LiveDocument base, Bytes body) {}

  /** What one turn came to. */
  private sealed interface Made {

    record Here(Outcome.Applied applied, HereNanos took) implements Made {}

    /**
     * @param base the version that was changed
     */
    record ToMove(Bytes body, LiveDocument base) implements Made {}
  }

  /** One patch. */
  private final class Run {
    private final CollectionName collection;
    private final DocumentId id;
    private final BodyPatch patch;
    private final Placements.Target target;
    private final WriteOptions options;
    private final Elsewhere elsewhere;
    private final long start = clock.nanos();

    Run(
        CollectionName collection,
        DocumentId id,
        BodyPatch patch,
        Placements.Target target,
        WriteOptions options,
        Elsewhere elsewhere) {
      this.collection = collection;
      this.id = id;
      this.patch = patch;
      this.target = target;
      this.options = options;
      this.elsewhere = elsewhere;
    }

    CompletionStage<Documents.PatchResult> from(int attempt) {
      return writes.begin(
          target,
          options,
          begun ->
              turns
                  .take(collection, id, () -> turn(attempt), this::over)
                  .whenComplete(
                      (made, failure) -> writes.giveUpIf(!(made instanceof Made.Here), begun))
                  .thenCompose(
                      made ->
                          switch (made) {
                            case Made.Here(Outcome.Applied applied, HereNanos took) ->
                                confirmed(begun, applied.change(), took);
                            case Made.ToMove(Bytes body, LiveDocument base) ->
                                moved(body, base, attempt);
                          }));
    }

    private CompletionStage<Made> turn(int attempt) {
      return reads
          .onVirtualThread(this::changed)
          .thenCompose(changed -> changed.isPresent() ? completed(changed.get()) : fetched())
          .thenCompose(changed -> write(changed.base(), changed.body(), attempt));
    }

    private static <T> CompletionStage<T> completed(T value) {
      return CompletableFuture.completedFuture(value);
    }

    /** Empty when the body is not here. */
    private Optional<Changed> changed() {
      Optional<StoredDocument> found = store.find(collection, id);
      return found.isPresent() && found.get() instanceof StoredDocument.Withheld
          ? Optional.empty()
          : Optional.of(changed(Documents.Lookup.live(collection, found)));
    }

    private CompletionStage<Changed> fetched() {
      return reads
          .getNow(collection, id, options.timeout())
          .thenCompose(base -> reads.onVirtualThread(() -> changed(base)));
    }

    /** The client's own condition is about the version that is patched. */
    private Changed changed(LiveDocument base) {
      Revision revision = base.revision();
      if (!options.precondition().holds(Optional.of(revision))) {
        throw new StoreFailure.CallerMistake(
            FailureCode.PRECONDITION_FAILED,
            "the document is at version " + revision,
            Map.of("currentVersion", revision.toString()));
      }
      boolean fielded = base.heads().versions().stream().anyMatch(Change::hasFields);
      return new Changed(base, fielded ? inPlaces() : patch.apply(base.body(), limits));
    }

    /** CRDT fields stay where the patch leaves their places. */
    private Bytes inPlaces() {
      return store.withFields(
          collection,
          id,
          document ->
              document
                  .body()
                  .written(
                      patch.apply(document.body().withPlaces(), limits), document.incarnation())
                  .toBytes());
    }

    private CompletionStage<Made> write(LiveDocument base, Bytes body, int attempt) {
      if (target.moves() && !placements.ofPut(collection, id, body).equals(target)) {
        return completed(new Made.ToMove(body, base));
      }
      Mutation put =
          new Mutation.Put(
              collection,
              id,
              body,
              unchanged(base),
              target.placement(),
              options.traceparent(),
              false,
              FieldedBody.mayHaveFields(body));
      // Of what is not forced only the writer knows: who lost to that waits for the force.
      Sync sync = attempt == 1 ? WriteCoordinator.sync(options) : Sync.FORCED;
      long asked = clock.nanos();
      CompletableFuture<Outcome> outcome = new CompletableFuture<>();
      store.apply(List.of(put), sync, outcomes -> outcome.complete(outcomes.getFirst()));
      return outcome.thenCompose(
          made ->
              switch (made) {
                case Outcome.Applied applied ->
                    completed(
                        new Made.Here(
                            applied,
                            HereNanos.of(applied, options.durability(), asked, clock.nanos())));
                case Outcome.Failed(StoreFailure failure) ->
                    again(failure, attempt, () -> turn(attempt + 1));
                case Outcome.Duplicate duplicate ->
                    CompletableFuture.failedFuture(WriteCoordinator.impossible());
                case Outcome.Blocked blocked ->
                    CompletableFuture.failedFuture(WriteCoordinator.impossible());
              });
    }

    private static Precondition unchanged(LiveDocument base) {
      return new Precondition.AnyOf(List.of(base.revision()));
    }

    /** The next one reads what this one wrote. */
    private CompletionStage<Void> over(Made made) {
      return switch (made) {
        case Made.Here(Outcome.Applied applied, HereNanos took) -> {
          Dot dot = applied.change().dot();
          yield store.whenCovers(VersionVector.of(dot.origin(), dot.sequence()));
        }
        case Made.ToMove move -> CompletableFuture.completedFuture(null); // on its way
      };
    }

    private CompletionStage<Documents.PatchResult> confirmed(
        WriteCoordinator.Begun begun, Change change, HereNanos took) {
      long charge = RequestCharge.write(change.body().length());
      return writes
          .confirm(begun, options, List.of(change), start, took, charge)
          .thenApply(
              confirmed ->
                  new Documents.PatchResult(
                      new Documents.WriteResult(
                          change.version(), false, confirmed.answer(), confirmed.unconfirmed()),
                      change.hasFields() ? Optional.empty() : Optional.of(change.body())));
    }

    private CompletionStage<Documents.PatchResult> moved(
        Bytes body, LiveDocument base, int attempt) {
      WriteOptions put =
          options.when(unchanged(base)).in(options.session().with(base.change().dot()));
      return elsewhere
          .put(body, put)
          .thenApply(written -> new Documents.PatchResult(written, Optional.of(body)))
          .exceptionallyCompose(
              thrown ->
                  again(RegionDocuments.asStoreFailure(thrown), attempt, () -> from(attempt + 1)));
    }

    private <T> CompletionStage<T> again(
        StoreFailure failure, int attempt, java.util.function.Supplier<CompletionStage<T>> next) {
      if (failure.code() != FailureCode.PRECONDITION_FAILED) {
        return CompletableFuture.failedFuture(failure);
      }
      return attempt < MAX_ATTEMPTS
          ? next.get()
          : CompletableFuture.failedFuture(
              new StoreFailure.Unavailable(
                  FailureCode.DOCUMENT_CONTENDED,
                  "others wrote the document "
                      + MAX_ATTEMPTS
                      + " times while it was being patched. Nothing was written; try again"));
    }
  }
}
