package dev.meridian.replication;

import dev.meridian.clock.ReplicaId;
import dev.meridian.cluster.PeerPast;
import dev.meridian.cluster.Region;
import dev.meridian.cluster.Topology;
import dev.meridian.cluster.Transport;
import dev.meridian.cluster.UnsentException;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Asks all peers, until each has answered once, what they know of this region's past. What one says
 * stays all there is to know: it takes nothing more of an earlier life. Thread-safe.
 */
public final class PastInquiry {

  private final Topology topology;
  private final Transport transport;
  private final Map<ReplicaId, OwnPast> answers = new ConcurrentHashMap<>();
  private final Set<ReplicaId> unreachable = ConcurrentHashMap.newKeySet();

  PastInquiry(Topology topology, Transport transport) {
    this.topology = topology;
    this.transport = transport;
  }

  /** Asks those who have not answered; completes when each answered or failed to. Never fails. */
  public CompletionStage<Void> ask() {
    return CompletableFuture.allOf(
        topology.peers().stream()
            .filter(peer -> !answers.containsKey(peer.id()))
            .map(this::ask)
            .toArray(CompletableFuture[]::new));
  }

  private CompletableFuture<Void> ask(Region peer) {
    CompletableFuture<Void> over = new CompletableFuture<>();
    transport
        .askPast(peer)
        .whenComplete(
            (past, failure) -> {
              unreachable.remove(peer.id());
              if (failure == null) {
                answers.put(peer.id(), of(past));
              } else if (cause(failure) instanceof UnsentException) {
                unreachable.add(peer.id());
              }
              over.complete(null);
            });
    return over;
  }

  private OwnPast of(PeerPast past) {
    return new OwnPast(
        past.applied().get(topology.self().id()),
        past.promised(),
        past.applied().only(topology.members()));
  }

  private static Throwable cause(Throwable thrown) {
    return thrown instanceof CompletionException && thrown.getCause() != null
        ? thrown.getCause()
        : thrown;
  }

  /** What those know together who have answered. */
  public OwnPast known() {
    return answers.values().stream().reduce(OwnPast.NONE, OwnPast::max);
  }

  /** Who has not answered. */
  public Set<ReplicaId> missing() {
    Set<ReplicaId> missing = new HashSet<>();
    topology.peers().forEach(peer -> missing.add(peer.id()));
    missing.removeAll(answers.keySet());
    return missing;
  }

  /** Who has not answered and could be reached: it is there, and may know something. */
  public Set<ReplicaId> silent() {
    Set<ReplicaId> silent = missing();
    silent.removeAll(unreachable);
    return silent;
  }
}
