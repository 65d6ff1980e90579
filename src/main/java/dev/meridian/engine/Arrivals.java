package dev.meridian.engine;

import dev.meridian.clock.VersionVector;
import dev.meridian.document.FailureCode;
import dev.meridian.document.StoreFailure;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** Tells those who wait for changes that they are in. The writer calls, anyone waits. */
final class Arrivals {

  /** The most that may wait for a vector at once. */
  static final int MAX_WAITING = 10_000;

  private final Supplier<VersionVector> applied;
  private final Set<Waiting> waiting = ConcurrentHashMap.newKeySet();
  private final AtomicInteger waitingCount = new AtomicInteger();
  private final List<Listener> listeners = new CopyOnWriteArrayList<>();

  /** Compared by identity, so that one runnable may be registered twice. */
  private static final class Listener {
    private final Runnable wake;

    Listener(Runnable wake) {
      this.wake = wake;
    }
  }

  private static final class Waiting {
    private final VersionVector wanted;
    private final CompletableFuture<Void> done;

    Waiting(VersionVector wanted, CompletableFuture<Void> done) {
      this.wanted = wanted;
      this.done = done;
    }
  }

  Arrivals(Supplier<VersionVector> applied) {
    this.applied = applied;
  }

  /** Completes when the applied vector covers {@code wanted}; cancel it to stop waiting. */
  CompletableFuture<Void> whenCovers(VersionVector wanted) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    if (applied.get().covers(wanted)) {
      done.complete(null);
      return done;
    }
    if (waitingCount.incrementAndGet() > MAX_WAITING) {
      waitingCount.decrementAndGet();
      done.completeExceptionally(
          new StoreFailure.Unavailable(
              FailureCode.OVERLOADED, "more than " + MAX_WAITING + " requests wait for changes"));
      return done;
    }
    Waiting entry = new Waiting(wanted, done);
    waiting.add(entry);
    done.whenComplete(
        (nothing, failure) -> {
          if (waiting.remove(entry)) {
            waitingCount.decrementAndGet();
          }
        });
    if (applied.get().covers(wanted)) {
      done.complete(null); // it came in between
    }
    return done;
  }

  ChangeFeed.Registration onAppend(Runnable wake) {
    Listener listener = new Listener(wake);
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  /** Writer only. */
  void advanced(VersionVector now) {
    if (!waiting.isEmpty()) {
      for (Waiting entry : waiting) {
        if (now.covers(entry.wanted)) {
          entry.done.complete(null);
        }
      }
    }
    for (Listener listener : listeners) {
      listener.wake.run();
    }
  }

  /** How many wait. */
  int waiting() {
    return waitingCount.get();
  }
}
