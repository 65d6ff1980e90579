package dev.meridian.engine;

import dev.meridian.clock.Dot;
import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionVector;
import dev.meridian.document.Bytes;
import dev.meridian.document.ChangeCodecV1;
import dev.meridian.wal.LogReader;
import dev.meridian.wal.LogRecord;
import dev.meridian.wal.SegmentInfo;
import dev.meridian.wal.WriteAheadLog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads changes off the log. Each segment's header carries the vector as of its beginning, so a
 * reader starts at the last segment that holds all it lacks.
 */
final class LogFeed implements ChangeFeed {

  private final WriteAheadLog log;
  private final Arrivals arrivals;

  LogFeed(WriteAheadLog log, Arrivals arrivals) {
    this.log = log;
    this.arrivals = arrivals;
  }

  /** What a segment's header says of the changes before it. */
  static byte[] context(VersionVector vector) {
    ByteBuffer out = ByteBuffer.allocate(ChangeCodecV1.size(vector));
    ChangeCodecV1.putVector(out, vector);
    return out.array();
  }

  /** The changes before a segment. */
  static VersionVector vector(SegmentInfo segment) {
    return ChangeCodecV1.getVector(ByteBuffer.wrap(segment.context()));
  }

  @Override
  public Cursor open(VersionVector since, Set<ReplicaId> except) {
    List<SegmentInfo> segments = log.segments();
    int start = segments.size() - 1;
    while (lacksBefore(segments.get(start), since, except)) {
      if (start == 0) {
        throw new TruncatedException();
      }
      start--;
    }
    try {
      return new LogCursor(
          log.readerOverGaps(segments.get(start).firstLsn()), since, Set.copyOf(except));
    } catch (IllegalArgumentException trimmed) {
      throw new TruncatedException();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  @Override
  public VersionVector from() {
    return vector(log.segments().getFirst());
  }

  @Override
  public Registration onAppend(Runnable wake) {
    return arrivals.onAppend(wake);
  }

  /** True when the reader lacks a change that stands before the segment. */
  private static boolean lacksBefore(
      SegmentInfo segment, VersionVector since, Set<ReplicaId> except) {
    VersionVector before = vector(segment);
    boolean[] lacks = {false};
    before.forEach(
        (origin, sequence) -> lacks[0] |= !except.contains(origin) && since.get(origin) < sequence);
    return lacks[0];
  }

  private static final class LogCursor implements Cursor {
    private final LogReader reader;
    private final VersionVector since;
    private final Set<ReplicaId> except;
    private Optional<Bytes> held = Optional.empty();

    LogCursor(LogReader reader, VersionVector since, Set<ReplicaId> except) {
      this.reader = reader;
      this.since = since;
      this.except = except;
    }

    @Override
    public List<Bytes> next(int maxChanges, int maxBytes) {
      List<Bytes> changes = new ArrayList<>();
      int bytes = 0;
      while (changes.size() < maxChanges) {
        Optional<Bytes> change = held.isPresent() ? held : read();
        held = Optional.empty();
        if (change.isEmpty()) {
          break;
        }
        if (!changes.isEmpty() && bytes + change.get().length() > maxBytes) {
          held = change;
          break;
        }
        changes.add(change.get());
        bytes += change.get().length();
      }
      return changes;
    }

    private Optional<Bytes> read() {
      try {
        while (true) {
          Optional<LogRecord> record = reader.next();
          if (record.isEmpty()) {
            return Optional.empty();
          }
          LogRecord found = record.get();
          Optional<Bytes> change = LoggedChange.change(found);
          if (change.isPresent() && !LoggedChange.isRepaired(found)) {
            Dot dot = ChangeCodecV1.dot(change.get());
            if (!since.contains(dot) && !except.contains(dot.origin())) {
              return change;
            }
          }
        }
      } catch (IllegalArgumentException trimmed) {
        throw new TruncatedException();
      } catch (IOException failed) {
        throw new UncheckedIOException(failed);
      }
    }

    @Override
    public void close() {
      try {
        reader.close();
      } catch (IOException failed) {
        throw new UncheckedIOException(failed);
      }
    }
  }
}
