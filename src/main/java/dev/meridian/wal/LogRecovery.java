package dev.meridian.wal;

import dev.meridian.clock.Lsn;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Reads a log that exists, checks it, and makes durable what it found. */
final class LogRecovery {

  /**
   * What was found. All of it is durable.
   *
   * @param end behind the last frame, in the last segment
   * @param torn whether remains of a batch follow there, so that nothing may be written behind it
   * @param endsWithMark whether that frame is a mark, or there is none in a log without records
   */
  record Recovered(
      List<LogSegment> segments,
      LogFile file,
      long end,
      boolean torn,
      long lastLsn,
      boolean endsWithMark) {}

  private static final int REWRITE_STEP_BYTES = 256 << 10;

  private final LogDirectory directory;
  private final long replayFrom;
  private final Consumer<LogRecord> replay;
  private final GapPolicy gaps;
  private final boolean mayWrite;

  /** The record that has to come next. */
  private long nextLsn;

  /** In the segment being read, the highest position that a frame said was forced. */
  private long knownDurable;

  private boolean endsWithMark;
  private boolean torn;

  /**
   * @param mayWrite whether the end is made durable; a check leaves it alone
   */
  LogRecovery(
      LogDirectory directory,
      long replayFrom,
      Consumer<LogRecord> replay,
      GapPolicy gaps,
      boolean mayWrite) {
    this.mayWrite = mayWrite;
    this.directory = directory;
    this.replayFrom = replayFrom;
    this.replay = replay;
    this.gaps = gaps;
  }

  /**
   * The names of all segments, oldest first. Deletes what a roll left unfinished. The directory is
   * forced, since the last run may have failed to: a segment that is seen and not durable could
   * vanish later, with records in it.
   */
  static List<String> tidy(LogDirectory directory) throws IOException {
    List<String> segments = new ArrayList<>();
    for (String name : directory.list()) {
      if (SegmentSupply.isTemporary(name)) {
        directory.delete(name);
      } else if (LogSegment.isName(name)) {
        segments.add(name);
      }
    }
    directory.force();
    segments.sort(null);
    return segments;
  }

  Recovered recover(List<String> names) throws IOException {
    List<LogSegment> segments = readHeaders(names);
    int first = indexHolding(segments, replayFrom);
    nextLsn = segments.get(first).firstLsn();
    for (int i = first; i < segments.size() - 1; i++) {
      readClosed(segments.get(i), segments.get(i + 1).firstLsn());
    }
    LogSegment last = segments.getLast();
    LogFile file = directory.open(last.name());
    try {
      long end = readLast(last, file);
      if (mayWrite && nextLsn <= replayFrom) {
        throw last.damaged(
            end, nextLsn, "the log ends here, and the tables hold records up to " + replayFrom);
      }
      return new Recovered(segments, file, end, torn, nextLsn - 1, endsWithMark);
    } catch (IOException | RuntimeException failure) {
      file.close();
      throw failure;
    }
  }

  private List<LogSegment> readHeaders(List<String> names) throws IOException {
    List<LogSegment> segments = new ArrayList<>();
    for (String name : names) {
      LogSegment segment = LogSegment.read(directory, name);
      if (!segments.isEmpty()) {
        long before = segments.getLast().firstLsn();
        if (segment.header().previousFirst() != before) {
          throw segment.damaged(
              0,
              segment.header().previousFirst(),
              "the segment before this one has to be "
                  + LogSegment.name(segment.header().previousFirst())
                  + " and is "
                  + LogSegment.name(before));
        }
      }
      segments.add(segment);
    }
    LogSegment oldest = segments.getFirst();
    if (oldest.firstLsn() > replayFrom + 1) {
      throw oldest.damaged(
          0,
          replayFrom + 1,
          "the log starts here, and the tables hold records up to " + replayFrom + " only");
    }
    return segments;
  }

  private static int indexHolding(List<LogSegment> segments, long lsn) {
    int index = segments.size() - 1;
    while (index > 0 && segments.get(index).firstLsn() > lsn) {
      index--;
    }
    return index;
  }

  private void readClosed(LogSegment segment, long endLsn) throws IOException {
    try (LogFile file = directory.open(segment.name())) {
      FrameCursor cursor = new FrameCursor(file, segment);
      while (nextLsn < endLsn) {
        switch (cursor.next(segment.capacity())) {
          case RECORD -> take(segment, cursor);
          case MARK -> takeMark(segment, cursor);
          case END, BROKEN -> {
            LogDamagedException damage =
                segment.damaged(
                    cursor.frameStart(),
                    nextLsn,
                    "unreadable, and the segment goes on to LSN " + (endLsn - 1));
            Optional<FrameSearch.Hit> behind = behind(file, segment, cursor);
            skip(damage, behind.map(FrameSearch.Hit::lsn).orElse(endLsn));
            behind.ifPresent(hit -> cursor.skipTo(hit.position()));
          }
        }
      }
    }
  }

  private Optional<FrameSearch.Hit> behind(LogFile file, LogSegment segment, FrameCursor cursor)
      throws IOException {
    return FrameSearch.next(file, segment, cursor.frameStart() + 1, segment.capacity(), nextLsn);
  }

  /** Goes on with a later record, if that is allowed. */
  private void skip(LogDamagedException damage, long resumeLsn) throws LogDamagedException {
    gaps.gap(damage, new Lsn(nextLsn), new Lsn(resumeLsn - 1));
    nextLsn = resumeLsn;
  }

  private long readLast(LogSegment segment, LogFile file) throws IOException {
    knownDurable = segment.framesStart();
    endsWithMark = nextLsn == 1;
    FrameCursor cursor = new FrameCursor(file, segment);
    boolean gap = true;
    while (gap) {
      readToUnreadable(segment, cursor);
      gap = false;
      try {
        torn = new LogTail(file, segment, cursor.frameStart(), nextLsn).isTorn();
      } catch (LogDamagedException damage) {
        Optional<FrameSearch.Hit> behind = behind(file, segment, cursor);
        if (behind.isEmpty()) {
          throw damage;
        }
        skip(damage, behind.get().lsn());
        cursor.skipTo(behind.get().position());
        gap = true;
      }
    }
    long end = cursor.frameStart();
    if (mayWrite) {
      rewrite(file, knownDurable, end);
      file.force();
    }
    return end;
  }

  private void readToUnreadable(LogSegment segment, FrameCursor cursor) throws IOException {
    boolean more = true;
    while (more) {
      switch (cursor.next(segment.capacity())) {
        case RECORD -> take(segment, cursor);
        case MARK -> takeMark(segment, cursor);
        case END, BROKEN -> more = false;
      }
    }
  }

  /**
   * Writes again what may not be on disk. What the last run wrote and could not force is in the
   * page cache, where it may count as clean: forcing alone would then do nothing.
   */
  private static void rewrite(LogFile file, long from, long end) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(REWRITE_STEP_BYTES, end - from));
    for (long at = from; at < end; at += buffer.limit()) {
      buffer.clear().limit((int) Math.min(buffer.capacity(), end - at));
      while (buffer.hasRemaining() && file.read(buffer, at + buffer.position()) > 0) {
        // Short reads are allowed.
      }
      file.write(buffer.flip(), at);
    }
  }

  private void take(LogSegment segment, FrameCursor cursor) throws LogDamagedException {
    if (cursor.lsn() != nextLsn) {
      throw segment.damaged(
          cursor.frameStart(), nextLsn, "a whole record has LSN " + cursor.lsn() + " instead");
    }
    noteDurable(segment, cursor);
    endsWithMark = false;
    if (nextLsn > replayFrom) {
      replay.accept(cursor.record());
    }
    nextLsn++;
  }

  private void takeMark(LogSegment segment, FrameCursor cursor) throws LogDamagedException {
    if (cursor.lsn() != nextLsn - 1) {
      throw segment.damaged(
          cursor.frameStart(), nextLsn, "a mark says that the last record is " + cursor.lsn());
    }
    noteDurable(segment, cursor);
    endsWithMark = true;
  }

  private void noteDurable(LogSegment segment, FrameCursor cursor) throws LogDamagedException {
    long durable = cursor.durableBefore();
    if (durable < segment.framesStart()) {
      throw segment.damaged(
          cursor.frameStart(), nextLsn, "a whole frame has an impossible batch offset");
    }
    knownDurable = Math.max(knownDurable, durable);
  }
}
