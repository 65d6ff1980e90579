package dev.meridian.wal;

import dev.meridian.clock.HlcTimestamp;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Puts frames behind one another into the newest segment, through one direct buffer. Belongs to the
 * writer thread.
 */
final class SegmentWriter {

  private static final int BUFFER_BYTES = 256 << 10;
  private static final byte[] NOTHING = new byte[0];

  private final RecordCodecV1 codec = new RecordCodecV1();
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
  private LogSegment segment;
  private LogFile file;

  /** Where the first byte of the buffer goes. */
  private long bufferStart;

  /** Everything before is forced. */
  private long durableEnd;

  private boolean sealed;

  /**
   * @param end behind the last frame; everything before is forced
   * @param sealed whether no frame may follow in this segment
   */
  SegmentWriter(LogSegment segment, LogFile file, long end, boolean sealed) {
    this.segment = segment;
    this.file = file;
    this.bufferStart = end;
    this.durableEnd = end;
    this.sealed = sealed;
  }

  LogSegment segment() {
    return segment;
  }

  /** Where the next frame goes. */
  long position() {
    return bufferStart + buffer.position();
  }

  boolean fits(long frameBytes) {
    return !sealed && frameBytes <= segment.capacity() - position();
  }

  boolean isHalfFull() {
    return position() > segment.capacity() / 2;
  }

  void record(
      long lsn,
      HlcTimestamp hlc,
      byte type,
      boolean compressed,
      byte[] payload,
      int offset,
      int length)
      throws IOException {
    byte flags = compressed ? RecordCodecV1.COMPRESSED : RecordCodecV1.RECORD;
    frame(lsn, hlc, type, flags, payload, offset, length);
  }

  /** Notes that everything so far is forced, which it is. */
  void mark(long lastLsn) throws IOException {
    frame(lastLsn, HlcTimestamp.ZERO, (byte) 0, RecordCodecV1.MARK, NOTHING, 0, 0);
  }

  /** On return every frame is durable. */
  void force() throws IOException {
    flush();
    file.force();
    durableEnd = position();
  }

  /** Goes on in a new segment; the old one is forced. */
  void switchTo(SegmentSupply.Placed next) throws IOException {
    file.close();
    file = next.file();
    segment = next.segment();
    bufferStart = segment.framesStart();
    durableEnd = bufferStart;
    sealed = false;
  }

  void close() throws IOException {
    file.close();
  }

  private void frame(
      long lsn, HlcTimestamp hlc, byte type, byte flags, byte[] payload, int offset, int length)
      throws IOException {
    if (buffer.remaining() < RecordCodecV1.HEADER_BYTES) {
      flush();
    }
    long batchOffset = position() - durableEnd;
    codec.putHeader(
        buffer, segment.salt(), lsn, hlc, type, flags, batchOffset, payload, offset, length);
    int copied = 0;
    while (copied < length) {
      if (!buffer.hasRemaining()) {
        flush();
      }
      int step = Math.min(buffer.remaining(), length - copied);
      buffer.put(payload, offset + copied, step);
      copied += step;
    }
  }

  private void flush() throws IOException {
    buffer.flip();
    int bytes = buffer.remaining();
    if (bytes > 0) {
      file.write(buffer, bufferStart);
      bufferStart += bytes;
    }
    buffer.clear();
  }
}
