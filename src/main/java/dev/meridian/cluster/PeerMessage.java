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
   * Sent when idle and after changes: when, how far the speaker is, and every origin's promise that
   * it knows of. The promises hold for a reader that got all changes before this.
   *
   * @param wallMillis by its wall clock, which tells how far that is from others'
   * @param now by its steady clock, which tells how long this was under way
   */
  record Heartbeat(long wallMillis, SteadyTime now, VersionVector vector, List<Promised> promises)
      implements PeerMessage {}

  /**
   * An origin's promise as somebody passes it on.
   *
   * @param ageMillis made so long ago at most, as the speaker measured it, at least 0: its time
   *     would not tell, since an origin that heard of a faster clock runs ahead of its own
   */
  record Promised(Watermark watermark, long ageMillis) {

    public Promised {
      if (ageMillis < 0) {
        throw new IllegalArgumentException("negative age: " + ageMillis);
      }
    }
  }

  /**
   * Sent along with changes while clients of the speaker wait for them to be elsewhere: asks for an
   * {@link Ack} as soon as the reader has the speaker's own changes up to here.
   *
   * @param received asks to be told of their arrival up to this sequence; 0 when nobody waits
   * @param applied asks to be told when they are forced and applied, up to this sequence
   */
  record AcksWanted(long received, long applied) implements PeerMessage {}

  /**
   * How far the speaker has the reader's own changes. Rides on the stream that goes the other way
   * than the changes, so that it costs no request.
   *
   * @param received up to this sequence they have arrived; a crash of the speaker forgets that
   * @param applied up to this sequence they are forced and readable there
   */
  record Ack(long received, long applied) implements PeerMessage {}
}
