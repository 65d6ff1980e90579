package dev.meridian.coordinator;

import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionVector;
import dev.meridian.cluster.Region;
import dev.meridian.cluster.SerialQueue;
import dev.meridian.document.FailureCode;
import dev.meridian.document.StoreFailure;
import dev.meridian.env.Scheduler;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * One request that this region cannot serve yet: waits until it can, but only for so long before
 * other regions are asked to serve it in its place, while the wait goes on; at the end of its time
 * it fails or gets less and is told so. Steps run one after another; nothing blocks.
 */
final class LevelWait<T> {

  /** How often a wait for fresher data looks again. */
  private static final Duration INTERVAL = Duration.ofMillis(10);

  /** The least that is waited before others are asked, if the request's time allows. */
  private static final Duration MIN_PATIENCE = Duration.ofMillis(250);

  private final Copy copy;
  private final Replicas replicas;
  private final Scheduler scheduler;
  private final ReadOptions options;
  private final VersionVector seen;
  private final Optional<Duration> bound;
  private final Function<Receipt, CompletionStage<T>> here;
  private final Optional<Elsewhere<T>> elsewhere;
  private final SerialQueue steps = new SerialQueue();
  private final CompletableFuture<T> result = new CompletableFuture<>();
  private final long start;
  private CompletableFuture<Void> arrival = CompletableFuture.completedFuture(null);
  private Scheduler.Timer deadline = () -> {};
  private Scheduler.Timer patience = () -> {};
  private Scheduler.Timer look = () -> {};
  private Iterator<Region> candidates = List.<Region>of().iterator();
  private boolean over;

  /** Serves the request from another region's copy. */
  interface Elsewhere<T> {

    /** Empty when that region cannot either. A caller's mistake ends the request. */
    CompletionStage<Optional<T>> ask(Region peer, ReplicaQuestion.Fresh need, Duration timeout);
  }

  /**
   * @param here serves it from this region's copy, once the guarantee holds
   * @param elsewhere empty for what only this region can do
   */
  LevelWait(
      Copy copy,
      Replicas replicas,
      Scheduler scheduler,
      ReadOptions options,
      Function<Receipt, CompletionStage<T>> here,
      Optional<Elsewhere<T>> elsewhere) {
    this.copy = copy;
    this.replicas = replicas;
    this.scheduler = scheduler;
    this.options = options;
    this.seen = options.session().seen();
    this.bound =
        options.level() instanceof ConsistencyLevel.Bounded(Duration max)
            ? Optional.of(max)
            : Optional.empty();
    this.here = here;
    this.elsewhere = elsewhere;
    this.start = copy.clock().nanos();
  }

  /** True when a request can be served here now, which is the usual case. */
  static boolean holds(ReadOptions options, Copy copy) {
    return switch (options.level()) {
      case ConsistencyLevel.Eventual eventual -> true;
      case ConsistencyLevel.Session session -> covers(options, copy);
      case ConsistencyLevel.Bounded(Duration max) ->
          covers(options, copy) && copy.stalenessMillis() <= max.toMillis();
      case ConsistencyLevel.Quorum quorum -> covers(options, copy);
      case ConsistencyLevel.Strong strong -> false;
    };
  }

  private static boolean covers(ReadOptions options, Copy copy) {
    return copy.store().vector().covers(options.session().seen());
  }

  CompletionStage<T> run() {
    steps.run(this::begin);
    return result;
  }

  private void begin() {
    deadline = scheduler.after(options.timeout(), () -> steps.run(this::missed));
    patience = scheduler.after(patience(), () -> steps.run(this::outOfPatience));
    arrival = copy.store().whenCovers(seen).toCompletableFuture();
    arrival.whenComplete(
        (nothing, failure) ->
            steps.run(
                () -> {
                  if (failure == null) {
                    lookAgain();
                  } else if (!over) {
                    end();
                    result.completeExceptionally(failure);
                  }
                }));
  }

  /** Long enough for what is merely under way; half of the time is left to ask others. */
  private Duration patience() {
    long roundTrip = 0;
    for (Region peer : replicas.all().peers()) {
      roundTrip =
          Math.max(roundTrip, replicas.replication().roundTrips(peer.id()).percentile(0.99, 0));
    }
    long nanos = Math.max(MIN_PATIENCE.toNanos(), 2 * roundTrip);
    return Duration.ofNanos(Math.min(nanos, options.timeout().toNanos() / 2));
  }

  private void lookAgain() {
    if (over) {
      return;
    }
    if (bound.isEmpty() || copy.stalenessMillis() <= bound.get().toMillis()) {
      end();
      serve(options.level().text(), "waited until this region could");
    } else {
      look = scheduler.after(INTERVAL, () -> steps.run(this::lookAgain));
    }
  }

  private void serve(String got, String why) {
    Receipt.Times times = new Receipt.Times(HereNanos.NONE, waited(), 0);
    here.apply(Receipt.local(options.level().text(), got, why, copy.self(), times))
        .whenComplete(
            (value, failure) -> {
              if (failure == null) {
                result.complete(value);
              } else {
                result.completeExceptionally(failure);
              }
            });
  }

  private long waited() {
    return copy.clock().nanos() - start;
  }

  private void outOfPatience() {
    if (over) {
      return;
    }
    ReplicaId self = copy.self();
    long made = copy.store().vector().get(self);
    if (seen.get(self) > made && !options.degrade()) {
      end();
      result.completeExceptionally(ahead(self, seen.get(self), made));
      return;
    }
    if (elsewhere.isPresent()) {
      candidates = promising().iterator();
      askNext();
    }
  }

  static StoreFailure ahead(ReplicaId origin, long claimed, long made) {
    return new StoreFailure.CallerMistake(
        FailureCode.INVALID_HEADER,
        "Meridian-Session names change "
            + claimed
            + " of region '"
            + origin
            + "', which has made "
            + made
            + " only: it is not a token of this cluster, or that change was lost with a disk."
            + " Send the request without it");
  }

  /** Those known to have it first, then the origins of what is missing, then the rest. */
  private List<Region> promising() {
    VersionVector here = copy.store().vector();
    return replicas.all().candidates().stream()
        .sorted(
            java.util.Comparator.comparingInt(
                peer -> {
                  boolean has = replicas.replication().vectorOf(peer.id()).covers(seen);
                  boolean origin = seen.get(peer.id()) > here.get(peer.id());
                  return has ? 0 : origin ? 1 : 2;
                }))
        .toList();
  }

  private void askNext() {
    long left = options.timeout().toNanos() - waited();
    if (over || left <= 0 || !candidates.hasNext()) {
      return;
    }
    Region peer = candidates.next();
    ReplicaQuestion.Fresh need =
        new ReplicaQuestion.Fresh(seen, bound.map(Duration::toMillis).orElse(-1L));
    elsewhere
        .get()
        .ask(peer, need, Duration.ofNanos(left))
        .whenComplete((served, failure) -> steps.run(() -> answered(served, failure)));
  }

  private void answered(
      @org.jspecify.annotations.Nullable Optional<T> served,
      @org.jspecify.annotations.Nullable Throwable failure) {
    if (over) {
      return;
    }
    if (served != null && served.isPresent()) {
      end();
      result.complete(served.get());
    } else if (failure != null
        && RegionDocuments.cause(failure) instanceof StoreFailure.CallerMistake mistake) {
      end();
      result.completeExceptionally(mistake);
    } else {
      askNext();
    }
  }

  private void missed() {
    if (over) {
      return;
    }
    end();
    String why = lacking();
    if (options.degrade()) {
      boolean covered = copy.store().vector().covers(seen);
      serve(covered ? "session" : "eventual", why);
      return;
    }
    result.completeExceptionally(unavailable(options, why, missing()));
  }

  private String missing() {
    return Missing.text(seen, copy.store().vector());
  }

  private String lacking() {
    String missing = missing();
    return missing.isEmpty()
        ? "data here may be " + copy.stalenessMillis() + " ms old"
        : "this region lacks changes that the session saw: " + missing;
  }

  static StoreFailure unavailable(ReadOptions options, String why, String missing) {
    return new StoreFailure.Unavailable(
        FailureCode.CONSISTENCY_UNAVAILABLE,
        "'"
            + options.level().text()
            + "' could not be given within "
            + options.timeout().toMillis()
            + " ms: "
            + why
            + ". Try again, ask another region, or send Meridian-On-Miss: degrade",
        missing.isEmpty() ? Map.of() : Map.of("missing", missing));
  }

  private void end() {
    over = true;
    deadline.cancel();
    patience.cancel();
    look.cancel();
    arrival.cancel(false);
  }
}
