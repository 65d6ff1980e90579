package dev.meridian.coordinator;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.ReplicaId;
import dev.meridian.cluster.PeerHealth;
import dev.meridian.cluster.Region;
import dev.meridian.cluster.Topology;
import dev.meridian.cluster.Transport;
import dev.meridian.coordinator.ClusterStatus.RegionStatus;
import dev.meridian.document.Bytes;
import dev.meridian.engine.EngineStats;
import dev.meridian.engine.LogStructuredEngine;
import dev.meridian.env.WallClock;
import dev.meridian.replication.HintedHandoff;
import dev.meridian.replication.LagPercentiles;
import dev.meridian.replication.LinkSnapshot;
import dev.meridian.replication.Replication;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * The cluster as this region sees it, and what each peer last said of itself. Thread-safe; {@link
 * #askPeers} is to be called about once a second.
 */
public final class RegionCluster implements ClusterView {

  private final Topology topology;
  private final LogStructuredEngine engine;
  private final Replication replication;
  private final Transport transport;
  private final HintedHandoff hints;
  private final OpenConflicts conflicts;
  private final Function<Bytes, ClusterStatus> decode;
  private final WallClock wall;
  private final Map<ReplicaId, Heard> heard = new ConcurrentHashMap<>();

  /** What a peer said last, when, and whether it has answered since. */
  private record Heard(Optional<ClusterStatus> status, long atNanos, boolean reachable) {}

  /**
   * @param decode reads a peer's status; an {@link IllegalArgumentException} for what is none
   */
  public RegionCluster(
      Topology topology,
      LogStructuredEngine engine,
      Replication replication,
      Transport transport,
      HintedHandoff hints,
      OpenConflicts conflicts,
      Function<Bytes, ClusterStatus> decode,
      WallClock wall) {
    this.topology = topology;
    this.engine = engine;
    this.replication = replication;
    this.transport = transport;
    this.hints = hints;
    this.conflicts = conflicts;
    this.decode = decode;
    this.wall = wall;
  }

  /** Asks every peer for its status; the answers come in later. */
  public void askPeers() {
    for (Region peer : topology.peers()) {
      transport
          .fetchStatus(peer)
          .thenApply(decode)
          .whenComplete((status, failure) -> note(peer.id(), status, failure));
    }
  }

  /**
   * How many changes of this region its peers know, as far as they can be reached. More than are
   * here means that this region lost its disk, or got an old one back: it must have them again
   * before it makes new ones, or two changes would share a dot.
   */
  public CompletionStage<Long> ownChangesKnownByPeers() {
    return ownChangesKnown(peer -> known(peer).exceptionally(unreachable -> 0L));
  }

  /** The same; fails while any peer cannot be reached. */
  public CompletionStage<Long> ownChangesKnownByAllPeers() {
    return ownChangesKnown(this::known);
  }

  private CompletionStage<Long> ownChangesKnown(Function<Region, CompletionStage<Long>> ask) {
    CompletableFuture<Long> most = CompletableFuture.completedFuture(0L);
    for (Region peer : topology.peers()) {
      most = most.thenCombine(ask.apply(peer), Math::max);
    }
    return most;
  }

  private CompletionStage<Long> known(Region peer) {
    String self = topology.self().id().value();
    return transport
        .fetchStatus(peer)
        .thenApply(decode)
        .thenApply(status -> status.vector().getOrDefault(self, 0L));
  }

  private void note(ReplicaId peer, ClusterStatus status, Throwable failure) {
    heard.compute(
        peer,
        (id, before) -> {
          if (failure == null) {
            return new Heard(Optional.of(status), wall.nanos(), true);
          }
          return before == null
              ? new Heard(Optional.empty(), wall.nanos(), false)
              : new Heard(before.status(), before.atNanos(), false);
        });
  }

  @Override
  public ClusterStatus status() {
    HlcTimestamp safeTime = replication.safeTime();
    EngineStats stats = engine.stats();
    Map<String, Long> vector = new TreeMap<>();
    engine.vector().forEach((origin, sequence) -> vector.put(origin.value(), sequence));
    return new ClusterStatus(
        topology.self().id().value(),
        engine.clock().latest().toString(),
        safeTime.toString(),
        engine.acceptsWrites() ? "normal" : "read-only",
        regions(),
        replication.links().stream().map(this::link).toList(),
        new ClusterStatus.WalStatus(
            stats.lastLsn().value(),
            stats.durableLsn().value(),
            stats.checkpoint().value(),
            stats.segments(),
            stats.logBytes(),
            new ClusterStatus.ForceMillis(stats.forces().p50Millis(), stats.forces().p99Millis())),
        new ClusterStatus.ConflictCounts(conflicts.open(), conflicts.remembered()),
        vector,
        hints.held().stream()
            .map(
                held ->
                    new ClusterStatus.HintStatus(
                        held.target().value(),
                        held.changes(),
                        held.bytes(),
                        instant(held.oldestMillis())))
            .toList());
  }

  @Override
  public List<RegionReport> reports() {
    List<RegionStatus> regions = regions();
    List<RegionReport> reports = new ArrayList<>();
    reports.add(new RegionReport(regions.getFirst(), Optional.of(status()), 0, true));
    for (int i = 0; i < topology.peers().size(); i++) {
      Heard last = heard.get(topology.peers().get(i).id());
      reports.add(
          last == null
              ? new RegionReport(regions.get(i + 1), Optional.empty(), 0, false)
              : new RegionReport(
                  regions.get(i + 1),
                  last.status(),
                  (wall.nanos() - last.atNanos()) / 1_000_000,
                  last.reachable()));
    }
    return reports;
  }

  private List<RegionStatus> regions() {
    List<RegionStatus> regions = new ArrayList<>();
    regions.add(region(topology.self(), "up", 0, "it is the one that answers", ""));
    for (Region peer : topology.peers()) {
      PeerHealth health = replication.health(peer.id());
      regions.add(
          region(
              described(peer),
              health.state().text(),
              replication.clockOffsetMillis(peer.id()),
              health.reason(),
              instant(health.sinceMillis())));
    }
    return regions;
  }

  /** A peer's place is what it says of itself; only its name and address are set up here. */
  private Region described(Region peer) {
    return Optional.ofNullable(heard.get(peer.id()))
        .flatMap(Heard::status)
        .flatMap(status -> status.regions().stream().findFirst())
        .filter(own -> own.id().equals(peer.id().value()))
        .flatMap(own -> placed(peer, own))
        .orElse(peer);
  }

  private static Optional<Region> placed(Region peer, RegionStatus own) {
    try {
      return Optional.of(new Region(peer.id(), peer.url(), own.lat(), own.lon(), own.label()));
    } catch (IllegalArgumentException nowhere) {
      return Optional.empty();
    }
  }

  private static RegionStatus region(
      Region region, String state, long driftMillis, String reason, String since) {
    return new RegionStatus(
        region.id().value(),
        region.url().toString(),
        state,
        driftMillis,
        region.lat(),
        region.lon(),
        region.label(),
        reason,
        since);
  }

  private static String instant(long millis) {
    return millis == 0 ? "" : Instant.ofEpochMilli(millis).toString();
  }

  private ClusterStatus.LinkStatus link(LinkSnapshot link) {
    LagPercentiles lag = link.lag().minute();
    return new ClusterStatus.LinkStatus(
        link.from().value(),
        link.to().value(),
        link.state().text(),
        link.pendingChanges(),
        link.pendingBytes(),
        new ClusterStatus.LagMillis(lag.p50(), lag.p95(), lag.p99(), lag.p999(), lag.window()),
        link.stalenessMillis(),
        link.appliedSeq(),
        instant(link.lastChangeAtMillis()),
        link.bytesIn(),
        link.retries(),
        link.reason(),
        LinkDetails.of(link, replication.lagTargets()));
  }
}
