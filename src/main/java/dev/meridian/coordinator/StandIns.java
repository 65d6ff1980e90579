package dev.meridian.coordinator;

import dev.meridian.cluster.Region;
import dev.meridian.document.Bytes;
import dev.meridian.document.Change;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * Regions that hold changes for others which are down. Only the way there: what they hold is kept
 * by {@link dev.meridian.replication.HintedHandoff}. Thread-safe.
 */
final class StandIns {

  private final Replicas replicas;
  private final ReplicaClient peers;

  StandIns(Replicas replicas, ReplicaClient peers) {
    this.replicas = replicas;
    this.peers = peers;
  }

  /**
   * Regions outside a set that are up, one for each of as many of the set that are not.
   *
   * @param wanted none when it is 0 or less
   */
  List<DurabilityPlan.StandIn> choose(ReplicaSet set, int wanted) {
    Iterator<Region> absent =
        set.peers().stream().filter(peer -> !set.up().contains(peer)).iterator();
    Iterator<Region> holders =
        replicas.all().up().stream().filter(peer -> !set.peers().contains(peer)).iterator();
    List<DurabilityPlan.StandIn> chosen = new ArrayList<>();
    while (chosen.size() < wanted && absent.hasNext() && holders.hasNext()) {
      chosen.add(new DurabilityPlan.StandIn(holders.next(), absent.next().id()));
    }
    return chosen;
  }

  /** Completes once the changes are forced to the holder's disk; fails when they are not. */
  CompletionStage<Void> hold(
      DurabilityPlan.StandIn standIn, List<Change> changes, Duration timeout) {
    List<Bytes> encoded = changes.stream().map(Change::encoded).toList();
    return peers
        .ask(standIn.holder(), new ReplicaQuestion.Hold(standIn.owner(), encoded), timeout)
        .thenAccept(
            answer -> {
              if (!(answer instanceof ReplicaAnswer.Vector)) {
                throw ReplicaClient.unexpected(answer);
              }
            });
  }
}
