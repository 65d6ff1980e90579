package dev.meridian.cluster;

import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionVector;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/** What a region offers its peers; an adapter carries it over a network. Thread-safe. */
public interface PeerEndpoint {

  /**
   * Starts a stream of changes for a peer. Returns at once; reading starts with {@link
   * OutboundStream#next}.
   *
   * @param since the reader has all changes up to this
   * @param except changes of these regions are left out
   * @param wake called, from any thread, when there may be more to send; must not block
   */
  OutboundStream openStream(
      ReplicaId reader, VersionVector since, Set<ReplicaId> except, Runnable wake);

  /** The peer says how far it has applied, and is told how far this region has. */
  PeerProgress progress(ReplicaId reader, VersionVector applied);

  /**
   * The peer begins a new life, and asks for what is known of those before. No change and no
   * promise that they sent and that is still under way is taken after that: what is told here is
   * all there will ever be. Fails when this region is being stopped, or its log has failed.
   */
  CompletionStage<PeerPast> past(ReplicaId peer);
}
