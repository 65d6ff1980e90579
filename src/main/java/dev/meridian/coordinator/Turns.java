package dev.meridian.coordinator;

import dev.meridian.document.CollectionName;
import dev.meridian.document.DocumentId;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * One after another for each document, in the order of arrival; different documents do not wait for
 * each other. Bounded by a {@link WaitingRoom}. Thread-safe; nothing blocks.
 */
final class Turns {

  private final WaitingRoom room = new WaitingRoom();
  private final Map<Key, CompletableFuture<Void>> last = new ConcurrentHashMap<>();

  private record Key(CollectionName collection, DocumentId id) {}

  /**
   * Does {@code work} when the work before it on this document is over.
   *
   * @param over when the next one may begin, of work that succeeded
   */
  <T> CompletionStage<T> take(
      CollectionName collection,
      DocumentId id,
      Supplier<CompletionStage<T>> work,
      Function<T, CompletionStage<Void>> over) {
    return room.within(() -> queue(new Key(collection, id), work, over));
  }

  private <T> CompletionStage<T> queue(
      Key key, Supplier<CompletionStage<T>> work, Function<T, CompletionStage<Void>> over) {
    CompletableFuture<Void> mine = new CompletableFuture<>();
    CompletableFuture<Void> before = last.put(key, mine);
    CompletionStage<T> done =
        (before == null ? CompletableFuture.<Void>completedFuture(null) : before)
            .thenCompose(nothing -> work.get());
    done.thenCompose(over)
        .whenComplete(
            (nothing, failure) -> {
              last.remove(key, mine);
              mine.complete(null);
            });
    return done;
  }
}
