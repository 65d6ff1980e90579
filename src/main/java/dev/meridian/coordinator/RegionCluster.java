package dev.meridian.coordinator;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionVector;
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
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

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
  private final Supplier<ClusterStatus.IncarnationStatus> incarnation;
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
      Supplier<ClusterStatus.IncarnationStatus> incarnation,
      Function<Bytes, ClusterStatus> decode,
      WallClock wall) {
    this.topology = topology;
    this.engine = engine;
    this.replication = replication;
    this.transport = transport;
    this.hints = hints;
    this.conflicts = conflicts;
    this.incarnation = incarnation;
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
    return new ClusterStatus(
        topology.self().id().value(),
        engine.clock().latest().toString(),
        safeTime.toString(),
        mode(),
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
        texts(engine.vector()),
        hints.held().stream()
            .map(
                held ->
                    new ClusterStatus.HintStatus(
                        held.target().value(),
                        held.changes(),
                        held.bytes(),
                        instant(held.oldestMillis())))
            .toList(),
        incarnation.get(),
        texts(engine.changes().from()));
  }

  private static Map<String, Long> texts(VersionVector vector) {
    Map<String, Long> texts = new TreeMap<>();
    vector.forEach((origin, sequence) -> texts.put(origin.value(), sequence));
    return texts;
  }

  private String mode() {
    if (!engine.acceptsWrites()) {
      return "read-only";
    }
    return isLeftBehind() ? "left-behind" : "normal";
  }

  /** No peer that answers can bring all that is missing here, as they last said. Any thread. */
  public boolean isLeftBehind() {
    Map<String, Long> here = texts(engine.vector());
    List<ClusterStatus> answering =
        heard.values().stream()
            .filter(Heard::reachable)
            .flatMap(each -> each.status().stream())
            .toList();
    return !answering.isEmpty()
        && answering.stream().noneMatch(status -> reachesBack(status.logFrom(), here));
  }

  private static boolean reachesBack(@Nullable Map<String, Long> logFrom, Map<String, Long> here) {
    return logFrom == null
        || logFrom.entrySet().stream()
            .allMatch(each -> here.getOrDefault(each.getKey(), 0L) >= each.getValue());
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
