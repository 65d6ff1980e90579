package dev.meridian.replication;

import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionVector;
import dev.meridian.cluster.FailureDetector;
import dev.meridian.cluster.OutboundStream;
import dev.meridian.cluster.PeerEndpoint;
import dev.meridian.cluster.PeerMessage;
import dev.meridian.cluster.PeerPast;
import dev.meridian.cluster.PeerProgress;
import dev.meridian.cluster.Region;
import dev.meridian.cluster.SteadyTime;
import dev.meridian.cluster.Topology;
import dev.meridian.document.Bytes;
import dev.meridian.document.ChangeCodecV1;
import dev.meridian.engine.StorageEngine;
import dev.meridian.env.WallClock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongPredicate;
import java.util.function.ToLongFunction;

/** What this region serves to its peers: streams off its log. Thread-safe. */
final class ChangeSource implements PeerEndpoint {

  private final Topology topology;
  private final StorageEngine engine;
  private final WatermarkTable watermarks;
  private final FailureDetector detector;
  private final WallClock clock;
  private final ReplicationSettings settings;
  private final OwnPromise promise;
  private final Consumer<ReplicaId> contacted;
  private final Function<ReplicaId, CompletionStage<PeerPast>> pasts;
  private final long steadyClock;

  /** Few, and woken in the order in which they came: a run can be repeated. */
  private final List<ChangeStream> streams = new CopyOnWriteArrayList<>();

  private final Map<ReplicaId, Report> reports = new ConcurrentHashMap<>();
  private final Map<ReplicaId, AckDuty> duties = new ConcurrentHashMap<>();
  private final Acknowledgements acks;
  private final HintedHandoff hints;
  private final ToLongFunction<ReplicaId> received;
  private final ByteCounts sentBytes = new ByteCounts();
  private final ByteCounts wireBytes = new ByteCounts();
  private final ByteCounts wireChangeBytes = new ByteCounts();
  private volatile boolean stopped;

  private record Report(VersionVector applied, long atNanos) {}

  /**
   * @param acks what peers acknowledge to this region
   * @param hints what is held here for peers that are down
   * @param received how many of a peer's own changes have arrived here
   * @param pasts answers {@link PeerEndpoint#past}
   * @param steadyClock tells this process's steady clock from all others
   */
  ChangeSource(
      Topology topology,
      StorageEngine engine,
      WatermarkTable watermarks,
      FailureDetector detector,
      WallClock clock,
      ReplicationSettings settings,
      LongPredicate ownComplete,
      Acknowledgements acks,
      HintedHandoff hints,
      ToLongFunction<ReplicaId> received,
      Consumer<ReplicaId> contacted,
      Function<ReplicaId, CompletionStage<PeerPast>> pasts,
      long steadyClock) {
    this.topology = topology;
    this.engine = engine;
    this.watermarks = watermarks;
    this.detector = detector;
    this.clock = clock;
    this.settings = settings;
    this.acks = acks;
    this.hints = hints;
    this.received = received;
    this.contacted = contacted;
    this.pasts = pasts;
    this.steadyClock = steadyClock;
    this.promise =
        new OwnPromise(
            engine, watermarks, clock, settings.heartbeat().dividedBy(10), ownComplete, this::beat);
  }

  @Override
  public OutboundStream openStream(
      ReplicaId reader, VersionVector since, Set<ReplicaId> except, Runnable wake) {
    contacted.accept(reader);
    ChangeStream stream = new ChangeStream(this, reader, since, except, wake);
    streams.add(stream);
    return stream;
  }

  @Override
  public PeerProgress progress(ReplicaId reader, VersionVector applied) {
    if (topology.peer(reader).isPresent()) {
      detector.heard(reader);
      reports.put(reader, new Report(applied, clock.nanos()));
      long ours = applied.get(topology.self().id());
      acks.acknowledged(reader, ours, ours);
      hints.covered(reader, applied);
    }
    VersionVector known = engine.known(); // before the other: what ends meanwhile is in that
    return new PeerProgress(engine.vector(), known, now());
  }

  @Override
  public CompletionStage<PeerPast> past(ReplicaId peer) {
    return pasts.apply(peer);
  }

  private SteadyTime now() {
    return new SteadyTime(steadyClock, clock.nanos());
  }

  /** Makes a heartbeat due on every stream, with a new promise if one can be had. */
  void tick() {
    promise.want();
    beat();
  }

  /** Someone can use a fresh promise. */
  void wantPromise() {
    promise.want();
  }

  private void beat() {
    streams.forEach(ChangeStream::beat);
  }

  /** A peer waits for its changes to be here. */
  void acksWanted(ReplicaId peer, PeerMessage.AcksWanted wanted) {
    duty(peer).wanted(wanted);
    for (ChangeStream stream : streams) {
      if (stream.reader().equals(peer)) {
        stream.wake();
      }
    }
  }

  private AckDuty duty(ReplicaId peer) {
    return duties.computeIfAbsent(peer, unused -> new AckDuty());
  }

  /** What a reader waits to be told of its own changes. */
  Optional<PeerMessage> ackFor(ReplicaId reader) {
    long applied = engine.vector().get(reader);
    return duty(reader).due(Math.max(applied, received.applyAsLong(reader)), applied);
  }

  /** What a reader may have of a change; see {@link Replication#forPeer}. */
  Bytes forReader(ReplicaId reader, Bytes encoded) {
    if (!ChangeCodecV1.isPlaced(encoded)) {
      return encoded;
    }
    Bytes allowed = ChangeCodecV1.forRegion(reader, encoded);
    boolean wanted =
        ChangeCodecV1.isWithheld(allowed)
            && ChangeCodecV1.decode(allowed).placement().holds(reader);
    return wanted
        ? hints
            .find(reader, ChangeCodecV1.dot(allowed))
            .filter(whole -> completes(allowed, whole))
            .orElse(allowed)
        : allowed;
  }

  /** Or it is of a life that its origin lost, and another change has its dot. */
  private static boolean completes(Bytes withheld, Bytes whole) {
    return ChangeCodecV1.completes(ChangeCodecV1.decode(withheld), ChangeCodecV1.decode(whole));
  }

  Acknowledgements acks() {
    return acks;
  }

  void stop() {
    stopped = true;
    streams.forEach(ChangeStream::beat);
  }

  boolean stopped() {
    return stopped;
  }

  boolean isPeer(ReplicaId reader) {
    return topology.peer(reader).isPresent();
  }

  void sent(ReplicaId reader, long bytes) {
    sentBytes.add(reader, bytes);
  }

  void sentOnWire(ReplicaId reader, long bytes, long changeBytes) {
    wireBytes.add(reader, bytes);
    wireChangeBytes.add(reader, changeBytes);
  }

  /** What a peer was sent since the start. */
  SentBytes sentTo(ReplicaId reader) {
    return new SentBytes(sentBytes.of(reader), wireBytes.of(reader), wireChangeBytes.of(reader));
  }

  void closed(ChangeStream stream) {
    streams.remove(stream);
  }

  StorageEngine engine() {
    return engine;
  }

  ReplicationSettings settings() {
    return settings;
  }

  Region self() {
    return topology.self();
  }

  PeerMessage heartbeat() {
    VersionVector applied = engine.vector();
    // The time first: what passes until the ages are taken makes them higher, not lower.
    SteadyTime now = now();
    return new PeerMessage.Heartbeat(
        clock.millis(), now, applied, watermarks.kept(applied, clock.nanos()));
  }

  List<ReaderSnapshot> readers() {
    return topology.peers().stream().map(peer -> reader(peer.id())).toList();
  }

  private ReaderSnapshot reader(ReplicaId id) {
    int open = (int) streams.stream().filter(stream -> stream.reader().equals(id)).count();
    Optional<Report> report = Optional.ofNullable(reports.get(id));
    VersionVector reported = report.map(Report::applied).orElse(VersionVector.EMPTY);
    long[] pending = {0};
    engine
        .vector()
        .forEach((origin, sequence) -> pending[0] += Math.max(0, sequence - reported.get(origin)));
    long age = report.map(r -> (clock.nanos() - r.atNanos()) / 1_000_000).orElse(-1L);
    return new ReaderSnapshot(id, open, reported, pending[0], age);
  }
}
