package dev.meridian.wal;

import java.io.IOException;
import java.util.Optional;

/**
 * Reads the durable records of a log in order, while it is being written. Used by one thread at a
 * time; any number of readers may be open. Asking for more when there is none costs no system call.
 */
public final class LogReader implements AutoCloseable {

  private final WriteAheadLog log;
  private final long fromLsn;
  private LogSegment segment;
  private FrameCursor cursor;
  private long nextLsn;

  LogReader(WriteAheadLog log, long fromLsn) throws IOException {
    this.log = log;
    this.fromLsn = fromLsn;
    this.segment = log.segmentHolding(fromLsn);
    this.cursor = log.open(segment);
    this.nextLsn = segment.firstLsn();
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
      if (step(durable) && nextLsn > fromLsn) {
        return Optional.of(cursor.record());
      }
    }
    return Optional.empty();
  }

  @Override
  public void close() throws IOException {
    cursor.close();
  }

  /** Moves on by one frame, or into the next segment; true when it was a record. */
  private boolean step(WriteAheadLog.DurablePoint durable) throws IOException {
    boolean current = segment == durable.segment();
    switch (cursor.next(current ? durable.position() : segment.capacity())) {
      case RECORD -> {
        if (cursor.lsn() != nextLsn) {
          throw segment.damaged(
              cursor.frameStart(), nextLsn, "a whole record has LSN " + cursor.lsn() + " instead");
        }
        nextLsn++;
        return true;
      }
      case MARK -> {}
      case END, BROKEN -> {
        LogSegment next = log.segmentHolding(nextLsn);
        if (next.firstLsn() != nextLsn || next.equals(segment)) {
          throw segment.damaged(
              cursor.frameStart(), nextLsn, "a record that was durable cannot be read any more");
        }
        FrameCursor opened = log.open(next);
        cursor.close();
        cursor = opened;
        segment = next;
      }
    }
    return false;
  }
}
