package dev.meridian.cluster;

import java.util.List;

/** A stream being served to a peer. For one thread at a time. */
public interface OutboundStream extends AutoCloseable {

  /**
   * What to send now, in order; empty when there is nothing until the next wake. May read the disk.
   * At most some hundred kilobytes, unless a single change is larger.
   *
   * @throws StreamBrokenException when the stream is over; it is closed without a word to the
   *     reader
   */
  List<PeerMessage> next();

  /**
   * Hears what {@link #next} returned last takes on the wire, packed as it is.
   *
   * @param changeBytes those of {@code bytes} that hold changes
   */
  void sent(int bytes, int changeBytes);

  /** Ends the stream. Idempotent. No wake starts after it returns. */
  @Override
  void close();
}
