package dev.meridian.repair;

import dev.meridian.document.CollectionName;
import dev.meridian.engine.CollectionState;
import dev.meridian.engine.CopyStore;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Looks through all of this region's data, one collection at a time, once at a time. */
final class Checks {

  private static final System.Logger LOG = System.getLogger(Checks.class.getName());

  private final CopyStore store;
  private final LocalCheck check;
  private CompletableFuture<Integer> running = CompletableFuture.completedFuture(0);

  Checks(CopyStore store, LocalCheck check) {
    this.store = store;
    this.check = check;
  }

  /** Looks, unless somebody looks already; tells in how many collections something was amiss. */
  synchronized CompletionStage<Integer> run() {
    if (running.isDone()) {
      running = new CompletableFuture<>();
      CompletableFuture<Integer> mine = running;
      List<CollectionName> names =
          store.everyCollection().stream().map(CollectionState::name).toList();
      next(names, 0)
          .whenComplete(
              (amiss, failure) -> {
                if (failure == null) {
                  mine.complete(amiss);
                } else {
                  mine.completeExceptionally(Steps.cause(failure));
                }
              });
    }
    return running;
  }

  private CompletionStage<Integer> next(List<CollectionName> names, int amiss) {
    if (names.isEmpty()) {
      return CompletableFuture.completedFuture(amiss);
    }
    CollectionName name = names.getFirst();
    return check
        .run(name)
        .thenCompose(
            wrong -> {
              if (wrong) {
                LOG.log(
                    System.Logger.Level.WARNING,
                    "event=data-amiss collection={0} its documents are not those that were written;"
                        + " the next repair mends them",
                    name);
              }
              return next(names.subList(1, names.size()), amiss + (wrong ? 1 : 0));
            });
  }

  /** What a peer is told. */
  synchronized RepairMessage.Answer state(boolean start) {
    if (start) {
      run();
    }
    if (!running.isDone()) {
      return new RepairMessage.Checked(true, 0);
    }
    return running.isCompletedExceptionally()
        ? new RepairMessage.NotNow("the region could not read its data")
        : new RepairMessage.Checked(false, running.join());
  }
}
