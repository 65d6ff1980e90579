package dev.meridian.coordinator;

import dev.meridian.cluster.Region;
import dev.meridian.cluster.SerialQueue;
import dev.meridian.env.Scheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Asks regions for answers, as many at once as are needed, and one more whenever one fails or takes
 * longer than it usually does. Steps run one after another; nothing blocks.
 */
final class Ballot<A> {

  private final int need;
  private final Iterator<Region> candidates;
  private final Function<Region, CompletionStage<A>> ask;
  private final Predicate<A> accept;
  private final Function<Region, Duration> usual;
  private final Scheduler scheduler;
  private final LongAdder hedges;
  private final SerialQueue steps = new SerialQueue();
  private final List<Reply<A>> replies = new ArrayList<>();
  private final List<String> failures = new ArrayList<>();
  private final List<Scheduler.Timer> timers = new ArrayList<>();
  private final CompletableFuture<List<Reply<A>>> result = new CompletableFuture<>();
  private int open;

  record Reply<A>(Region from, A answer) {}

  /** Not enough regions answered as wanted. */
  static final class TooFew extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TooFew(String detail) {
      super(detail, null, false, false);
    }
  }

  /**
   * @param accept which answers count
   * @param usual after so long another region is asked as well
   */
  Ballot(
      int need,
      List<Region> candidates,
      Function<Region, CompletionStage<A>> ask,
      Predicate<A> accept,
      Function<Region, Duration> usual,
      Scheduler scheduler,
      LongAdder hedges) {
    this.need = need;
    this.candidates = candidates.iterator();
    this.ask = ask;
    this.accept = accept;
    this.usual = usual;
    this.scheduler = scheduler;
    this.hedges = hedges;
  }

  /** The answers that counted; fails with {@link TooFew} as soon as there cannot be enough. */
  CompletionStage<List<Reply<A>>> hold() {
    steps.run(this::fill);
    return result;
  }

  private void fill() {
    while (!result.isDone() && replies.size() + open < need && candidates.hasNext()) {
      askNext();
    }
    if (replies.size() >= need) {
      timers.forEach(Scheduler.Timer::cancel);
      result.complete(List.copyOf(replies));
    } else if (replies.size() + open < need) {
      timers.forEach(Scheduler.Timer::cancel);
      result.completeExceptionally(
          new TooFew(
              failures.isEmpty() ? "no region is left to ask" : String.join("; ", failures)));
    }
  }

  private void askNext() {
    Region region = candidates.next();
    open++;
    boolean[] answered = {false};
    timers.add(scheduler.after(usual.apply(region), () -> steps.run(() -> hedge(answered))));
    ask.apply(region)
        .whenComplete(
            (answer, failure) ->
                steps.run(
                    () -> {
                      answered[0] = true;
                      open--;
                      if (failure != null) {
                        failures.add(region.id() + ": " + reason(failure));
                      } else if (accept.test(answer)) {
                        replies.add(new Reply<>(region, answer));
                      } else {
                        failures.add(region.id() + " is behind");
                      }
                      fill();
                    }));
  }

  private void hedge(boolean[] answered) {
    if (!answered[0] && !result.isDone() && candidates.hasNext()) {
      hedges.increment();
      askNext();
    }
  }

  private static String reason(Throwable failure) {
    Throwable cause =
        failure instanceof java.util.concurrent.CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
  }
}
