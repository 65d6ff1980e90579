package dev.meridian.coordinator;

import dev.meridian.coordinator.Documents.BulkOperation;
import dev.meridian.coordinator.Documents.BulkOutcome;
import dev.meridian.document.Bytes;
import dev.meridian.document.FieldedBody;
import dev.meridian.document.StoreFailure;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * Several writes of one target, patches among them: the others are made in one go, each patch, and
 * each write of a document with CRDT fields, by itself, all at the same time. No document is
 * written by a patch and by another of them.
 */
final class PatchedGroup {

  private final List<BulkOperation> operations;
  private final BulkOutcome[] outcomes;
  private Optional<Answer> answer = Optional.empty();

  PatchedGroup(List<BulkOperation> operations) {
    this.operations = operations;
    this.outcomes = new BulkOutcome[operations.size()];
  }

  /**
   * @param others makes what is no patch
   * @param patching makes a patch
   * @param putting writes a document with CRDT fields
   * @param nothing what is said when nothing was written
   */
  CompletionStage<Documents.BulkResult> run(
      Function<List<BulkOperation>, CompletionStage<Documents.BulkResult>> others,
      Function<BulkOperation.Patch, CompletionStage<Documents.PatchResult>> patching,
      Function<BulkOperation.Put, CompletionStage<Documents.WriteResult>> putting,
      Answer nothing) {
    List<BulkOperation> plain = new ArrayList<>();
    List<Integer> places = new ArrayList<>();
    List<CompletableFuture<?>> open = new ArrayList<>();
    for (int i = 0; i < operations.size(); i++) {
      int place = i;
      if (operations.get(i) instanceof BulkOperation.Patch patch) {
        open.add(
            patching
                .apply(patch)
                .handle(
                    (done, failure) -> {
                      set(
                          place,
                          failure == null
                              ? outcome(patch, done)
                              : new BulkOutcome.Failed(RegionDocuments.asStoreFailure(failure)));
                      return null;
                    })
                .toCompletableFuture());
      } else if (operations.get(i) instanceof BulkOperation.Put put && isByItself(put)) {
        open.add(
            putting
                .apply(put)
                .handle(
                    (done, failure) -> {
                      set(
                          place,
                          failure == null
                              ? outcome(done)
                              : new BulkOutcome.Failed(RegionDocuments.asStoreFailure(failure)));
                      return null;
                    })
                .toCompletableFuture());
      } else {
        plain.add(operations.get(i));
        places.add(i);
      }
    }
    if (!plain.isEmpty()) {
      open.add(
          others
              .apply(plain)
              .exceptionally(thrown -> refused(plain.size(), thrown, nothing))
              .thenAccept(done -> take(places, done))
              .toCompletableFuture());
    }
    return CompletableFuture.allOf(open.toArray(CompletableFuture[]::new))
        .thenApply(done -> result(nothing));
  }

  /** Whether an operation depends on what the document holds. */
  static boolean isByItself(BulkOperation operation) {
    return operation instanceof BulkOperation.Patch
        || operation instanceof BulkOperation.Put put && FieldedBody.mayHaveFields(put.body());
  }

  /** What stands in the way of the others says nothing of the patches. */
  private static Documents.BulkResult refused(int count, Throwable thrown, Answer nothing) {
    BulkOutcome each = new BulkOutcome.Failed(RegionDocuments.asStoreFailure(thrown));
    return new Documents.BulkResult(Collections.nCopies(count, each), nothing);
  }

  private synchronized Documents.BulkResult result(Answer nothing) {
    return new Documents.BulkResult(Arrays.asList(outcomes), answer.orElse(nothing));
  }

  private synchronized void take(List<Integer> places, Documents.BulkResult done) {
    for (int i = 0; i < places.size(); i++) {
      outcomes[places.get(i)] = done.outcomes().get(i);
    }
    include(done.answer());
  }

  private synchronized void set(int place, BulkOutcome outcome) {
    outcomes[place] = outcome;
  }

  private BulkOutcome outcome(BulkOperation.Patch patch, Documents.PatchResult done) {
    Documents.WriteResult written = done.written();
    return patch.returning() && done.body().isPresent() && written.unconfirmed().isEmpty()
        ? patched(written, done.body().get())
        : outcome(written);
  }

  private BulkOutcome patched(Documents.WriteResult written, Bytes body) {
    include(written.answer());
    return new BulkOutcome.Patched(written.version(), body);
  }

  private BulkOutcome outcome(Documents.WriteResult written) {
    include(written.answer());
    return written.unconfirmed().isPresent()
        ? new BulkOutcome.Failed(
            new StoreFailure.OutcomeUnknown(
                written.unconfirmed().get().getMessage(),
                Map.of("version", written.version().toString())))
        : new BulkOutcome.Written(written.version(), written.created());
  }

  private synchronized void include(Answer more) {
    answer = Optional.of(answer.map(before -> before.and(more)).orElse(more));
  }
}
