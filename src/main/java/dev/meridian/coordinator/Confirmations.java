package dev.meridian.coordinator;

import dev.meridian.clock.ReplicaId;
import dev.meridian.cluster.Region;
import dev.meridian.document.Change;
import dev.meridian.document.FailureCode;
import dev.meridian.document.StoreFailure;
import dev.meridian.env.Scheduler;
import dev.meridian.env.WallClock;
import dev.meridian.replication.Acknowledgements;
import dev.meridian.replication.Acknowledgements.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;

/**
 * Says, before a write, whether the durability it asks for can be had, and after it, once it is
 * there. A write that asks for this region only passes straight through. Thread-safe; nothing
 * blocks.
 *
 * <p>Where a collection allows hints, regions that are down are stood in for by others, which hold
 * the change until the owner is back (DeCandia et al., Dynamo, 2007, section 4.6). Such a quorum is
 * sloppy: a quorum read need not meet it, so the receipt names it so.
 */
final class Confirmations {

  private final Replicas replicas;
  private final Acknowledgements acks;
  private final StandIns standIns;
  private final Scheduler scheduler;
  private final WallClock clock;
  private final LongAdder refused = new LongAdder();
  private final LongAdder unknown = new LongAdder();

  /**
   * @param unconfirmed {@code outcome-unknown}: the write is done here and stays
   */
  record Confirmed(Receipt receipt, Optional<StoreFailure> unconfirmed) {}

  Confirmations(Replicas replicas, StandIns standIns, Scheduler scheduler, WallClock clock) {
    this.replicas = replicas;
    this.acks = replicas.replication().acknowledgements();
    this.standIns = standIns;
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
  DurabilityPlan plan(Placements.Target target, WriteOptions options) {
    ReplicaSet set = replicas.of(target.placement());
    return switch (options.durability()) {
      case NONE, LOCAL -> new DurabilityPlan.Here(options.durability().text(), Optional.empty());
      case REMOTE_WRITE -> remote(target, set, options, Kind.RECEIVED, 1);
      case REMOTE_APPLY -> remote(target, set, options, Kind.APPLIED, 1);
      case QUORUM -> remote(target, set, options, Kind.APPLIED, set.majority() - 1);
      case ALL -> remote(target, set, options, Kind.APPLIED, set.count() - 1);
    };
  }

  private DurabilityPlan remote(
      Placements.Target target, ReplicaSet set, WriteOptions options, Kind kind, int peers) {
    int known = target.moves() && kind == Kind.APPLIED ? replicas.all().majority() - 1 : 0;
    if (peers == 0 && known == 0) {
      return new DurabilityPlan.Here(options.durability().text(), Optional.empty());
    }
    if (peers > set.count() - 1) {
      throw new StoreFailure.CallerMistake(
          FailureCode.CONSISTENCY_UNSUPPORTED,
          "Meridian-Durability '"
              + options.durability().text()
              + "' needs another region, and only one has such documents; it offers none, local,"
              + " quorum and all");
    }
    List<DurabilityPlan.StandIn> others =
        target.hints() ? standIns.choose(set, peers - set.up().size()) : List.of();
    boolean enough =
        set.up().size() + others.size() >= peers && replicas.all().up().size() >= known;
    if (!enough) {
      return tooFew(set, options, Math.max(peers, known));
    }
    List<Acknowledgements.Reservation> waits = new ArrayList<>();
    try {
      wait(waits, kind, peers - others.size(), set.peerIds());
      wait(waits, kind, known, replicas.all().peerIds());
    } catch (StoreFailure full) {
      waits.forEach(Acknowledgements.Reservation::close);
      throw full;
    }
    List<ReplicaId> among = set.peers().stream().map(Region::id).toList();
    return new DurabilityPlan.Elsewhere(waits, kind, peers, among, set.count(), others);
  }

  private void wait(
      List<Acknowledgements.Reservation> waits, Kind kind, int peers, Set<ReplicaId> among) {
    if (peers > 0) {
      waits.add(
          acks.reserve(new Acknowledgements.Need(kind, peers, among))
              .orElseThrow(
                  () ->
                      new StoreFailure.Unavailable(
                          FailureCode.OVERLOADED,
                          "more than "
                              + Acknowledgements.MAX_WAITING
                              + " writes wait for other regions; nothing was written")));
    }
  }

  private DurabilityPlan tooFew(ReplicaSet set, WriteOptions options, int peers) {
    int up = set.up().size();
    String why =
        (peers + 1) + " regions are needed and " + (up + 1) + " known to be up: " + set.states();
    if (options.degrade()) {
      return new DurabilityPlan.Here("local", Optional.of(why));
    }
    refused.increment();
    throw new StoreFailure.Unavailable(
        FailureCode.DURABILITY_UNAVAILABLE,
        "'"
            + options.durability().text()
            + "' cannot be had now: "
            + why
            + ". Nothing was written. Try again, ask for less, or send Meridian-On-Miss: degrade",
        Map.of("need", peers + 1, "up", up + 1));
  }

  /** The write did not happen. */
  void giveUp(DurabilityPlan plan) {
    switch (plan) {
      case DurabilityPlan.Here here -> {}
      case DurabilityPlan.Elsewhere elsewhere -> elsewhere.giveUp();
    }
  }

  /**
   * Completes once enough regions have the changes, or the request's time is up.
   *
   * @param changes of the write, in order, at least one
   * @param startNanos when the request began
   * @param here how long this region took
   */
  CompletionStage<Confirmed> confirm(
      DurabilityPlan plan,
      WriteOptions options,
      List<Change> changes,
      long startNanos,
      HereNanos here) {
    return switch (plan) {
      case DurabilityPlan.Here only ->
          CompletableFuture.completedFuture(confirmHere(only, options, here));
      case DurabilityPlan.Elsewhere elsewhere -> {
        long asked = clock.nanos();
        long left = Math.max(0, options.timeout().toNanos() - (asked - startNanos));
        yield reached(elsewhere, changes, Duration.ofNanos(left))
            .thenApply(
                reached -> {
                  long waited = clock.nanos() - asked;
                  Receipt.Times times = new Receipt.Times(here, waited, waited);
                  long sequence = changes.getLast().dot().sequence();
                  return outcome(elsewhere, options, sequence, reached, times);
                });
      }
    };
  }

  /** Whether all that is waited for came true in time. */
  private CompletionStage<Boolean> reached(
      DurabilityPlan.Elsewhere plan, List<Change> changes, Duration limit) {
    CompletableFuture<Boolean> result = new CompletableFuture<>();
    List<CompletableFuture<?>> open = new ArrayList<>();
    long sequence = changes.getLast().dot().sequence();
    for (Acknowledgements.Reservation wait : plan.waits()) {
      open.add(wait.reached(sequence).toCompletableFuture());
    }
    for (DurabilityPlan.StandIn standIn : plan.standIns()) {
      open.add(standIns.hold(standIn, changes, limit).toCompletableFuture());
    }
    Scheduler.Timer timer = scheduler.after(limit, () -> result.complete(false));
    CompletableFuture.allOf(open.toArray(CompletableFuture[]::new))
        .whenComplete((nothing, failure) -> result.complete(failure == null));
    result.whenComplete(
        (reached, failure) -> {
          timer.cancel();
          open.forEach(each -> each.cancel(false));
        });
    return result;
  }

  /** The same for a write that this region alone confirms. */
  Confirmed confirmHere(DurabilityPlan.Here plan, WriteOptions options, HereNanos here) {
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
      DurabilityPlan.Elsewhere plan,
      WriteOptions options,
      long sequence,
      boolean reached,
      Receipt.Times times) {
    List<ReplicaId> regions = new ArrayList<>();
    regions.add(replicas.self());
    regions.addAll(acks.holders(plan.kind(), sequence, plan.among()));
    int need = plan.peers() + 1;
    String asked = options.durability().text();
    String have =
        regions.size()
            + " of "
            + plan.count()
            + " regions have "
            + (plan.kind() == Kind.RECEIVED ? "received it" : "forced it");
    if (reached) {
      boolean sloppy = regions.size() < need;
      plan.standIns().forEach(standIn -> regions.add(standIn.holder().id()));
      return new Confirmed(
          new Receipt(
              asked,
              sloppy ? "sloppy-" + asked : asked,
              have + held(plan),
              regions,
              regions.size(),
              need,
              times),
          Optional.empty());
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
                "the write is forced to the disk of region "
                    + replicas.self()
                    + " and will reach the others, but '"
                    + asked
                    + "' was not confirmed in "
                    + options.timeout().toMillis()
                    + " ms: "
                    + have
                    + ", "
                    + need
                    + " are needed. Read with the session of this answer before repeating it")));
  }

  private static String held(DurabilityPlan.Elsewhere plan) {
    return plan.standIns().stream()
        .map(standIn -> ", " + standIn.holder().id() + " holds it for " + standIn.owner())
        .collect(Collectors.joining());
  }

  /** The most that is known to be reached. */
  private String lesser(DurabilityPlan.Elsewhere plan, long sequence) {
    int applied = acks.holders(Kind.APPLIED, sequence, plan.among()).size();
    if (applied > 0) {
      boolean majority = applied + 1 > plan.count() / 2;
      return majority ? "quorum" : "remote-apply";
    }
    boolean received = !acks.holders(Kind.RECEIVED, sequence, plan.among()).isEmpty();
    return received ? "remote-write" : "local";
  }
}
