package dev.meridian.wal;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.Lsn;
import dev.meridian.env.Threads;
import dev.meridian.env.WallClock;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The log: records in order, numbered without a gap, that survive a crash once {@link #force} has
 * returned. The package page has the format and the reasoning.
 *
 * <p>{@link #append}, {@link #force} and {@link #close} belong to one thread, the writer, which
 * must not be interrupted: that would close its file. Everything else may be called from any
 * thread.
 */
public final class WriteAheadLog implements AutoCloseable {

  /** Up to where readers may read. */
  record DurablePoint(LogSegment segment, long position, long lsn) {}

  private static final WallClock NO_CLOCK =
      new WallClock() {
        @Override
        public long millis() {
          return 0;
        }

        @Override
        public long nanos() {
          return 0;
        }
      };

  private final LogDirectory directory;
  private final WalSettings settings;
  private final WallClock clock;
  private final Supplier<byte[]> segmentContext;
  private final SegmentSupply supply;
  private final SegmentWriter writer;
  private final Compression compression = new Compression();
  private final ForceTimes forceTimes = new ForceTimes();
  private volatile List<LogSegment> segments;
  private volatile DurablePoint durable;
  private volatile long lastLsn;
  private boolean spareRequested;
  private boolean endsWithMark;
  private boolean closed;
  private @Nullable Throwable failure;

  private WriteAheadLog(
      LogDirectory directory,
      WalSettings settings,
      WallClock clock,
      SegmentSupply supply,
      Supplier<byte[]> segmentContext,
      LogRecovery.Recovered recovered) {
    this.directory = directory;
    this.settings = settings;
    this.clock = clock;
    this.supply = supply;
    this.segmentContext = segmentContext;
    this.segments = List.copyOf(recovered.segments());
    LogSegment last = segments.getLast();
    this.writer = new SegmentWriter(last, recovered.file(), recovered.end(), recovered.torn());
    this.lastLsn = recovered.lastLsn();
    this.endsWithMark = recovered.endsWithMark();
    this.durable = new DurablePoint(last, recovered.end(), lastLsn);
  }

  /** Whether a directory has a segment of a log. */
  public static boolean exists(LogDirectory dir) throws IOException {
    return dir.list().stream().anyMatch(LogSegment::isName);
  }

  /**
   * Like the long form, with no thread but the caller's: the writer fills each new segment with
   * zeros itself, and forces are counted but not timed.
   */
  public static WriteAheadLog open(
      LogDirectory dir,
      WalSettings settings,
      Lsn replayFrom,
      Supplier<byte[]> segmentContext,
      Consumer<LogRecord> replay)
      throws IOException {
    SegmentSupply supply = new SegmentSupply(dir, settings.segmentBytes(), never -> {});
    return open(
        dir, settings, NO_CLOCK, supply, replayFrom, segmentContext, replay, GapPolicy.REFUSE);
  }

  /**
   * Opens the log, or creates it when the directory has none and {@code replayFrom} is {@link
   * Lsn#NONE}. Checks every record from the segment that holds {@code replayFrom} on, and only the
   * headers of older segments; leaves an unforced batch behind that is there in parts. What was
   * replayed is durable on return.
   *
   * @param threads makes the next segment ahead, so that a roll does not wait for it
   * @param replayFrom the last record that the caller has already
   * @param segmentContext asked whenever a segment is started, on the writer thread within {@code
   *     open} and {@link #append}, for what that segment's header shall remember; at most 64 KiB.
   *     It has to reflect every record appended before
   * @param replay gets each record after {@code replayFrom}, in order
   * @param gaps whether to go on behind records that cannot be read any more
   * @throws LogDamagedException when something that was durable is missing or unreadable, also if
   *     the whole log is
   */
  public static WriteAheadLog open(
      LogDirectory dir,
      WalSettings settings,
      WallClock clock,
      Threads threads,
      Lsn replayFrom,
      Supplier<byte[]> segmentContext,
      Consumer<LogRecord> replay,
      GapPolicy gaps)
      throws IOException {
    SegmentSupply supply =
        new SegmentSupply(
            dir,
            settings.segmentBytes(),
            task -> threads.startWorker("meridian-log-segment", task));
    return open(dir, settings, clock, supply, replayFrom, segmentContext, replay, gaps);
  }

  private static WriteAheadLog open(
      LogDirectory dir,
      WalSettings settings,
      WallClock clock,
      SegmentSupply supply,
      Lsn replayFrom,
      Supplier<byte[]> segmentContext,
      Consumer<LogRecord> replay,
      GapPolicy gaps)
      throws IOException {
    List<String> names = LogRecovery.tidy(dir);
    LogRecovery.Recovered recovered;
    if (names.isEmpty()) {
      if (replayFrom.isAfter(Lsn.NONE)) {
        throw new LogDamagedException(
            dir.describe(LogSegment.name(1)),
            0,
            replayFrom.value() + 1,
            "there is no log, and the tables hold records up to " + replayFrom);
      }
      SegmentSupply.Placed first = place(supply, 1, 0, 0, segmentContext.get());
      recovered =
          new LogRecovery.Recovered(
              List.of(first.segment()),
              first.file(),
              first.segment().framesStart(),
              false,
              0,
              true);
    } else {
      recovered = new LogRecovery(dir, replayFrom.value(), replay, gaps, true).recover(names);
    }
    return new WriteAheadLog(dir, settings, clock, supply, segmentContext, recovered);
  }

  /**
   * Adds a record. Durable only after {@link #force}. Writer thread only.
   *
   * @param payload is copied; at most {@link WalSettings#maxRecordBytes()}
   * @throws LogFullException when there is no room for a new segment; nothing was appended and the
   *     log is still usable
   * @throws IOException when writing failed; the log is unusable from then on, and whether records
   *     since the last force survive is decided when it is opened again
   */
  public Lsn append(byte type, HlcTimestamp hlc, byte[] payload, int offset, int length)
      throws IOException {
    Objects.checkFromIndexSize(offset, length, payload.length);
    if (length > settings.maxRecordBytes()) {
      throw new IllegalArgumentException(
          "a record is at most " + settings.maxRecordBytes() + " bytes: " + length);
    }
    checkUsable();
    int compressed =
        length >= settings.compressFrom() ? compression.compress(payload, offset, length) : 0;
    long frameBytes = (long) RecordCodecV1.HEADER_BYTES + (compressed > 0 ? compressed : length);
    if (!writer.fits(frameBytes)) {
      roll(frameBytes);
    }
    long lsn = lastLsn + 1;
    try {
      if (compressed > 0) {
        writer.record(lsn, hlc, type, true, compression.buffer(), 0, compressed);
      } else {
        writer.record(lsn, hlc, type, false, payload, offset, length);
      }
    } catch (IOException | RuntimeException e) {
      throw failed(e);
    }
    lastLsn = lsn;
    return new Lsn(lsn);
  }

  /**
   * Makes durable what was appended: on return {@link #durableLsn} is {@link #lastLsn}. Does
   * nothing when there is nothing new. Writer thread only.
   *
   * @throws IOException when writing or forcing failed; the log is unusable from then on, since
   *     forcing again proves nothing. Whether the records survive is decided when it is opened
   *     again
   */
  public void force() throws IOException {
    checkUsable();
    long batch = lastLsn - durable.lsn();
    if (batch == 0) {
      return;
    }
    long start = clock.nanos();
    try {
      writer.force();
    } catch (IOException | RuntimeException e) {
      throw failed(e);
    }
    forceTimes.add(clock.nanos() - start, batch);
    endsWithMark = false;
    durable = new DurablePoint(writer.segment(), writer.position(), lastLsn);
    if (!spareRequested && writer.isHalfFull()) {
      spareRequested = true;
      supply.prepare();
    }
  }

  /**
   * Deletes the oldest segments while the log is larger than that, as far as their records are not
   * needed any more. Writer thread only.
   *
   * @param keepBytes the size of the log that is aimed at
   * @param upTo no later record is deleted
   * @return how many segments were deleted
   */
  public int trim(long keepBytes, Lsn upTo) throws IOException {
    int deleted = 0;
    while (segments.size() > 1
        && bytes() > keepBytes
        && segments.get(1).firstLsn() <= upTo.value() + 1) {
      LogSegment oldest = segments.getFirst();
      directory.delete(oldest.name()); // or the next one would be deleted without it
      segments = List.copyOf(segments.subList(1, segments.size()));
      deleted++;
    }
    return deleted;
  }

  /** The last record appended; {@link Lsn#NONE} in a log without records. */
  public Lsn lastLsn() {
    return new Lsn(lastLsn);
  }

  /** The last record that is durable. */
  public Lsn durableLsn() {
    return new Lsn(durable.lsn());
  }

  /** The LSN that the next record will have. */
  public Lsn nextLsn() {
    return new Lsn(lastLsn + 1);
  }

  /** All segments, oldest first. */
  public List<SegmentInfo> segments() {
    return segments.stream().map(LogSegment::info).toList();
  }

  /** Size of all segment files, including what is allocated and not used yet. */
  public long bytes() {
    return segments.stream().mapToLong(LogSegment::capacity).sum();
  }

  /** Size of what a start reads: the segment that holds the checkpoint, and all after it. */
  public long bytesToReplay(Lsn checkpoint) {
    long bytes = 0;
    for (LogSegment segment : segments.reversed()) {
      bytes += segment.capacity();
      if (segment.firstLsn() <= checkpoint.value()) {
        break;
      }
    }
    return bytes;
  }

  /** How the forces went since the log was opened. */
  public ForceStats forceStats() {
    return forceTimes.stats();
  }

  /**
   * Reads durable records from {@code from} on; that one need not exist yet. The file is opened by
   * the first {@link LogReader#next} that finds something durable.
   *
   * @throws IllegalArgumentException when the log starts after {@code from}
   */
  public LogReader reader(Lsn from) throws IOException {
    return new LogReader(this, Math.max(1, from.value()), false);
  }

  /** The same, leaving out records that cannot be read any more. */
  public LogReader readerOverGaps(Lsn from) throws IOException {
    return new LogReader(this, Math.max(1, from.value()), true);
  }

  /**
   * Forces what was appended, and notes that the log ended in order, so that later damage to any of
   * it is recognised. Readers may go on. Does nothing the second time. Writer thread only.
   */
  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    try {
      if (failure == null) {
        forceAndMark();
      }
    } finally {
      closed = true;
      closeFiles();
    }
  }

  DurablePoint durablePoint() {
    return durable;
  }

  FrameCursor open(LogSegment segment) throws IOException {
    return new FrameCursor(directory.open(segment.name()), segment);
  }

  /**
   * The first LSN that is not in this segment any more; the largest value for the newest.
   *
   * @throws IllegalArgumentException when it was deleted meanwhile
   */
  long endLsn(LogSegment segment) {
    List<LogSegment> all = segments;
    if (segment.firstLsn() < all.getFirst().firstLsn()) {
      throw tooEarly(all, segment.firstLsn());
    }
    for (int i = all.size() - 2; i >= 0; i--) {
      if (all.get(i) == segment) {
        return all.get(i + 1).firstLsn();
      }
    }
    return Long.MAX_VALUE;
  }

  /** The segment that holds a record, or will hold it. */
  LogSegment segmentHolding(long lsn) {
    List<LogSegment> all = segments;
    for (int i = all.size() - 1; i >= 0; i--) {
      if (all.get(i).firstLsn() <= lsn) {
        return all.get(i);
      }
    }
    throw tooEarly(all, lsn);
  }

  private static IllegalArgumentException tooEarly(List<LogSegment> all, long lsn) {
    return new IllegalArgumentException(
        "the log starts at LSN " + all.getFirst().firstLsn() + ", asked for " + lsn);
  }

  /**
   * Goes on in a new segment, after forcing the old one: only the last may end in an open batch.
   */
  private void roll(long frameBytes) throws IOException {
    byte[] context = segmentContext.get();
    long minBytes = SegmentHeaderV1.bytesFor(context) + frameBytes;
    try {
      supply.reserve(minBytes);
    } catch (IOException e) {
      throw new LogFullException(Math.max(settings.segmentBytes(), minBytes), e);
    }
    force();
    try {
      List<LogSegment> all = new ArrayList<>(segments);
      long previousFirst = all.getLast().firstLsn();
      if (previousFirst > lastLsn) {
        // Still without records, and too small for this one: the new segment takes its name.
        previousFirst = all.removeLast().header().previousFirst();
      }
      SegmentSupply.Placed next = place(supply, lastLsn + 1, previousFirst, frameBytes, context);
      writer.switchTo(next);
      all.add(next.segment());
      segments = List.copyOf(all);
      durable = new DurablePoint(next.segment(), writer.position(), lastLsn);
      spareRequested = false;
    } catch (IOException | RuntimeException e) {
      throw failed(e);
    }
  }

  private static SegmentSupply.Placed place(
      SegmentSupply supply, long firstLsn, long previousFirst, long frameBytes, byte[] context)
      throws IOException {
    long capacity = supply.reserve(SegmentHeaderV1.bytesFor(context) + frameBytes);
    return supply.place(new SegmentHeaderV1(capacity, firstLsn, previousFirst, context));
  }

  private void closeFiles() throws IOException {
    try {
      supply.close();
    } finally {
      writer.close();
    }
  }

  private void forceAndMark() throws IOException {
    force();
    if (!endsWithMark && writer.fits(RecordCodecV1.HEADER_BYTES)) {
      writer.mark(lastLsn);
      writer.force();
    }
  }

  private void checkUsable() throws IOException {
    if (closed) {
      throw new IOException("the log is closed");
    }
    Throwable cause = failure;
    if (cause != null) {
      throw new IOException(
          "the log failed and has to be opened again: " + cause.getMessage(), cause);
    }
  }

  private IOException failed(Exception cause) {
    failure = cause;
    return new IOException(
        "writing the log failed; restart the node to use it again: " + cause.getMessage(), cause);
  }
}
