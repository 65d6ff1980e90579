package dev.meridian.wal;

import dev.meridian.clock.Lsn;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Walks the frames of one segment. Reads in chunks, each into an array of its own that is never
 * written again, so that records can be handed out as slices.
 *
 * <p>Belongs to one thread. Owns the file.
 */
final class FrameCursor implements AutoCloseable {

  /** What lies at a position. */
  enum Found {
    /** A whole record; {@link #record} has it. */
    RECORD,
    /** A whole mark. */
    MARK,
    /** Zeros, or too few bytes for a frame. */
    END,
    /** Anything else. */
    BROKEN
  }

  private static final int CHUNK_BYTES = 64 << 10;

  private final LogFile file;
  private final LogSegment segment;
  private final RecordCodecV1 codec = new RecordCodecV1();
  private byte[] chunk = new byte[0];
  private long chunkStart;
  private long frameStart;
  private long nextFrame;

  FrameCursor(LogFile file, LogSegment segment) {
    this.file = file;
    this.segment = segment;
    this.nextFrame = segment.framesStart();
  }

  /**
   * Looks at the next frame and steps over it when it is whole; otherwise stays where it is.
   *
   * @param limit bytes from here on are not looked at
   */
  Found next(long limit) throws IOException {
    frameStart = nextFrame;
    if (limit - frameStart < RecordCodecV1.HEADER_BYTES) {
      return Found.END;
    }
    if (!hold(RecordCodecV1.HEADER_BYTES, limit)) {
      return Found.BROKEN;
    }
    int length = RecordCodecV1.length(chunk, at());
    if (length == 0) {
      return Found.END;
    }
    if (length < RecordCodecV1.HEADER_BYTES
        || length > limit - frameStart
        || !hold(length, limit)
        || !codec.isWhole(chunk, at(), length, segment.salt())) {
      return Found.BROKEN;
    }
    nextFrame = frameStart + length;
    return switch (RecordCodecV1.flags(chunk, at())) {
      case RecordCodecV1.RECORD, RecordCodecV1.COMPRESSED -> Found.RECORD;
      case RecordCodecV1.MARK -> Found.MARK;
      default -> throw segment.damaged(frameStart, lsn(), "unknown flags in a whole frame");
    };
  }

  /** Goes on with the frame at a later position. */
  void skipTo(long position) {
    nextFrame = position;
  }

  LogFile file() {
    return file;
  }

  LogSegment segment() {
    return segment;
  }

  /** Start of the frame that {@link #next} looked at last. */
  long frameStart() {
    return frameStart;
  }

  /** LSN of the current frame. */
  long lsn() {
    return RecordCodecV1.lsn(chunk, at());
  }

  /** Everything before this position was forced before the current frame was written. */
  long durableBefore() {
    return frameStart - RecordCodecV1.batchOffset(chunk, at());
  }

  /** The current frame, a record. */
  LogRecord record() throws LogDamagedException {
    int at = at();
    int start = at + RecordCodecV1.HEADER_BYTES;
    int length = RecordCodecV1.length(chunk, at) - RecordCodecV1.HEADER_BYTES;
    if (RecordCodecV1.flags(chunk, at) == RecordCodecV1.COMPRESSED) {
      byte[] payload = decompressed(start, length);
      return record(payload, 0, payload.length);
    }
    return record(chunk, start, length);
  }

  private LogRecord record(byte[] buffer, int offset, int length) {
    int at = at();
    return new LogRecord(
        new Lsn(lsn()),
        RecordCodecV1.hlc(chunk, at),
        RecordCodecV1.type(chunk, at),
        buffer,
        offset,
        length);
  }

  private byte[] decompressed(int start, int length) throws LogDamagedException {
    try {
      return Compression.decompress(chunk, start, length, WalSettings.MAX_RECORD_BYTES);
    } catch (IllegalArgumentException malformed) {
      throw segment.damaged(frameStart, lsn(), malformed.getMessage());
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  private int at() {
    return (int) (frameStart - chunkStart);
  }

  /** Makes the chunk hold {@code bytes} from the frame's start on; false when the file ends. */
  private boolean hold(int bytes, long limit) throws IOException {
    if (frameStart >= chunkStart && frameStart + bytes <= chunkStart + chunk.length) {
      return true;
    }
    byte[] fresh = new byte[(int) Math.max(bytes, Math.min(CHUNK_BYTES, limit - frameStart))];
    ByteBuffer into = ByteBuffer.wrap(fresh);
    while (into.hasRemaining()) {
      if (file.read(into, frameStart + into.position()) <= 0) {
        return false;
      }
    }
    chunk = fresh;
    chunkStart = frameStart;
    return true;
  }
}
