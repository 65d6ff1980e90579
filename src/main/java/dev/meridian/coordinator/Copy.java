package dev.meridian.coordinator;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionVector;
import dev.meridian.document.ChangeCodecV1;
import dev.meridian.document.CollectionName;
import dev.meridian.document.DocumentId;
import dev.meridian.document.FailureCode;
import dev.meridian.document.StoreFailure;
import dev.meridian.document.StoredDocument;
import dev.meridian.engine.DocumentStore;
import dev.meridian.env.Threads;
import dev.meridian.env.WallClock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * This region's copy, as it is now. What memory can tell is told at once on the caller's thread;
 * what may touch the disk goes to a virtual thread.
 */
record Copy(
    ReplicaId self,
    DocumentStore store,
    Supplier<Duration> staleness,
    WallClock clock,
    Threads threads) {

  /**
   * A document here.
   *
   * @param vector was reached when the document had been read
   */
  record State(VersionVector vector, HlcTimestamp droppedAt, Optional<StoredDocument> stored) {

    Optional<ReplicaAnswer.Newest> newest() {
      return stored.map(
          each ->
              new ReplicaAnswer.Newest(
                  each.change().hlc(), each.change().dot(), ChangeCodecV1.checksum(each.change())));
    }

    ReplicaAnswer.Digest digest() {
      return new ReplicaAnswer.Digest(
          vector,
          droppedAt,
          newest(),
          stored.map(each -> each.heads().seen()).orElse(VersionVector.EMPTY));
    }
  }

  /** How old this copy may be, in ms. */
  long stalenessMillis() {
    return staleness.get().toMillis();
  }

  /** The newest version here. */
  CompletionStage<Optional<StoredDocument>> newest(CollectionName collection, DocumentId id) {
    Optional<Optional<StoredDocument>> inMemory;
    try {
      inMemory = store.findInMemory(collection, id);
    } catch (StoreFailure damaged) {
      return CompletableFuture.failedFuture(damaged);
    }
    return inMemory
        .<CompletionStage<Optional<StoredDocument>>>map(CompletableFuture::completedFuture)
        .orElseGet(() -> onVirtualThread(() -> store.find(collection, id)));
  }

  CompletionStage<State> state(CollectionName collection, DocumentId id) {
    return newest(collection, id)
        .thenApply(
            stored -> new State(store.vector(), store.collection(collection).droppedAt(), stored));
  }

  <T> CompletionStage<T> onVirtualThread(Supplier<T> work) {
    CompletableFuture<T> result = new CompletableFuture<>();
    threads.startVirtual(
        "meridian-read",
        () -> {
          try {
            result.complete(work.get());
          } catch (StoreFailure failure) {
            result.completeExceptionally(failure);
          } catch (RuntimeException fault) {
            result.completeExceptionally(
                new StoreFailure.Fault(
                    FailureCode.STORAGE_FAILED, "the document could not be read", fault));
          }
        });
    return result;
  }
}
