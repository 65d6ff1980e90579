package dev.meridian.coordinator;

import dev.meridian.clock.ReplicaId;
import dev.meridian.document.CollectionName;
import dev.meridian.document.FailureCode;
import dev.meridian.document.StoreFailure;
import dev.meridian.env.Scheduler;
import dev.meridian.env.WallClock;
import dev.meridian.replication.Acknowledgements;
import dev.meridian.replication.Acknowledgements.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.LongAdder;

/**
 * Says, before a write, whether the durability it asks for can be had, and after it, once it is
 * there. A write that asks for this region only passes straight through. Thread-safe; nothing
 * blocks.
 */
final class Confirmations {

  private final Replicas replicas;
  private final Acknowledgements acks;
  private final Scheduler scheduler;
  private final WallClock clock;
  private final LongAdder refused = new LongAdder();
  private final LongAdder unknown = new LongAdder();

  /** How a write will be confirmed. */
  sealed interface Plan {

    /**
     * By this region alone.
     *
     * @param why it is not what was asked for, if it is not
     */
    record Here(String got, Optional<String> why) implements Plan {}

    /**
     * By others, too.
     *
     * @param among the regions that count
     */
    record Elsewhere(Acknowledgements.Reservation room, Kind kind, int peers, List<ReplicaId> among)
        implements Plan {}
  }

  /**
   * @param unconfirmed {@code outcome-unknown}: the write is done here and stays
   */
  record Confirmed(Receipt receipt, Optional<StoreFailure> unconfirmed) {}

  Confirmations(Replicas replicas, Scheduler scheduler, WallClock clock) {
    this.replicas = replicas;
    this.acks = replicas.replication().acknowledgements();
    this.scheduler = scheduler;
    this.clock = clock;
  }

  /** Writes refused because too few regions were known to be up. */
  long refused() {
    return refused.sum();
  }

  /** Writes whose time ran out before enough regions had confirmed. */
  long unknown() {
    return unknown.sum();
  }

  /**
   * What to wait for; throws {@code durability-unavailable} when it is known that it would be in
   * vain. What is returned is to be confirmed or {@link #giveUp given up}.
   */
  Plan plan(CollectionName collection, WriteOptions options) {
    Durability asked = options.durability();
    int majority = replicas.majority(collection);
    return switch (asked) {
      case NONE, LOCAL -> new Plan.Here(asked.text(), Optional.empty());
      case REMOTE_WRITE -> remote(collection, options, Kind.RECEIVED, 1);
      case REMOTE_APPLY -> remote(collection, options, Kind.APPLIED, 1);
      case QUORUM -> remote(collection, options, Kind.APPLIED, majority - 1);
      case ALL -> remote(collection, options, Kind.APPLIED, replicas.count(collection) - 1);
    };
  }

  private Plan remote(CollectionName collection, WriteOptions options, Kind kind, int peers) {
    String asked = options.durability().text();
    if (peers == 0) {
      return new Plan.Here(asked, Optional.empty());
    }
    if (peers > replicas.count(collection) - 1) {
      throw new StoreFailure.CallerMistake(
          FailureCode.CONSISTENCY_UNSUPPORTED,
          "Meridian-Durability '"
              + asked
              + "' needs another region, and this cluster has one; it offers none, local, quorum"
              + " and all");
    }
    int up = replicas.up(collection);
    if (up < peers) {
      String why =
          (peers + 1)
              + " regions are needed and "
              + (up + 1)
              + " known to be up: "
              + replicas.states(collection);
      if (options.degrade()) {
        return new Plan.Here("local", Optional.of(why));
      }
      refused.increment();
      throw new StoreFailure.Unavailable(
          FailureCode.DURABILITY_UNAVAILABLE,
          "'"
              + asked
              + "' cannot be had now: "
              + why
              + ". Nothing was written. Try again, ask for less, or send Meridian-On-Miss: degrade",
          Map.of("need", peers + 1, "up", up + 1));
    }
    Acknowledgements.Need need =
        new Acknowledgements.Need(kind, peers, replicas.peerIds(collection));
    Acknowledgements.Reservation room =
        acks.reserve(need)
            .orElseThrow(
                () ->
                    new StoreFailure.Unavailable(
                        FailureCode.OVERLOADED,
                        "more than "
                            + Acknowledgements.MAX_WAITING
                            + " writes wait for other regions; nothing was written"));
    return new Plan.Elsewhere(room, kind, peers, List.copyOf(need.among()));
  }

  /** The write did not happen. */
  void giveUp(Plan plan) {
    switch (plan) {
      case Plan.Here here -> {}
      case Plan.Elsewhere elsewhere -> elsewhere.room().close();
    }
  }

  /**
   * Completes once enough regions have the change, or the request's time is up.
   *
   * @param sequence of the last change of the write
   * @param startNanos when the request began
   * @param here how long this region took
   */
  CompletionStage<Confirmed> confirm(
      Plan plan, WriteOptions options, long sequence, long startNanos, HereNanos here) {
    return switch (plan) {
      case Plan.Here only -> CompletableFuture.completedFuture(confirmHere(only, options, here));
      case Plan.Elsewhere elsewhere -> {
        CompletableFuture<Confirmed> result = new CompletableFuture<>();
        long asked = clock.nanos();
        long left = Math.max(0, options.timeout().toNanos() - (asked - startNanos));
        CompletableFuture<Void> reached = elsewhere.room().reached(sequence).toCompletableFuture();
        Scheduler.Timer timer =
            scheduler.after(java.time.Duration.ofNanos(left), () -> reached.cancel(false));
        reached.whenComplete(
            (nothing, cancelled) -> {
              timer.cancel();
              long waited = clock.nanos() - asked;
              Receipt.Times times = new Receipt.Times(here, waited, waited);
              result.complete(outcome(elsewhere, options, sequence, cancelled == null, times));
            });
        yield result;
      }
    };
  }

  /** The same for a write that this region alone confirms. */
  Confirmed confirmHere(Plan.Here plan, WriteOptions options, HereNanos here) {
    String usual = plan.got().equals("none") ? "in the log's buffer" : "forced here";
    return new Confirmed(
        Receipt.local(
            options.durability().text(),
            plan.got(),
            plan.why().orElse(usual),
            replicas.self(),
            new Receipt.Times(here, 0, 0)),
        Optional.empty());
  }

  private Confirmed outcome(
      Plan.Elsewhere plan,
      WriteOptions options,
      long sequence,
      boolean reached,
      Receipt.Times times) {
    List<ReplicaId> regions = new ArrayList<>();
    regions.add(replicas.self());
    regions.addAll(acks.holders(plan.kind(), sequence, plan.among()));
    int need = plan.peers() + 1;
    int all = plan.among().size() + 1;
    String asked = options.durability().text();
    String have =
        regions.size()
            + " of "
            + all
            + " regions have "
            + (plan.kind() == Kind.RECEIVED ? "received it" : "forced it");
    if (reached) {
      return new Confirmed(
          new Receipt(asked, asked, have, regions, regions.size(), need, times), Optional.empty());
    }
    Receipt less =
        new Receipt(
            asked, lesser(plan, sequence), have + " in time", regions, regions.size(), need, times);
    if (options.degrade()) {
      return new Confirmed(less, Optional.empty());
    }
    unknown.increment();
    return new Confirmed(
        less,
        Optional.of(
            new StoreFailure.OutcomeUnknown(
                "the write is forced to this region's disk and will reach the others, but '"
                    + asked
                    + "' was not confirmed in "
                    + options.timeout().toMillis()
                    + " ms: "
                    + have
                    + ", "
                    + need
                    + " are needed. Read with the session of this answer before repeating it")));
  }

  /** The most that is known to be reached. */
  private String lesser(Plan.Elsewhere plan, long sequence) {
    int applied = acks.holders(Kind.APPLIED, sequence, plan.among()).size();
    if (applied > 0) {
      boolean majority = applied + 1 > (plan.among().size() + 1) / 2;
      return majority ? "quorum" : "remote-apply";
    }
    boolean received = !acks.holders(Kind.RECEIVED, sequence, plan.among()).isEmpty();
    return received ? "remote-write" : "local";
  }
}
