package dev.meridian.cluster;

import dev.meridian.clock.ReplicaId;
import dev.meridian.env.WallClock;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Judges each peer by the time since its last sign of life, whichever way that came. A peer that
 * was never heard of counts from the start of this node. Thread-safe, and never wrong about a peer
 * for longer than {@link Settings#downAfter}; it cannot tell a dead peer from a cut link.
 *
 * <p>A node that was itself held up, by its garbage collector or by an operator, heard nobody: it
 * begins anew instead of calling everyone dead. It knows by its own {@link #tick}.
 */
public final class FailureDetector {

  private static final System.Logger LOG = System.getLogger(FailureDetector.class.getName());

  private final WallClock clock;
  private final Settings settings;
  private final long startNanos;
  private final Map<ReplicaId, Peer> peers = new ConcurrentHashMap<>();
  private volatile boolean ticking;
  private volatile long tickNanos;
  private volatile long awakeNanos;

  /**
   * @param suspectAfter silence that is unusual; several heartbeats, or each hiccup is a suspicion
   * @param downAfter silence after which a peer counts as gone; too high and clients wait for
   *     nothing
   */
  public record Settings(Duration suspectAfter, Duration downAfter) {

    public Settings {
      if (suspectAfter.isNegative() || downAfter.compareTo(suspectAfter) < 0) {
        throw new IllegalArgumentException(
            "expected 0 <= suspectAfter <= downAfter: " + suspectAfter + ", " + downAfter);
      }
    }

    public static Settings defaults() {
      return new Settings(Duration.ofSeconds(1), Duration.ofSeconds(5));
    }
  }

  /**
   * A state with what it rests on.
   *
   * @param reason for a person; empty for a peer that is up
   * @param sinceMillis wall time when the state was first seen
   */
  public record Verdict(RegionState state, String reason, long sinceMillis) {}

  /** What is known of a peer; its fields are written by those who hear it and by the tick. */
  private static final class Peer {
    private volatile long heardNanos;
    private volatile boolean heard;
    private volatile RegionState seen = RegionState.SUSPECT;
    private volatile long sinceMillis;
  }

  public FailureDetector(WallClock clock, Settings settings) {
    this.clock = clock;
    this.settings = settings;
    this.startNanos = clock.nanos();
    this.awakeNanos = startNanos;
  }

  /** The peer gave a sign of life, now. */
  public void heard(ReplicaId peer) {
    Peer known = peer(peer);
    known.heardNanos = clock.nanos();
    known.heard = true;
  }

  /** To be called every heartbeat: notes changes of state, and that this node is not held up. */
  public void tick() {
    long now = clock.nanos();
    if (ticking && wasHeldUp(now)) {
      awakeNanos = now;
      LOG.log(
          System.Logger.Level.WARNING,
          "event=held-up ms={0} this process stood still, so nobody is suspected for it",
          Long.toString((now - tickNanos) / 1_000_000));
    }
    tickNanos = now;
    ticking = true;
    peers.forEach(this::note);
  }

  private void note(ReplicaId id, Peer peer) {
    RegionState state = state(id);
    if (state != peer.seen) {
      LOG.log(
          state == RegionState.UP ? System.Logger.Level.INFO : System.Logger.Level.WARNING,
          "event=peer-{0} peer={1} was={2} reason=\"{3}\"",
          state.text(),
          id,
          peer.seen.text(),
          reason(id, state));
      peer.sinceMillis = clock.millis();
      peer.seen = state;
    }
  }

  private boolean wasHeldUp(long now) {
    return now - tickNanos > settings.suspectAfter().toNanos();
  }

  private Peer peer(ReplicaId id) {
    return peers.computeIfAbsent(
        id,
        none -> {
          Peer fresh = new Peer();
          fresh.heardNanos = startNanos;
          fresh.sinceMillis = clock.millis();
          return fresh;
        });
  }

  /** How long the peer is silent, as far as this node listened. */
  public Duration silence(ReplicaId peer) {
    long now = clock.nanos();
    long listening = ticking && wasHeldUp(now) ? tickNanos : now;
    long from = Math.max(peer(peer).heardNanos, awakeNanos);
    return Duration.ofNanos(Math.max(0, listening - from));
  }

  public RegionState state(ReplicaId peer) {
    Duration silence = silence(peer);
    if (silence.compareTo(settings.downAfter()) > 0) {
      return RegionState.DOWN;
    }
    boolean usual = silence.compareTo(settings.suspectAfter()) <= 0;
    return usual && peer(peer).heard ? RegionState.UP : RegionState.SUSPECT;
  }

  public Verdict verdict(ReplicaId peer) {
    RegionState state = state(peer);
    return new Verdict(state, reason(peer, state), peer(peer).sinceMillis);
  }

  private String reason(ReplicaId peer, RegionState state) {
    if (state == RegionState.UP) {
      return "";
    }
    double seconds = silence(peer).toMillis() / 1000.0;
    return peer(peer).heard
        ? String.format(Locale.ROOT, "silent for %.1f s", seconds)
        : String.format(Locale.ROOT, "not heard of since this node started, %.1f s ago", seconds);
  }
}
