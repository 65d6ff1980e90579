package dev.meridian.replication;

import dev.meridian.cluster.PeerMessage;
import java.util.Optional;

/**
 * What this region owes one peer: an acknowledgement as soon as that peer's changes are here, as
 * far as it asked for one. Shared by the streams served to the peer. Thread-safe.
 */
final class AckDuty {

  private long wantedReceived;
  private long wantedApplied;
  private long told;
  private long toldApplied;

  /** The peer asks. */
  synchronized void wanted(PeerMessage.AcksWanted wanted) {
    wantedReceived = Math.max(wantedReceived, wanted.received());
    wantedApplied = Math.max(wantedApplied, wanted.applied());
  }

  /** What to tell now, if that is news it waits for. */
  synchronized Optional<PeerMessage> due(long received, long applied) {
    boolean arrived = received > told && told < wantedReceived;
    boolean forced = applied > toldApplied && toldApplied < wantedApplied;
    if (!arrived && !forced) {
      return Optional.empty();
    }
    told = Math.max(told, received);
    toldApplied = Math.max(toldApplied, applied);
    return Optional.of(new PeerMessage.Ack(received, applied));
  }
}
