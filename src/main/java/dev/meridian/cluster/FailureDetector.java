package dev.meridian.cluster;

import dev.meridian.clock.ReplicaId;
import dev.meridian.env.WallClock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Judges each peer by the time since its last sign of life, whichever way that came. A peer that
 * was never heard of counts from the start of this node. Thread-safe, and never wrong about a peer
 * for longer than {@link Settings#downAfter}; it cannot tell a dead peer from a cut link.
 */
public final class FailureDetector {

  private final WallClock clock;
  private final Settings settings;
  private final long startNanos;
  private final Map<ReplicaId, Long> lastHeardNanos = new ConcurrentHashMap<>();

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

  public FailureDetector(WallClock clock, Settings settings) {
    this.clock = clock;
    this.settings = settings;
    this.startNanos = clock.nanos();
  }

  /** The peer gave a sign of life, now. */
  public void heard(ReplicaId peer) {
    lastHeardNanos.put(peer, clock.nanos());
  }

  /** How long the peer is silent. */
  public Duration silence(ReplicaId peer) {
    return Duration.ofNanos(clock.nanos() - lastHeardNanos.getOrDefault(peer, startNanos));
  }

  public RegionState state(ReplicaId peer) {
    Duration silence = silence(peer);
    if (silence.compareTo(settings.downAfter()) > 0) {
      return RegionState.DOWN;
    }
    boolean usual = silence.compareTo(settings.suspectAfter()) <= 0;
    return usual && lastHeardNanos.containsKey(peer) ? RegionState.UP : RegionState.SUSPECT;
  }
}
