package dev.meridian.coordinator;

import dev.meridian.document.FailureCode;
import dev.meridian.document.StoreFailure;
import dev.meridian.env.Scheduler;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * Lets a request through once the guarantee it asks for can be given, wherever and with whatever
 * receipt that is. Knows nothing of what is read or written. Thread-safe; nothing blocks.
 */
final class LevelGate {

  private final Copy copy;
  private final Replicas replicas;
  private final Scheduler scheduler;
  private final WaitingRoom room = new WaitingRoom();
  private final Receipt eventual;
  private final Receipt session;

  LevelGate(Copy copy, Replicas replicas, Scheduler scheduler) {
    this.copy = copy;
    this.replicas = replicas;
    this.scheduler = scheduler;
    this.eventual =
        Receipt.local("eventual", "eventual", "what is here", copy.self(), Receipt.Times.NONE);
    this.session =
        Receipt.local("session", "session", "covers the session", copy.self(), Receipt.Times.NONE);
  }

  /**
   * Serves a read here once its level holds, or elsewhere; for any level but quorum.
   *
   * @param here reads from this region's copy
   * @param elsewhere empty for what only this region can do
   */
  <T> CompletionStage<T> serve(
      ReadOptions options,
      Function<Receipt, CompletionStage<T>> here,
      Optional<LevelWait.Elsewhere<T>> elsewhere) {
    if (options.level() instanceof ConsistencyLevel.Strong) {
      return CompletableFuture.failedFuture(unsupported());
    }
    if (LevelWait.holds(options, copy)) {
      return here.apply(receipt(options.level()));
    }
    return waiting(options, here, elsewhere);
  }

  private <T> CompletionStage<T> waiting(
      ReadOptions options,
      Function<Receipt, CompletionStage<T>> here,
      Optional<LevelWait.Elsewhere<T>> elsewhere) {
    return room.within(
        () -> new LevelWait<>(copy, replicas, scheduler, options, here, elsewhere).run());
  }

  /**
   * Serves a quorum read, which also covers the session it belongs to.
   *
   * @param read with what is left of the request's time
   * @param less from this region's copy alone, when there is no majority and less will do
   */
  <T> CompletionStage<T> quorum(
      ReadOptions options,
      Function<ReadOptions, CompletionStage<T>> read,
      Function<Receipt, CompletionStage<T>> less) {
    if (!LevelWait.holds(options, copy)) {
      return waiting(
          options,
          receipt ->
              receipt.got().equals("quorum")
                  ? withMajority(options.after(receipt.times().waitNanos()), read, less)
                  : less.apply(receipt),
          Optional.empty());
    }
    return room.within(() -> withMajority(options, read, less));
  }

  private <T> CompletionStage<T> withMajority(
      ReadOptions options,
      Function<ReadOptions, CompletionStage<T>> read,
      Function<Receipt, CompletionStage<T>> less) {
    long start = copy.clock().nanos();
    return read.apply(options)
        .<CompletionStage<T>>handle(
            (value, failure) ->
                failure == null
                    ? CompletableFuture.completedFuture(value)
                    : missed(
                        failure,
                        options,
                        why -> {
                          long waited = copy.clock().nanos() - start;
                          return less.apply(
                              Receipt.local(
                                  "quorum",
                                  "session",
                                  why,
                                  copy.self(),
                                  new Receipt.Times(HereNanos.NONE, waited, waited)));
                        }))
        .thenCompose(Function.identity());
  }

  /**
   * Waits until what a session saw is here, so that what follows comes after it in every region.
   */
  <T> CompletionStage<T> afterSession(
      WriteOptions options, Function<Optional<String>, CompletionStage<T>> then) {
    if (copy.store().vector().covers(options.session().seen())) {
      return then.apply(Optional.empty());
    }
    ReadOptions wait =
        new ReadOptions(
            new ConsistencyLevel.Session(),
            options.session(),
            options.degrade(),
            options.timeout());
    return waiting(
        wait,
        receipt ->
            then.apply(
                receipt.got().equals("session") ? Optional.empty() : Optional.of(receipt.why())),
        Optional.empty());
  }

  /** Not enough replicas: fails, or gives less by {@code less}. */
  private static <T> CompletionStage<T> missed(
      Throwable failure, ReadOptions options, Function<String, CompletionStage<T>> less) {
    Throwable cause = RegionDocuments.cause(failure);
    if (!(cause instanceof Ballot.TooFew few)) {
      return CompletableFuture.failedFuture(cause);
    }
    if (options.degrade()) {
      return less.apply(few.getMessage());
    }
    StoreFailure unavailable = LevelWait.unavailable(options, few.getMessage(), "");
    return CompletableFuture.failedFuture(unavailable);
  }

  /** How many requests wait for their guarantee. */
  int waiting() {
    return room.waiting();
  }

  private Receipt receipt(ConsistencyLevel level) {
    return switch (level) {
      case ConsistencyLevel.Eventual any -> eventual;
      case ConsistencyLevel.Session any -> session;
      case ConsistencyLevel.Bounded bounded ->
          Receipt.local(
              bounded.text(), bounded.text(), "fresh enough here", copy.self(), Receipt.Times.NONE);
      case ConsistencyLevel.Quorum quorum -> throw unsupported();
      case ConsistencyLevel.Strong strong -> throw unsupported();
    };
  }

  private static StoreFailure unsupported() {
    return new StoreFailure.CallerMistake(
        FailureCode.CONSISTENCY_UNSUPPORTED,
        "collections of mode active-active do not offer 'strong' reads, since every region writes"
            + " them; they offer eventual, session, bounded and quorum. Modes 'home', 'consensus'"
            + " and 'chain' are made for strong reads");
  }
}
