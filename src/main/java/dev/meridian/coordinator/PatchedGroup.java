package dev.meridian.coordinator;

import dev.meridian.coordinator.Documents.BulkOperation;
import dev.meridian.coordinator.Documents.BulkOutcome;
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
 * Several writes of one target, patches among them: the others are made in one go, each patch by
 * itself, all at the same time. No document is written by a patch and by another of them.
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
   * @param nothing what is said when nothing was written
   */
  CompletionStage<Documents.BulkResult> run(
      Function<List<BulkOperation>, CompletionStage<Documents.BulkResult>> others,
      Function<BulkOperation.Patch, CompletionStage<Documents.PatchResult>> patching,
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
    include(written.answer());
    if (written.unconfirmed().isPresent()) {
      return new BulkOutcome.Failed(
          new StoreFailure.OutcomeUnknown(
              written.unconfirmed().get().getMessage(),
              Map.of("version", written.version().toString())));
    }
    return patch.returning() && done.body().isPresent()
        ? new BulkOutcome.Patched(written.version(), done.body().get())
        : new BulkOutcome.Written(written.version(), false);
  }

  private synchronized void include(Answer more) {
    answer = Optional.of(answer.map(before -> before.and(more)).orElse(more));
  }
}
