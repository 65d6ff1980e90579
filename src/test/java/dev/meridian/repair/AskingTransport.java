package dev.meridian.repair;

import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionVector;
import dev.meridian.cluster.PeerPast;
import dev.meridian.cluster.PeerProgress;
import dev.meridian.cluster.Region;
import dev.meridian.cluster.Transport;
import dev.meridian.document.Bytes;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/** Between regions that only ask each other: who uses anything else of it fails. */
abstract class AskingTransport implements Transport {

  @Override
  public Subscription subscribe(
      Region peer, VersionVector since, Set<ReplicaId> except, ChangeListener listener) {
    throw new AssertionError("a repair does not subscribe");
  }

  @Override
  public CompletionStage<PeerProgress> reportProgress(Region peer, VersionVector applied) {
    throw new AssertionError("a repair does not report progress");
  }

  @Override
  public CompletionStage<PeerPast> askPast(Region peer) {
    throw new AssertionError("a repair does not ask for a past");
  }

  @Override
  public CompletionStage<Bytes> fetchStatus(Region peer) {
    throw new AssertionError("a repair does not fetch a status");
  }
}
