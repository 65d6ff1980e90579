package dev.meridian.wal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes segment files. A file gets its zeros and its header, durably, under a temporary name and
 * only then its real one: a file with a segment's name is always a whole segment.
 *
 * <p>One spare can be made ahead on another thread, since filling a segment with zeros takes far
 * longer than a force. Thread-safe; whoever comes while a spare is being made waits for it.
 */
final class SegmentSupply {

  /** A file of zeros under a temporary name. */
  private record Spare(String name, LogFile file, long bytes) {}

  /** A segment that is in place, and its file. */
  record Placed(LogSegment segment, LogFile file) {}

  private static final String SUFFIX = ".wal.tmp";

  private final LogDirectory directory;
  private final long segmentBytes;
  private final Consumer<Runnable> background;
  private @Nullable Spare spare;
  private int made;
  private boolean closed;

  /**
   * @param background runs a task some time, elsewhere; may also never run it
   */
  SegmentSupply(LogDirectory directory, long segmentBytes, Consumer<Runnable> background) {
    this.directory = directory;
    this.segmentBytes = segmentBytes;
    this.background = background;
  }

  static boolean isTemporary(String name) {
    return name.endsWith(SUFFIX);
  }

  /** Asks for a spare to be made ahead. */
  void prepare() {
    background.accept(this::makeAhead);
  }

  /**
   * Makes sure that a file for a segment of at least {@code minBytes} is there; returns its size.
   */
  synchronized long reserve(long minBytes) throws IOException {
    Spare ready = spare;
    if (ready == null || ready.bytes() < minBytes) {
      discard();
      ready = make(Math.max(segmentBytes, minBytes));
      spare = ready;
    }
    return ready.bytes();
  }

  /**
   * Turns the file that was reserved into a segment. On return the header and the name are durable.
   */
  synchronized Placed place(SegmentHeaderV1 header) throws IOException {
    Spare ready = spare;
    if (ready == null || ready.bytes() != header.capacity()) {
      throw new IllegalStateException("no file of " + header.capacity() + " bytes was reserved");
    }
    spare = null;
    ready.file().write(ByteBuffer.wrap(header.encode()), 0);
    ready.file().force();
    String name = LogSegment.name(header.firstLsn());
    directory.rename(ready.name(), name);
    directory.force();
    return new Placed(LogSegment.of(directory, name, header), ready.file());
  }

  /** Drops the spare; none is made any more. */
  synchronized void close() throws IOException {
    closed = true;
    discard();
  }

  private synchronized void makeAhead() {
    if (closed || spare != null) {
      return;
    }
    try {
      spare = make(segmentBytes);
    } catch (IOException e) {
      // Nobody waits for this one: the writer tries again at the roll, and reports it then.
      spare = null;
    }
  }

  private Spare make(long bytes) throws IOException {
    String name = ++made + SUFFIX;
    return new Spare(name, directory.create(name, bytes), bytes);
  }

  private void discard() throws IOException {
    Spare unused = spare;
    spare = null;
    if (unused != null) {
      unused.file().close();
      directory.delete(unused.name());
    }
  }
}
