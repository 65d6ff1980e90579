package dev.meridian.coordinator;

import dev.meridian.cluster.Region;
import dev.meridian.env.Scheduler;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.Predicate;

/** Holds {@link Ballot}s: knows how long each region usually takes to answer. Thread-safe. */
final class Polls {

  private static final Duration MIN_HEDGE = Duration.ofMillis(5);
  private static final Duration MAX_HEDGE = Duration.ofSeconds(1);
  private static final Duration UNKNOWN_HEDGE = Duration.ofMillis(50);

  private final Replicas replicas;
  private final ReplicaClient peers;
  private final Scheduler scheduler;
  private final LongAdder hedges = new LongAdder();

  Polls(Replicas replicas, ReplicaClient peers, Scheduler scheduler) {
    this.replicas = replicas;
    this.peers = peers;
    this.scheduler = scheduler;
  }

  /** Questions asked of one more region because another was slow. */
  long hedges() {
    return hedges.sum();
  }

  /** See {@link Ballot#hold}. */
  <A> CompletionStage<List<Ballot.Reply<A>>> hold(
      int need,
      List<Region> candidates,
      Function<Region, CompletionStage<A>> ask,
      Predicate<A> accept) {
    return new Ballot<>(need, candidates, ask, accept, this::usual, scheduler, hedges).hold();
  }

  /** After so long without an answer another region is asked as well. */
  private Duration usual(Region peer) {
    long unknown =
        replicas.replication().roundTrips(peer.id()).percentile(0.99, UNKNOWN_HEDGE.toNanos());
    long nanos = peers.times(peer.id()).percentile(0.95, unknown);
    return Duration.ofNanos(Math.clamp(nanos, MIN_HEDGE.toNanos(), MAX_HEDGE.toNanos()));
  }
}
