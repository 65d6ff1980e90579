package dev.meridian.coordinator;

import dev.meridian.clock.ReplicaId;
import dev.meridian.cluster.Region;
import dev.meridian.cluster.Topology;
import dev.meridian.document.FailureCode;
import dev.meridian.document.StoreFailure;
import dev.meridian.env.WallClock;
import dev.meridian.replication.PausedLinks;
import dev.meridian.replication.PausedLinksStore;
import dev.meridian.replication.Replication;
import java.io.IOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The links that end in this region. Thread-safe. */
public final class RegionLinks implements LinkControl {

  private static final System.Logger LOG = System.getLogger(RegionLinks.class.getName());

  private final Topology topology;
  private final Replication replication;
  private final PausedLinksStore store;
  private final WallClock clock;

  public RegionLinks(
      Topology topology, Replication replication, PausedLinksStore store, WallClock clock) {
    this.topology = topology;
    this.replication = replication;
    this.store = store;
    this.clock = clock;
  }

  /** Pauses what was paused when this node stopped. Before replication starts. */
  public synchronized void recall() {
    store
        .read()
        .since()
        .forEach(
            (peer, since) -> {
              if (topology.peer(peer).isPresent()) {
                replication.pause(peer, since);
                LOG.log(
                    System.Logger.Level.INFO,
                    "event=link-control peer={0} paused=true since={1}",
                    peer,
                    Instant.ofEpochMilli(since));
              }
            });
  }

  /**
   * Reads from all peers until the next start, whatever is paused: what this region had is missing
   * here, and it serves nothing before that is back.
   */
  public synchronized void readFromAll() {
    for (ReplicaId peer : store.read().since().keySet()) {
      if (topology.peer(peer).isPresent()) {
        replication.resume(peer);
        LOG.log(
            System.Logger.Level.WARNING,
            "event=link-control peer={0} paused=false this region lacks changes that it had",
            peer);
      }
    }
  }

  @Override
  public synchronized void pause(String peer, boolean paused) {
    ReplicaId id =
        topology.peers().stream()
            .map(Region::id)
            .filter(each -> each.value().equals(peer))
            .findFirst()
            .orElseThrow(
                () ->
                    new StoreFailure.CallerMistake(
                        FailureCode.PEER_NOT_FOUND, "this region has no such peer"));
    Optional<Long> since = Optional.ofNullable(remember(id, paused).since().get(id));
    since.ifPresentOrElse(millis -> replication.pause(id, millis), () -> replication.resume(id));
    LOG.log(System.Logger.Level.INFO, "event=link-control peer={0} paused={1}", id, paused);
  }

  /** Returns what is paused then. */
  private PausedLinks remember(ReplicaId peer, boolean paused) {
    Map<ReplicaId, Long> known = new HashMap<>(store.read().since());
    known.keySet().removeIf(each -> topology.peer(each).isEmpty());
    PausedLinks before = new PausedLinks(known);
    PausedLinks after = paused ? before.with(peer, clock.millis()) : before.without(peer);
    try {
      store.write(after);
      return after;
    } catch (IOException failed) {
      throw new StoreFailure.Fault(
          FailureCode.STORAGE_FAILED,
          "this could not be written to the data directory, so nothing was changed",
          failed);
    }
  }
}
