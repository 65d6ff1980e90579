package dev.meridian.engine;

import dev.meridian.clock.VersionVector;
import dev.meridian.document.FailureCode;
import dev.meridian.document.StoreFailure;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/** Tells those who wait for changes that they are in. The writer calls, anyone waits. */
final class Arrivals {

  /** The most that may wait for a vector at once. */
  static final int MAX_WAITING = 10_000;

  private final Supplier<VersionVector> applied;

  /** By the order in which they came, and so told: a run can be repeated. */
  private final Map<Long, Waiting> waiting = new ConcurrentSkipListMap<>();

  private final AtomicLong arrived = new AtomicLong();
  private final AtomicInteger waitingCount = new AtomicInteger();
  private final List<Listener> listeners = new CopyOnWriteArrayList<>();

  /** Compared by identity, so that one runnable may be registered twice. */
  private static final class Listener {
    private final Runnable wake;

    Listener(Runnable wake) {
      this.wake = wake;
    }
  }

  private record Waiting(VersionVector wanted, CompletableFuture<Void> done) {}

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
    long number = arrived.incrementAndGet();
    waiting.put(number, new Waiting(wanted, done));
    done.whenComplete(
        (nothing, failure) -> {
          if (waiting.remove(number) != null) {
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
      for (Waiting entry : waiting.values()) {
        if (now.covers(entry.wanted())) {
          entry.done().complete(null);
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
