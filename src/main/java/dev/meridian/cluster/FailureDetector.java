package dev.meridian.cluster;

import dev.meridian.clock.ReplicaId;
import dev.meridian.env.WallClock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Judges each peer by how unusual its silence is (phi-accrual, see {@link ArrivalWindow}), within
 * limits: a short silence is no suspicion, and a long one is an end, whatever was usual before. A
 * peer that was never heard of counts from the start of this node. It cannot tell a dead peer from
 * a cut link.
 *
 * <p>Whoever calls {@link #tick} every heartbeat makes it notice when this process itself stood
 * still (a pause for garbage, a stopped process): that time is nobody's silence.
 *
 * <p>Thread-safe; a call takes well below a microsecond.
 */
public final class FailureDetector {

  private static final System.Logger LOG = System.getLogger(FailureDetector.class.getName());
  private static final double NANOS = 1e6;

  private final WallClock clock;
  private final Settings settings;
  private final long startNanos;
  private final long startMillis;
  private final Map<ReplicaId, Peer> peers = new HashMap<>();
  private boolean ticking;
  private long activeNanos;
  private long ownPauses;

  /**
   * @param heartbeat how often a peer is expected to be heard of
   * @param suspectAfter a shorter silence is never unusual
   * @param downAfter a shorter silence is never an end; too high and clients wait for nothing
   * @param downAtLatest a longer silence is an end, however unsteady the peer was
   * @param suspectPhi a silence this unlikely, as {@code -log10}, is unusual
   * @param downPhi a silence this unlikely is an end
   */
  public record Settings(
      Duration heartbeat,
      Duration suspectAfter,
      Duration downAfter,
      Duration downAtLatest,
      double suspectPhi,
      double downPhi) {

    public Settings {
      if (!heartbeat.isPositive()
          || suspectAfter.isNegative()
          || downAfter.compareTo(suspectAfter) < 0
          || downAtLatest.compareTo(downAfter) < 0
          || suspectPhi <= 0
          || downPhi < suspectPhi) {
        throw new IllegalArgumentException(
            "expected 0 <= suspectAfter <= downAfter <= downAtLatest and 0 < suspectPhi <= downPhi: "
                + suspectAfter
                + ", "
                + downAfter
                + ", "
                + downAtLatest
                + ", "
                + suspectPhi
                + ", "
                + downPhi);
      }
    }

    public static Settings defaults() {
      return new Settings(
          Duration.ofMillis(100),
          Duration.ofSeconds(1),
          Duration.ofSeconds(5),
          Duration.ofSeconds(30),
          8,
          16);
    }

    /** The defaults for another heartbeat; the limits grow with one that is slow. */
    public static Settings of(Duration heartbeat) {
      Settings usual = defaults();
      return new Settings(
          heartbeat,
          longer(usual.suspectAfter, heartbeat.multipliedBy(3)),
          longer(usual.downAfter, heartbeat.multipliedBy(6)),
          longer(usual.downAtLatest, heartbeat.multipliedBy(12)),
          usual.suspectPhi,
          usual.downPhi);
    }

    private static Duration longer(Duration one, Duration other) {
      return one.compareTo(other) >= 0 ? one : other;
    }
  }

  private static final class Peer {
    private final ArrivalWindow arrivals;
    private boolean known;
    private long lastNanos;
    private long sampledNanos;
    private RegionState state = RegionState.SUSPECT;
    private long sinceMillis;
    private long transitions;

    Peer(double heartbeatMillis, long startNanos, long startMillis) {
      arrivals = new ArrivalWindow(heartbeatMillis);
      lastNanos = startNanos;
      sampledNanos = startNanos;
      sinceMillis = startMillis;
    }
  }

  public FailureDetector(WallClock clock, Settings settings) {
    this.clock = clock;
    this.settings = settings;
    this.startNanos = clock.nanos();
    this.startMillis = clock.millis();
    this.activeNanos = startNanos;
  }

  /** Called every heartbeat: this process is running. Judges all peers. */
  public synchronized void tick() {
    long now = awake();
    ticking = true;
    activeNanos = now;
    peers.forEach((id, peer) -> judge(id, peer, now));
  }

  /** The peer gave a sign of life, now. */
  public synchronized void heard(ReplicaId id) {
    long now = awake();
    Peer peer = peer(id);
    // Messages in a burst say nothing about how long a usual silence is.
    long interval = now - peer.sampledNanos;
    if (peer.state == RegionState.DOWN || !peer.known) {
      peer.sampledNanos = now;
    } else if (interval >= settings.heartbeat().toNanos() / 2) {
      peer.sampledNanos = now;
      peer.arrivals.add(interval / NANOS);
    }
    peer.known = true;
    peer.lastNanos = now;
    judge(id, peer, now);
  }

  /** How long the peer is silent, without the time this process stood still. */
  public synchronized Duration silence(ReplicaId id) {
    return Duration.ofNanos(awake() - peer(id).lastNanos);
  }

  public RegionState state(ReplicaId id) {
    return health(id).state();
  }

  public synchronized PeerHealth health(ReplicaId id) {
    long now = awake();
    Peer peer = peer(id);
    judge(id, peer, now);
    double silence = (now - peer.lastNanos) / NANOS;
    return new PeerHealth(
        peer.state,
        reason(peer, silence),
        peer.sinceMillis,
        peer.arrivals.phi(silence),
        peer.transitions);
  }

  /** How often this process was seen to have stood still. */
  public synchronized long ownPauses() {
    return ownPauses;
  }

  private Peer peer(ReplicaId id) {
    return peers.computeIfAbsent(
        id, unused -> new Peer(settings.heartbeat().toNanos() / NANOS, startNanos, startMillis));
  }

  /** The time; a gap since the last tick is taken out of every silence first. */
  private long awake() {
    long now = clock.nanos();
    long gap = now - activeNanos;
    if (ticking && gap > settings.suspectAfter().toNanos() / 2) {
      activeNanos = now;
      ownPauses++;
      for (Peer peer : peers.values()) {
        peer.lastNanos = Math.min(now, peer.lastNanos + gap);
        peer.sampledNanos = Math.min(now, peer.sampledNanos + gap);
      }
      LOG.log(System.Logger.Level.WARNING, "event=own-pause ms={0}", Math.round(gap / NANOS));
    }
    return now;
  }

  private void judge(ReplicaId id, Peer peer, long now) {
    RegionState judged = judged(peer, now - peer.lastNanos);
    if (judged != peer.state) {
      RegionState before = peer.state;
      peer.state = judged;
      peer.sinceMillis = clock.millis();
      peer.transitions++;
      LOG.log(
          judged == RegionState.UP ? System.Logger.Level.INFO : System.Logger.Level.WARNING,
          "event=peer-state peer={0} from={1} to={2} reason=\"{3}\"",
          id,
          before.text(),
          judged.text(),
          reason(peer, (now - peer.lastNanos) / NANOS));
    }
  }

  private RegionState judged(Peer peer, long silenceNanos) {
    double phi = peer.arrivals.phi(silenceNanos / NANOS);
    boolean over = silenceNanos > settings.downAfter().toNanos() && phi >= settings.downPhi();
    if (over || silenceNanos > settings.downAtLatest().toNanos()) {
      return RegionState.DOWN;
    }
    boolean unusual =
        silenceNanos > settings.suspectAfter().toNanos() && phi >= settings.suspectPhi();
    return peer.known && !unusual ? RegionState.UP : RegionState.SUSPECT;
  }

  private static String reason(Peer peer, double silenceMillis) {
    String silent = String.format(Locale.ENGLISH, "%.1f s", silenceMillis / 1000);
    if (!peer.known) {
      return "not heard of since this node started, " + silent + " ago";
    }
    String usual = String.format(Locale.ENGLISH, "%.0f ms", peer.arrivals.mean());
    return peer.state == RegionState.UP
        ? "heard of about every " + usual
        : "silent for " + silent + "; usually heard of about every " + usual;
  }
}
