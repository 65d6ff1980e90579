package dev.meridian.coordinator;

import dev.meridian.coordinator.Documents.BulkOperation;
import dev.meridian.coordinator.Documents.BulkOutcome;
import dev.meridian.document.FieldedBody;
import dev.meridian.document.StoreFailure;
import java.util.ArrayList;
import java.util.Arrays;
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
                      take(place, patch, done, failure);
                      return null;
                    })
                .toCompletableFuture());
      } else if (operations.get(i) instanceof BulkOperation.Put put && isByItself(put)) {
        open.add(
            putting
                .apply(put)
                .handle(
                    (done, failure) -> {
                      take(place, done, failure);
                      return null;
                    })
                .toCompletableFuture());
      } else {
        plain.add(operations.get(i));
        places.add(i);
      }
    }
    if (!plain.isEmpty()) {
      open.add(others.apply(plain).thenAccept(done -> take(places, done)).toCompletableFuture());
    }
    return CompletableFuture.allOf(open.toArray(CompletableFuture[]::new))
        .thenApply(done -> result(nothing));
  }

  /** Whether an operation depends on what the document holds. */
  static boolean isByItself(BulkOperation operation) {
    return operation instanceof BulkOperation.Patch
        || operation instanceof BulkOperation.Put put && FieldedBody.mayHaveFields(put.body());
  }

  private synchronized void take(
      int place,
      Documents.@org.jspecify.annotations.Nullable WriteResult written,
      @org.jspecify.annotations.Nullable Throwable failure) {
    if (failure != null || written == null) {
      outcomes[place] = new BulkOutcome.Failed(RegionDocuments.asStoreFailure(failure));
      return;
    }
    include(written.answer());
    outcomes[place] =
        written.unconfirmed().isPresent()
            ? unknown(written)
            : new BulkOutcome.Written(written.version(), written.created());
  }

  private static BulkOutcome unknown(Documents.WriteResult written) {
    return new BulkOutcome.Failed(
        new StoreFailure.OutcomeUnknown(
            written.unconfirmed().orElseThrow().getMessage(),
            Map.of("version", written.version().toString())));
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

  private synchronized void take(
      int place,
      BulkOperation.Patch patch,
      Documents.@org.jspecify.annotations.Nullable PatchResult done,
      @org.jspecify.annotations.Nullable Throwable failure) {
    if (failure != null || done == null) {
      outcomes[place] = new BulkOutcome.Failed(RegionDocuments.asStoreFailure(failure));
      return;
    }
    Documents.WriteResult written = done.written();
    include(written.answer());
    if (written.unconfirmed().isPresent()) {
      outcomes[place] = unknown(written);
    } else if (patch.returning() && done.body().isPresent()) {
      outcomes[place] = new BulkOutcome.Patched(written.version(), done.body().get());
    } else {
      outcomes[place] = new BulkOutcome.Written(written.version(), false);
    }
  }

  private void include(Answer more) {
    answer = Optional.of(answer.map(before -> before.and(more)).orElse(more));
  }
}
