package dev.meridian.replication;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionVector;
import dev.meridian.cluster.FailureDetector;
import dev.meridian.cluster.PeerEndpoint;
import dev.meridian.cluster.PeerHealth;
import dev.meridian.cluster.PeerPast;
import dev.meridian.cluster.RecentTimes;
import dev.meridian.cluster.Region;
import dev.meridian.cluster.RegionState;
import dev.meridian.cluster.SerialQueue;
import dev.meridian.cluster.Topology;
import dev.meridian.cluster.Transport;
import dev.meridian.document.Bytes;
import dev.meridian.engine.Mutation;
import dev.meridian.engine.Outcome;
import dev.meridian.engine.StorageEngine;
import dev.meridian.env.Scheduler;
import dev.meridian.env.WallClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * All links of this region: those it reads, what it serves, and the safe time that follows. Owns no
 * thread; everything that changes a link runs in one {@link SerialQueue}. Thread-safe.
 */
public final class Replication {

  private final Topology topology;
  private final StorageEngine engine;
  private final Scheduler scheduler;
  private final WallClock clock;
  private final Transport transport;
  private final FailureDetector detector;
  private final ReplicationSettings settings;
  private final WatermarkTable watermarks = new WatermarkTable();
  private final SerialQueue steps = new SerialQueue();
  private final Acknowledgements acks;
  private final StableCut stable;
  private final boolean lostSome;
  private final FirstCopy firstCopy;
  private final ChangeSource source;
  private final List<ReplicaId> regions = new ArrayList<>();
  private final List<ReplicationLink> links = new ArrayList<>();
  private Scheduler.Timer timer = () -> {};
  private volatile boolean stopped;

  /**
   * What replication stands on.
   *
   * @param detector also tells others of the peers' states; fed from here
   * @param random spreads the attempts to connect, and names this process's steady clock
   * @param lostSome whether the region lost changes, perhaps some of its own, which only its peers
   *     can tell: then it promises nothing before all have
   * @param hints what is held here for regions that are down
   */
  public record Parts(
      Topology topology,
      StorageEngine engine,
      boolean lostSome,
      Transport transport,
      FailureDetector detector,
      WallClock clock,
      Scheduler scheduler,
      RandomGenerator random,
      HintedHandoff hints,
      ReplicationSettings settings) {}

  public Replication(Parts parts) {
    topology = parts.topology();
    engine = parts.engine();
    scheduler = parts.scheduler();
    clock = parts.clock();
    transport = parts.transport();
    detector = parts.detector();
    settings = parts.settings();
    ReplicaId self = topology.self().id();
    List<ReplicaId> peers = topology.peers().stream().map(Region::id).toList();
    acks = new Acknowledgements(peers, () -> engine.vector().get(self));
    stable = new StableCut(peers);
    lostSome = parts.lostSome();
    firstCopy = new FirstCopy(self, engine::vector, lostSome);
    source =
        new ChangeSource(
            topology,
            engine,
            watermarks,
            detector,
            clock,
            settings,
            this::ownChangesComplete,
            acks,
            parts.hints(),
            this::received,
            this::contacted,
            this::past,
            parts.random().nextLong());
    LinkParts linkParts =
        new LinkParts(
            topology.self().id(),
            engine,
            transport,
            watermarks,
            detector,
            clock,
            scheduler,
            parts.random(),
            settings,
            steps,
            this::except,
            acks,
            source::acksWanted,
            firstCopy::said,
            (peer, progress) -> stable.said(peer, progress, engine.vector()),
            this::clockOffsetMillis,
            source::sentTo,
            () -> stopped);
    regions.add(topology.self().id());
    for (Region peer : topology.peers()) {
      regions.add(peer.id());
      links.add(new ReplicationLink(linkParts, peer));
    }
  }

  /** How far the peers have this region's changes, and the place to wait for that. */
  public Acknowledgements acknowledgements() {
    return acks;
  }

  /** How long reports to a peer and their answers took lately. */
  public RecentTimes roundTrips(ReplicaId peer) {
    return link(peer).map(ReplicationLink::roundTrips).orElseGet(RecentTimes::new);
  }

  /** What a peer has applied, as it said last; that may be a heartbeat ago. */
  public VersionVector vectorOf(ReplicaId peer) {
    return link(peer).map(ReplicationLink::peerVector).orElse(VersionVector.EMPTY);
  }

  /**
   * Changes that every region has; whatever a region made before it had them is here. Nothing while
   * a region was not heard. Any thread.
   */
  public VersionVector stable() {
    return stable.cut(engine.vector()).meet(engine.known());
  }

  /**
   * False while a region that began with nothing, or lost changes of its own, lacks some of what
   * its peers had when it first heard them. Any thread.
   */
  public boolean isWhole() {
    return firstCopy.isWhole();
  }

  /**
   * What a peer may have of a change in this region's log: all of it, or all but the body. What
   * this region has without the body is whole if it is held for that peer. May read the disk.
   */
  public Bytes forPeer(ReplicaId peer, Bytes encoded) {
    return source.forReader(peer, encoded);
  }

  private long received(ReplicaId peer) {
    return link(peer).map(ReplicationLink::received).orElse(0L);
  }

  /** What this region serves to its peers; works from construction on. */
  public PeerEndpoint endpoint() {
    return source;
  }

  /** Starts reading from all peers. */
  public void start() {
    steps.run(() -> links.forEach(ReplicationLink::connect));
    regions.stream().filter(id -> !id.equals(topology.self().id())).forEach(detector::state);
    timer = scheduler.every(settings.heartbeat(), this::tick);
    source.wantPromise();
  }

  /**
   * Ends all streams, both ways, at once. What was handed to the store is still applied; all else
   * comes again at the next start.
   */
  public void stop() {
    stopped = true;
    timer.cancel();
    source.stop();
    steps.run(() -> links.forEach(ReplicationLink::stop));
  }

  private void tick() {
    detector.tick();
    source.tick();
    steps.run(
        () -> {
          if (!stopped) {
            links.forEach(ReplicationLink::tick);
            links.forEach(ReplicationLink::adjust);
          }
        });
  }

  /** Whatever is taken after it is told is of the peer's new life. */
  private CompletionStage<PeerPast> past(ReplicaId peer) {
    CompletableFuture<PeerPast> told = new CompletableFuture<>();
    steps.run(
        () -> {
          link(peer).ifPresent(ReplicationLink::beginsAnew);
          engine
              .settled()
              .thenAccept(
                  applied -> {
                    if (stopped || !engine.acceptsWrites()) {
                      told.completeExceptionally(
                          new IllegalStateException("the next start may find more"));
                    } else {
                      told.complete(new PeerPast(applied, promised(peer)));
                    }
                  });
        });
    return told;
  }

  private HlcTimestamp promised(ReplicaId peer) {
    return watermarks.newest().getOrDefault(peer, HlcTimestamp.ZERO);
  }

  /** How often a peer began a new life since this region's start. Any thread. */
  public int lives(ReplicaId peer) {
    return link(peer).map(ReplicationLink::lives).orElse(0);
  }

  /**
   * Hands in changes that were fetched from a peer rather than brought by its link; unless it began
   * another life since, which may make others in the place of its own.
   *
   * @param lives {@link #lives} from before it was asked
   * @param done called as by the store; with nothing when they were dropped
   */
  public void bring(
      ReplicaId from, int lives, List<Mutation> fetched, Consumer<List<Outcome>> done) {
    steps.run(
        () -> {
          if (lives(from) == lives) {
            engine.apply(fetched, done);
          } else {
            done.accept(List.of());
          }
        });
  }

  /** A peer that reaches us can probably be reached: no need to sit out a pause. */
  private void contacted(ReplicaId peer) {
    link(peer).ifPresent(link -> steps.run(link::nudge));
  }

  /**
   * Whether this region made no more than {@code own} changes, as far as can be known: no peer has
   * more, and one that has none at all heard so from every peer.
   */
  private boolean ownChangesComplete(long own) {
    return links.stream()
        .allMatch(link -> link.ownKnown() <= own && (own > 0 && !lostSome || link.wasGreeted()));
  }

  /**
   * A link leaves out the origins whose own links bring them, and this region itself, unless the
   * peer knows changes of it that are missing here: then its disk was lost and its past comes back.
   */
  private Set<ReplicaId> except(ReplicationLink link) {
    Set<ReplicaId> except = new HashSet<>();
    ReplicaId self = topology.self().id();
    if (link.ownKnown() <= engine.vector().get(self)) {
      except.add(self);
    }
    for (ReplicationLink other : links) {
      if (other != link && other.direct()) {
        except.add(other.peer().id());
      }
    }
    return Set.copyOf(except);
  }

  /** The links that end here, one per peer, in the order of the topology. */
  public List<LinkSnapshot> links() {
    return links.stream().map(ReplicationLink::snapshot).toList();
  }

  /** The link from one peer; empty when it is none. */
  public Optional<LinkSnapshot> linkFrom(ReplicaId peer) {
    return link(peer).map(ReplicationLink::snapshot);
  }

  /** The peers that read from here. */
  public List<ReaderSnapshot> outbound() {
    return source.readers();
  }

  /**
   * Every change of any region stamped up to this is readable here: reads as of it, or of an
   * earlier time, give the same answer in every region that says the same. Zero until every region
   * of the topology has promised something. Never goes back while this node runs.
   */
  public HlcTimestamp safeTime() {
    source.wantPromise();
    return watermarks.lowest(regions, engine.vector());
  }

  /** For what this region did in lives that it does not know of; to be kept for this life. */
  public PastInquiry pastInquiry() {
    return new PastInquiry(topology, transport);
  }

  /** Up to which sequence some peer has what this region made, as far as it said. Any thread. */
  public long heard() {
    return links.stream().mapToLong(ReplicationLink::ownKnown).max().orElse(Long.MAX_VALUE);
  }

  /**
   * How old the state here may be at most: everything that any region had done so long ago is
   * readable here. Measured by steady clocks, with what a message may have been under way; how far
   * wall clocks differ does not matter. Grows while a region cannot be heard; of ages, while one
   * never was.
   */
  public Duration staleness() {
    VersionVector applied = engine.vector();
    long now = clock.nanos();
    long oldest = 0;
    for (Region peer : topology.peers()) {
      long made = watermarks.madeNanos(peer.id(), applied);
      if (made == WatermarkTable.NEVER) {
        return WatermarkTable.MAX_AGE;
      }
      oldest = Math.max(oldest, WatermarkTable.age(made, now));
    }
    return Duration.ofMillis(oldest);
  }

  /** What the lag of each link is measured against. */
  public LagTargets lagTargets() {
    return settings.lagTargets();
  }

  /** How a peer seems, why and since when. */
  public PeerHealth health(ReplicaId peer) {
    return detector.health(peer);
  }

  /** How often this process itself stood still for so long that peers would have seemed silent. */
  public long ownPauses() {
    return detector.ownPauses();
  }

  public RegionState state(ReplicaId peer) {
    return detector.state(peer);
  }

  /**
   * The region's wall clock minus ours as last measured; 0 for an unknown one and for ourselves.
   */
  public long clockOffsetMillis(ReplicaId region) {
    return link(region).map(ReplicationLink::clockOffsetMillis).orElse(0L);
  }

  /** Stops reading from a peer until {@link #resume}. Others may relay its changes meanwhile. */
  public void pause(ReplicaId peer) {
    pause(peer, clock.millis());
  }

  /** The same for a link that was paused before, in an earlier life of this node. */
  public void pause(ReplicaId peer, long sinceMillis) {
    onLink(peer, link -> link.pause(sinceMillis));
  }

  public void resume(ReplicaId peer) {
    onLink(peer, ReplicationLink::resume);
  }

  private void onLink(ReplicaId peer, Consumer<ReplicationLink> action) {
    ReplicationLink link =
        link(peer).orElseThrow(() -> new IllegalArgumentException("no peer '" + peer + "'"));
    steps.run(() -> action.accept(link));
  }

  private Optional<ReplicationLink> link(ReplicaId peer) {
    return links.stream().filter(link -> link.peer().id().equals(peer)).findFirst();
  }
}
