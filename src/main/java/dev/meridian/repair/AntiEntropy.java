package dev.meridian.repair;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.ReplicaId;
import dev.meridian.cluster.Region;
import dev.meridian.cluster.ReplicaEndpoint;
import dev.meridian.cluster.Topology;
import dev.meridian.cluster.Transport;
import dev.meridian.document.Bytes;
import dev.meridian.document.CollectionName;
import dev.meridian.engine.CopyStore;
import dev.meridian.env.Scheduler;
import dev.meridian.env.Threads;
import dev.meridian.env.WallClock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Compares this region's data with that of its peers and mends both (Demers et al., "Epidemic
 * algorithms for replicated database maintenance", 1987; hash trees as in DeCandia et al.,
 * "Dynamo", 2007). One repair at a time with each peer. Thread-safe.
 */
public final class AntiEntropy {

  /** So many repairs are remembered, and of those that found nothing what is left of it. */
  public static final int MAX_HISTORY = 50;

  private final Topology topology;
  private final Transport transport;
  private final CopyStore store;
  private final WallClock clock;
  private final Scheduler scheduler;
  private final RepairSettings settings;
  private final Steps steps;
  private final Versions versions;
  private final Checks checks;
  private final RepairDesk desk;
  private final Supplier<HlcTimestamp> safeTime;
  private final Supplier<HlcTimestamp> newest;
  private final Map<ReplicaId, PairRepair> running = new HashMap<>();
  private final Deque<RepairReport> history = new ArrayDeque<>();
  private Optional<Proof> proof = Optional.empty();

  /**
   * What it stands on.
   *
   * @param safeTime up to here nothing new comes to be known in this region
   * @param newest no change that is known here is stamped later
   * @param isWhole false while this region lacks what it had
   */
  public record Parts(
      Topology topology,
      CopyStore store,
      Transport transport,
      Supplier<HlcTimestamp> safeTime,
      Supplier<HlcTimestamp> newest,
      BooleanSupplier isWhole,
      WallClock clock,
      Scheduler scheduler,
      Threads threads,
      RepairSettings settings) {}

  public AntiEntropy(Parts parts) {
    topology = parts.topology();
    transport = parts.transport();
    store = parts.store();
    clock = parts.clock();
    scheduler = parts.scheduler();
    settings = parts.settings();
    safeTime = parts.safeTime();
    newest = parts.newest();
    steps = new Steps(parts.threads());
    ReplicaId self = topology.self().id();
    versions = new Versions(self, store);
    checks = new Checks(store, new LocalCheck(store, steps, settings, clock, scheduler));
    desk =
        new RepairDesk(
            store, versions, steps, settings, safeTime, this::goesFirst, checks, parts.isWhole());
  }

  /** Whether a question of a peer is for {@link #desk}. */
  public static boolean isRepair(Bytes question) {
    return RepairCodecV1.isRepair(question);
  }

  /** Answers what peers ask for a repair. */
  public ReplicaEndpoint desk() {
    return desk;
  }

  /** Looks through this region's own data; tells in how many collections it was not as written. */
  public CompletionStage<Integer> check() {
    return checks.run();
  }

  /**
   * Compares with a peer, unless that is under way: then this is told of the one that is.
   *
   * @param look both look through their own data first, so that also what was damaged beneath the
   *     hash trees is found
   * @param reason who or what asked for it, for a person
   */
  public CompletionStage<RepairReport> repair(ReplicaId peer, boolean look, String reason) {
    Region region = region(peer);
    PairRepair repair;
    synchronized (this) {
      PairRepair known = running.get(peer);
      if (known != null) {
        return known.done();
      }
      Wire wire = new Wire(region, transport, scheduler, clock, settings);
      repair =
          new PairRepair(peer, store, versions, steps, wire, checks, settings, clock, look, reason);
      running.put(peer, repair);
    }
    repair.done().thenAccept(this::ended);
    repair.start();
    return repair.done();
  }

  private synchronized void ended(RepairReport report) {
    running.remove(report.peer());
    history.addFirst(report);
    if (history.size() > MAX_HISTORY) {
      Optional<RepairReport> dull =
          history.reversed().stream().filter(RepairReport::foundNothing).findFirst();
      history.remove(dull.orElseGet(history::getLast));
    }
  }

  /** Ends the repair with a peer after the question that is open; what was mended stays. */
  public synchronized void cancel(ReplicaId peer) {
    Optional.ofNullable(running.get(peer)).ifPresent(PairRepair::cancel);
  }

  /** Ends all repairs. */
  public synchronized void stop() {
    running.values().forEach(PairRepair::cancel);
  }

  /** Those under way, then those that are over, the last one first. */
  public synchronized List<RepairReport> reports() {
    return Stream.concat(running.values().stream().map(PairRepair::report), history.stream())
        .toList();
  }

  /** Of two regions that begin at once the one with the lower name goes first. */
  private synchronized boolean goesFirst(ReplicaId peer) {
    return running.containsKey(peer) && topology.self().id().compareTo(peer) < 0;
  }

  /**
   * Has all regions hash their data as of now, and compares; unless that is under way: then this is
   * told of the one that is. What was acknowledged here before is part of it, so it waits until
   * every region is safe to tell of that moment.
   */
  public CompletionStage<ProofReport> prove() {
    Proof begun;
    synchronized (this) {
      if (proof.isPresent() && !proof.get().done().toCompletableFuture().isDone()) {
        return proof.get().done();
      }
      Map<ReplicaId, Wire> wires = new LinkedHashMap<>();
      for (Region peer : topology.peers()) {
        wires.put(peer.id(), new Wire(peer, transport, scheduler, clock, settings));
      }
      begun =
          new Proof(
              topology.self().id(),
              store,
              steps,
              settings,
              clock,
              scheduler,
              safeTime,
              wires,
              newest.get());
      proof = Optional.of(begun);
    }
    begun.start();
    return begun.done();
  }

  /** The hash trees of a collection here and in a peer; mends nothing. */
  public CompletionStage<Comparison> compare(ReplicaId peer, CollectionName collection) {
    Wire wire = new Wire(region(peer), transport, scheduler, clock, settings);
    return steps.begin(() -> Comparison.of(collection, store, steps, wire, settings));
  }

  private Region region(ReplicaId peer) {
    return topology.peer(peer).orElseThrow(() -> new IllegalArgumentException("no peer " + peer));
  }

  /** The last comparison of all regions, under way or over; empty when there was none. */
  public synchronized Optional<ProofReport> proof() {
    return proof.map(
        each ->
            each.done().toCompletableFuture().isDone()
                ? each.done().toCompletableFuture().join()
                : each.report());
  }

  /** How many questions of peers are being dealt with. */
  public int openQuestions() {
    return desk.open();
  }
}
