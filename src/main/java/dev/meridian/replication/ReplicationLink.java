package dev.meridian.replication;

import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionVector;
import dev.meridian.clock.Watermark;
import dev.meridian.cluster.PeerMessage;
import dev.meridian.cluster.PeerProgress;
import dev.meridian.cluster.RecentTimes;
import dev.meridian.cluster.Region;
import dev.meridian.cluster.RegionState;
import dev.meridian.document.Change;
import dev.meridian.document.StoreFailure;
import dev.meridian.env.Scheduler;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/**
 * The reading end of the link from one peer. It subscribes from where this region is, hands what
 * comes to a {@link ChangeApplier}, and starts anew whenever the stream ends, is silent, or should
 * carry other origins. The cursor is this region's vector, which the log persists: there is no
 * other.
 *
 * <p>Runs in the {@link dev.meridian.cluster.SerialQueue} of {@link LinkParts}; fields that a
 * snapshot shows are volatile.
 */
final class ReplicationLink {

  private static final System.Logger LOG = System.getLogger(ReplicationLink.class.getName());

  /** More than so many changes behind is catching up. */
  private static final long CATCHING_UP_CHANGES = 1000;

  /** What a change is taken to weigh before one was seen. */
  private static final long ASSUMED_CHANGE_BYTES = 512;

  private static final Duration MIN_BACKOFF = Duration.ofMillis(20);
  private static final Duration MAX_BACKOFF = Duration.ofSeconds(2);

  private final LinkParts parts;
  private final Region peer;
  private final ClockOffset offset;
  private final PeerSteadyClock steady = new PeerSteadyClock();
  private final Directness directness;
  private final ProgressReports reports;
  private final LagRecorder lag;
  private final long startNanos;
  private final RecentTimes roundTrips = new RecentTimes();
  private final LongAdder wireBytesIn = new LongAdder();
  private volatile Optional<LinkSession> session = Optional.empty();
  private volatile Optional<StoreFailure> refusal = Optional.empty();
  private volatile int lives;
  private volatile boolean paused;
  private volatile long pausedSinceMillis;
  private volatile String reason = "not connected yet";
  private volatile LastError lastError = new LastError("", 0);
  private volatile long retries;
  private volatile long bytesIn;
  private volatile long changesIn;
  private volatile long lastChangeAtMillis;
  private volatile boolean wasGreeted;
  private volatile long ownKnown;
  private volatile long received;
  private volatile VersionVector peerVector = VersionVector.EMPTY;
  private Duration backoff = MIN_BACKOFF;
  private Scheduler.Timer resubscription = () -> {};

  /** Why the link failed last, and when by the wall clock. */
  private record LastError(String why, long atMillis) {}

  ReplicationLink(LinkParts parts, Region peer) {
    this.parts = parts;
    this.peer = peer;
    this.startNanos = parts.clock().nanos();
    this.offset = new ClockOffset(startNanos);
    this.lag = new LagRecorder(parts.settings().lagTargets(), startNanos);
    this.directness = new Directness(parts.settings().relayAfter(), parts.clock().nanos());
    this.reports = new ProgressReports(parts, peer, this::answered);
  }

  Region peer() {
    return peer;
  }

  long clockOffsetMillis() {
    return offset.millis();
  }

  /** True while this link brings its peer's own changes, so that others need not. */
  boolean direct() {
    return directness.isDirect();
  }

  /** Subscribes, unless it is subscribed or must not be. */
  void connect() {
    resubscription.cancel();
    if (session.isPresent() || paused || parts.stopped()) {
      return;
    }
    LinkSession fresh = new LinkSession(this, parts, parts.exceptFor(this));
    session = Optional.of(fresh);
    fresh.open();
  }

  /** The peer's process is a new one: nothing that an earlier one sent is taken any more. */
  void beginsAnew() {
    lives++;
    end("the peer begins anew");
    connect();
  }

  /** How often the peer began anew. Any thread. */
  int lives() {
    return lives;
  }

  /** Tries to connect at once instead of after a pause. */
  void nudge() {
    if (session.isPresent() && session.get().isConnecting()) {
      end("connects again");
    }
    connect();
  }

  void pause(long sinceMillis) {
    if (!paused) {
      pausedSinceMillis = sinceMillis;
    }
    paused = true;
    end("paused by an operator");
  }

  void resume() {
    if (paused) {
      paused = false;
      pausedSinceMillis = 0;
      backoff = MIN_BACKOFF;
      // Or the other links would fetch all that was missed once more.
      directness.restart(parts.clock().nanos());
      connect();
    }
  }

  /** Lets go of the stream for good. */
  void stop() {
    end("stopped");
    resubscription.cancel();
  }

  /** Called every heartbeat. */
  void tick() {
    long now = parts.clock().nanos();
    session.ifPresent(current -> current.tick(now));
    judge(now);
    if (!paused) {
      reports.tick(now);
    }
  }

  /** Starts the stream anew when it should carry other origins than it does. */
  void adjust() {
    if (session.isPresent() && !session.get().except().equals(parts.exceptFor(this))) {
      end("changes over to other origins");
      connect();
    }
  }

  private void judge(long now) {
    if (session.map(LinkSession::heldBack).orElse(false)) {
      directness.heard(now); // silent by our own doing
    }
    if (directness.judge(!paused, now)) {
      log(directness.isDirect() ? "relay-ended" : "relay-started");
    }
  }

  private void answered(PeerProgress theirs, long askedNanos, long roundTripNanos) {
    steady.answered(theirs.now(), askedNanos, askedNanos + roundTripNanos);
    offset.roundTrip(roundTripNanos, parts.clock().nanos());
    roundTrips.record(roundTripNanos);
    parts.detector().heard(peer.id());
    parts.progressed().accept(peer.id(), theirs);
    session.ifPresent(current -> current.peerIsAt(theirs.applied()));
  }

  /** How long reports and their answers took. Any thread. */
  RecentTimes roundTrips() {
    return roundTrips;
  }

  /** What the peer has, as it said last. Any thread. */
  VersionVector peerVector() {
    return peerVector;
  }

  /** True once the peer said how far it is. Any thread. */
  boolean wasGreeted() {
    return wasGreeted;
  }

  /** How many of this region's own changes the peer has, as far as it said. Any thread. */
  long ownKnown() {
    return ownKnown;
  }

  /** How many of the peer's own changes have arrived in the stream that is open. Any thread. */
  long received() {
    return received;
  }

  void peerIsAt(VersionVector vector) {
    long ours = vector.get(parts.self());
    ownKnown = Math.max(ownKnown, ours);
    wasGreeted = true;
    peerVector = vector;
    parts.said().accept(peer.id(), vector);
    parts.acks().acknowledged(peer.id(), ours, ours);
  }

  void acknowledged(PeerMessage.Ack ack) {
    parts.acks().acknowledged(peer.id(), ack.received(), ack.applied());
  }

  void acksWanted(PeerMessage.AcksWanted wanted) {
    parts.acksWanted().accept(peer.id(), wanted);
  }

  /** From the session: it is open and in order. */
  void greeted() {
    reason = "";
    log("link-open");
  }

  void heard() {
    directness.heard(parts.clock().nanos());
    parts.detector().heard(peer.id());
  }

  void heartbeat(PeerMessage.Heartbeat heartbeat) {
    backoff = MIN_BACKOFF;
    offset.arrived(heartbeat.wallMillis(), parts.clock().millis(), parts.clock().nanos());
    VersionVector applied = parts.engine().vector();
    long sentNanos = steady.sentNanos(heartbeat.now(), parts.clock().nanos());
    for (PeerMessage.Promised promised : heartbeat.promises()) {
      Watermark promise = promised.watermark();
      if (!promise.origin().equals(parts.self())) {
        parts.watermarks().promised(promise, oldest(promised, sentNanos), applied);
      }
    }
  }

  /** By our clock, at the earliest. A peer may say anything. */
  private static long oldest(PeerMessage.Promised promised, long sentNanos) {
    boolean known =
        sentNanos != PeerSteadyClock.UNKNOWN
            && promised.ageMillis() < WatermarkTable.MAX_AGE.toMillis();
    return known ? sentNanos - promised.ageMillis() * 1_000_000 : WatermarkTable.NEVER;
  }

  /** Any thread. */
  void cameOnWire(int bytes) {
    wireBytesIn.add(bytes);
  }

  void received(List<Change> changes) {
    long bytes = 0;
    long last = 0;
    for (Change change : changes) {
      bytes += change.encoded().length();
      if (change.dot().origin().equals(peer.id())) {
        last = change.dot().sequence();
      }
    }
    received = Math.max(received, last);
    bytesIn += bytes;
    changesIn += changes.size();
  }

  void applied(List<Change> changes, long wallMillis) {
    long[] lags = new long[changes.size()];
    ReplicaId origin = changes.getFirst().dot().origin();
    long offsetMillis = parts.offsetMillis(origin);
    for (int i = 0; i < lags.length; i++) {
      Change change = changes.get(i);
      if (!change.dot().origin().equals(origin)) {
        origin = change.dot().origin();
        offsetMillis = parts.offsetMillis(origin);
      }
      lags[i] = wallMillis - (change.hlc().millis() - offsetMillis);
    }
    lag.record(lags, parts.clock().nanos());
    lastChangeAtMillis = wallMillis;
  }

  void refused(StoreFailure why) {
    if (refusal.isEmpty()) {
      LOG.log(
          System.Logger.Level.WARNING,
          "event=link-refused region={0} peer={1} code={2} detail={3}",
          parts.self(),
          peer.id(),
          why.code().text(),
          why.getMessage());
    }
    refusal = Optional.of(why);
    failed(why.code().text() + ": " + why.getMessage());
  }

  void accepted() {
    if (refusal.isPresent()) {
      refusal = Optional.empty();
      log("link-accepted");
    }
  }

  void connectFailed(String why) {
    retries++;
    reason = why;
    failed(why);
  }

  /** The session is over through no will of ours. */
  void broken(LinkSession ended, String why) {
    if (session.isEmpty() || session.get() != ended) {
      return;
    }
    retries++;
    failed(why);
    end(why);
    log("link-broken");
    long half = backoff.toNanos() / 2;
    Duration pause = Duration.ofNanos(half + parts.random().nextLong(half + 1));
    Duration doubled = backoff.multipliedBy(2);
    backoff = doubled.compareTo(MAX_BACKOFF) < 0 ? doubled : MAX_BACKOFF;
    resubscription = parts.scheduler().after(pause, () -> parts.steps().run(this::connect));
  }

  private void failed(String why) {
    lastError = new LastError(why, parts.clock().millis());
  }

  private void end(String why) {
    session.ifPresent(LinkSession::close);
    session = Optional.empty();
    refusal = Optional.empty();
    received = 0; // what was not applied comes again
    reason = why;
  }

  boolean isCurrent(LinkSession other) {
    return session.isPresent() && session.get() == other;
  }

  private void log(String event) {
    LOG.log(
        System.Logger.Level.INFO,
        "event={0} region={1} peer={2} reason=\"{3}\"",
        event,
        parts.self(),
        peer.id(),
        reason);
  }

  /** Any thread. */
  LinkSnapshot snapshot() {
    VersionVector vector = parts.engine().vector();
    Optional<LinkSession> open = session.filter(LinkSession::isGreeted);
    long pending = open.map(current -> current.pending(vector)).orElse(0L);
    long seen = changesIn;
    long average = seen == 0 ? ASSUMED_CHANGE_BYTES : bytesIn / seen;
    long promised = parts.watermarks().madeNanos(peer.id(), vector);
    long staleness =
        promised == WatermarkTable.NEVER ? -1 : WatermarkTable.age(promised, parts.clock().nanos());
    LinkState state = state(open, pending);
    LagWindows windows = lag.windows(parts.clock().nanos());
    return new LinkSnapshot(
        peer.id(),
        parts.self(),
        state,
        pending,
        pending * average,
        windows,
        staleness,
        vector.get(peer.id()),
        lastChangeAtMillis,
        bytesIn,
        retries,
        reason(state),
        offset.millis(),
        figures(windows));
  }

  private LinkFigures figures(LagWindows windows) {
    LastError error = lastError;
    double age = (parts.clock().nanos() - startNanos) / 1e9;
    return new LinkFigures(
        parts.sent().apply(peer.id()),
        wireBytesIn.sum(),
        changesIn,
        windows.minute().window() / Math.clamp(age, 1, 60),
        session.map(LinkSession::queued).orElse(0L),
        offset.errorMillis(),
        error.why(),
        error.atMillis(),
        pausedSinceMillis);
  }

  private LinkState state(Optional<LinkSession> open, long pending) {
    if (paused || refusal.isPresent()) {
      return LinkState.PAUSED;
    }
    if (open.isPresent()) {
      return pending > CATCHING_UP_CHANGES ? LinkState.CATCHING_UP : LinkState.STREAMING;
    }
    return parts.detector().state(peer.id()) == RegionState.DOWN
        ? LinkState.DOWN
        : LinkState.CONNECTING;
  }

  private String reason(LinkState state) {
    long since = pausedSinceMillis;
    if (since != 0) {
      return "paused by an operator since " + Instant.ofEpochMilli(since);
    }
    return refusal
        .map(why -> why.code().text() + ": " + why.getMessage())
        .orElse(state == LinkState.STREAMING ? "" : reason);
  }
}
