package dev.meridian.cluster;

import dev.meridian.clock.VersionVector;
import dev.meridian.clock.Watermark;
import dev.meridian.document.Bytes;
import java.util.List;

/** What a region sends down a change stream to the peer that reads it. */
public sealed interface PeerMessage {

  /** First of each stream: who speaks, and how far it is. */
  record Hello(Region speaker, VersionVector vector) implements PeerMessage {}

  /** Changes in the order of the speaker's log, each in its encoded form. */
  record Changes(List<Bytes> changes) implements PeerMessage {}

  /**
   * Sent when idle and after changes: the speaker's wall time, how far it is, and every origin's
   * promise that it knows of. The promises hold for a reader that got all changes before this.
   */
  record Heartbeat(long wallMillis, VersionVector vector, List<Watermark> watermarks)
      implements PeerMessage {}
}
