package dev.meridian.coordinator;

import dev.meridian.document.FailureCode;
import dev.meridian.document.StoreFailure;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** Bounds how many requests wait for a guarantee at once: whoever comes then is refused. */
final class WaitingRoom {

  static final int MAX_WAITING = 10_000;

  private final AtomicInteger waiting = new AtomicInteger();

  /** Counts {@code wait} until its stage completes. */
  <T> CompletionStage<T> within(Supplier<CompletionStage<T>> wait) {
    if (waiting.incrementAndGet() > MAX_WAITING) {
      waiting.decrementAndGet();
      return CompletableFuture.failedFuture(
          new StoreFailure.Unavailable(
              FailureCode.OVERLOADED,
              "more than " + MAX_WAITING + " requests wait for their guarantee"));
    }
    CompletionStage<T> stage;
    try {
      stage = wait.get();
    } catch (RuntimeException failed) {
      stage = CompletableFuture.failedFuture(failed);
    }
    return stage.whenComplete((value, failure) -> waiting.decrementAndGet());
  }

  int waiting() {
    return waiting.get();
  }
}
