package dev.meridian.cluster;

import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionVector;
import dev.meridian.document.Bytes;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/** How this region reaches its peers. Nothing here blocks. */
public interface Transport {

  /**
   * Asks {@code peer} for its changes after {@code since}. Connecting is tried again with growing
   * pauses until it works or the subscription is cancelled; a stream that broke is not resumed: the
   * listener is told, and its owner subscribes anew from where it is then.
   *
   * @param except changes of these regions are left out; empty for all changes
   */
  Subscription subscribe(
      Region peer, VersionVector since, Set<ReplicaId> except, ChangeListener listener);

  /**
   * Tells {@code peer} how far this region has applied, and hears how far the peer is: so both know
   * the lag, also while a stream is held back. Best effort.
   */
  CompletionStage<PeerProgress> reportProgress(Region peer, VersionVector applied);

  /** Tells {@code peer} that this region begins anew; see {@link PeerEndpoint#past}. */
  CompletionStage<PeerPast> askPast(Region peer);

  /** The peer's own cluster status as JSON. */
  CompletionStage<Bytes> fetchStatus(Region peer);

  /**
   * Asks {@code peer} about its copy of the data. Fails when there is no answer within {@code
   * timeout}, or when too many questions to the peer are open; it may have been dealt with all the
   * same.
   *
   * @param question at most {@link ReplicaEndpoint#MAX_QUESTION_BYTES}
   */
  CompletionStage<Bytes> ask(Region peer, Bytes question, Duration timeout);

  /** Receives one stream. Calls come one after another, never two at once. */
  interface ChangeListener {

    /** An attempt to connect failed; another one follows by itself. */
    void onConnectFailed(String reason);

    /**
     * So many bytes of the stream came over the wire, packed as they are. Any thread; also bytes of
     * messages that were not requested yet.
     */
    void onBytes(int bytes);

    void onMessage(PeerMessage message);

    /** The stream ended; nothing more comes. Empty when it was cancelled. */
    void onClosed(Optional<String> reason);
  }

  /** A stream being read. Nothing arrives that was not requested. */
  interface Subscription {

    /** Allows {@code messages} more to be delivered. */
    void request(int messages);

    /** Ends the stream. Idempotent. */
    void cancel();
  }
}
