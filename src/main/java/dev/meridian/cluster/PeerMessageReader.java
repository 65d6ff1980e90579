package dev.meridian.cluster;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/**
 * Turns a stream's bytes, cut anywhere, back into messages. Memory grows with the bytes that came,
 * not with the lengths they announce. For one thread at a time.
 */
public final class PeerMessageReader {

  private static final int INITIAL_BYTES = 64 << 10;
  private static final int KEPT_BYTES = 1 << 20;

  private byte[] buffer = new byte[INITIAL_BYTES];
  private int start;
  private int end;

  /** Adds bytes. They are copied. */
  public void feed(byte[] chunk, int offset, int length) {
    if (buffer.length - end < length) {
      makeRoom(length);
    }
    System.arraycopy(chunk, offset, buffer, end, length);
    end += length;
  }

  /** Bytes that were fed and are not part of a message returned yet. */
  public int unread() {
    return end - start;
  }

  /**
   * The next whole message; empty when more bytes are needed.
   *
   * @throws MalformedMessageException when the bytes are no message; nothing more can be read then
   */
  public Optional<PeerMessage> next() throws MalformedMessageException {
    if (unread() < PeerMessageCodecV1.HEADER_BYTES) {
      return Optional.empty();
    }
    byte[] header = Arrays.copyOfRange(buffer, start, start + PeerMessageCodecV1.HEADER_BYTES);
    int length = PeerMessageCodecV1.length(header);
    if (unread() - PeerMessageCodecV1.HEADER_BYTES < length) {
      return Optional.empty();
    }
    int at = start + PeerMessageCodecV1.HEADER_BYTES;
    PeerMessage message =
        PeerMessageCodecV1.decode(ByteBuffer.wrap(header).getInt(4), buffer, at, length);
    start = at + length;
    return Optional.of(message);
  }

  private void makeRoom(int length) {
    int unread = unread();
    long needed = (long) unread + length;
    boolean oversized = buffer.length > KEPT_BYTES && needed <= INITIAL_BYTES;
    byte[] roomy = buffer;
    if (oversized) {
      roomy = new byte[INITIAL_BYTES];
    } else if (needed > buffer.length) {
      roomy = new byte[Math.toIntExact(Math.max(needed, 2L * buffer.length))];
    }
    System.arraycopy(buffer, start, roomy, 0, unread);
    buffer = roomy;
    start = 0;
    end = unread;
  }
}
