package dev.meridian.wal;

import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads the durable records of a log in order, while it is being written. Used by one thread at a
 * time; any number of readers may be open. Asking for more when there is none costs no system call.
 */
public final class LogReader implements AutoCloseable {

  private final WriteAheadLog log;
  private final long fromLsn;
  private final boolean overGaps;
  private @Nullable FrameCursor cursor;
  private long nextLsn;

  /** The first LSN of the next segment, once it is known that there is one. */
  private long endLsn = Long.MAX_VALUE;

  /**
   * @param overGaps leave out what cannot be read any more, instead of failing
   */
  LogReader(WriteAheadLog log, long fromLsn, boolean overGaps) {
    this.log = log;
    this.overGaps = overGaps;
    this.fromLsn = fromLsn;
    this.nextLsn = log.segmentHolding(fromLsn).firstLsn();
  }

  /**
   * The next record, or nothing when it is not durable yet: ask again later.
   *
   * @throws LogDamagedException when bytes that were durable cannot be read any more. The reader
   *     stays where it is.
   */
  public Optional<LogRecord> next() throws IOException {
    WriteAheadLog.DurablePoint durable = log.durablePoint();
    while (nextLsn <= durable.lsn()) {
      FrameCursor at = positioned(durable);
      if (step(at, durable) && nextLsn > fromLsn) {
        return Optional.of(at.record());
      }
    }
    return Optional.empty();
  }

  @Override
  public void close() throws IOException {
    FrameCursor open = cursor;
    cursor = null;
    if (open != null) {
      open.close();
    }
  }

  /**
   * The cursor in the segment that holds the next record. That record is durable, so its segment
   * keeps its name: only one without records can be replaced.
   */
  private FrameCursor positioned(WriteAheadLog.DurablePoint durable) throws IOException {
    FrameCursor open = cursor;
    if (open != null && open.segment() != durable.segment() && endLsn == Long.MAX_VALUE) {
      endLsn = log.endLsn(open.segment());
    }
    if (open == null || nextLsn == endLsn) {
      close();
      open = log.open(log.segmentHolding(nextLsn));
      endLsn = Long.MAX_VALUE;
      cursor = open;
    }
    return open;
  }

  /** Moves on by one frame; true when it was a record. */
  private boolean step(FrameCursor at, WriteAheadLog.DurablePoint durable) throws IOException {
    LogSegment segment = at.segment();
    boolean newest = segment == durable.segment();
    return switch (at.next(newest ? durable.position() : segment.capacity())) {
      case RECORD -> {
        if (at.lsn() != nextLsn) {
          throw segment.damaged(
              at.frameStart(), nextLsn, "a whole record has LSN " + at.lsn() + " instead");
        }
        nextLsn++;
        yield true;
      }
      case MARK -> false;
      case END, BROKEN -> {
        long limit = newest ? durable.position() : segment.capacity();
        LogDamagedException damage =
            segment.damaged(
                at.frameStart(), nextLsn, "a record that was durable cannot be read any more");
        // What comes before the first record asked for does not matter.
        boolean mayLack = overGaps || nextLsn < fromLsn;
        if (!mayLack || !skip(at, limit) || !overGaps && nextLsn > fromLsn) {
          throw damage;
        }
        yield false;
      }
    };
  }

  /** Goes on behind what cannot be read; false when nothing is there to go on with. */
  private boolean skip(FrameCursor at, long limit) throws IOException {
    Optional<FrameSearch.Hit> behind =
        FrameSearch.next(at.file(), at.segment(), at.frameStart() + 1, limit, nextLsn);
    if (behind.isPresent()) {
      at.skipTo(behind.get().position());
      nextLsn = behind.get().lsn();
      return true;
    }
    long end = log.endLsn(at.segment());
    if (end == Long.MAX_VALUE) {
      return false;
    }
    endLsn = end;
    nextLsn = end;
    return true;
  }
}
