package dev.meridian.repair;

import dev.meridian.env.Threads;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** Work that may read the disk, a piece at a time, each on a thread of its own. */
final class Steps {

  private final Threads threads;

  Steps(Threads threads) {
    this.threads = threads;
  }

  <T> CompletionStage<T> run(Supplier<T> work) {
    CompletableFuture<T> done = new CompletableFuture<>();
    threads.startVirtual(
        "meridian-repair",
        () -> {
          try {
            done.complete(work.get());
          } catch (RuntimeException | Error failed) {
            done.completeExceptionally(failed);
          }
        });
    return done;
  }

  /** The same for work that goes on elsewhere. */
  <T> CompletionStage<T> begin(Supplier<CompletionStage<T>> work) {
    return run(work).thenCompose(stage -> stage);
  }

  /** What went wrong, without what carried it. */
  static Throwable cause(Throwable thrown) {
    Throwable cause = thrown;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }
}
