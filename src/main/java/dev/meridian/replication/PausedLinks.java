package dev.meridian.replication;

import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionVector;
import java.util.HashMap;
import java.util.Map;

/**
 * The links that an operator paused, each with the wall time in ms since when.
 *
 * @param since at most {@link VersionVector#MAX_ORIGINS} peers
 */
public record PausedLinks(Map<ReplicaId, Long> since) {

  public static final PausedLinks NONE = new PausedLinks(Map.of());

  public PausedLinks {
    since = Map.copyOf(since);
    if (since.size() > VersionVector.MAX_ORIGINS) {
      throw new IllegalArgumentException(since.size() + " paused links");
    }
  }

  /** With one more; since when it was is kept if it was paused already. */
  public PausedLinks with(ReplicaId peer, long nowMillis) {
    Map<ReplicaId, Long> more = new HashMap<>(since);
    more.putIfAbsent(peer, nowMillis);
    return new PausedLinks(more);
  }

  public PausedLinks without(ReplicaId peer) {
    Map<ReplicaId, Long> less = new HashMap<>(since);
    less.remove(peer);
    return new PausedLinks(less);
  }
}
