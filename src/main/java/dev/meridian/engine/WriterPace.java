package dev.meridian.engine;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.Lsn;
import dev.meridian.env.WallClock;
import dev.meridian.env.Worker.Next;
import java.time.Duration;

/**
 * Hands full memtables to the checkpointer and keeps the writer from getting too far ahead of it:
 * while the one before is being written, it is slowed, the more the fuller the new one is, and
 * waits when that is full. So writes fall to the speed of the disk smoothly instead of filling the
 * heap or stopping at a cliff. Writer only, but for the figures.
 */
final class WriterPace {

  /** The longest pause between two batches while the new memtable fills. */
  private static final long MAX_PAUSE_MILLIS = 8;

  private final EngineState state;
  private final long memtableBytes;
  private final Checkpointer checkpointer;
  private final WallClock clock;
  private boolean flushAsked;
  private boolean stalled;
  private boolean waiting;
  private long waitingSinceNanos;
  private volatile long stalls;
  private volatile long waitedNanos;

  /**
   * @param memtableBytes at which a memtable is full
   */
  WriterPace(EngineState state, long memtableBytes, Checkpointer checkpointer, WallClock clock) {
    this.state = state;
    this.memtableBytes = memtableBytes;
    this.checkpointer = checkpointer;
    this.clock = clock;
  }

  /** The memtable shall go soon, whatever its size. */
  void flush() {
    flushAsked = true;
  }

  /**
   * Hands the memtable over if it is to go and the one before is written. To be called when all
   * that was appended is applied.
   *
   * @param upTo the last record that is applied
   */
  void handOver(Lsn upTo, HlcTimestamp clockFloor) {
    boolean due = fill() >= 1 || flushAsked && state.view().active().size() > 0;
    flushAsked = due && !checkpointer.freeze(upTo, clockFloor);
  }

  /** True when no more may be written until the checkpointer wakes the writer. */
  @SuppressWarnings("NonAtomicOperationOnVolatileField") // one writer
  boolean holdsBack() {
    endWait();
    boolean held = fill() >= 1 && checkpointer.isWriting();
    if (held && !stalled) {
      stalls++;
    }
    stalled = held;
    if (held) {
      beginWait();
    }
    return held;
  }

  /** When the next batch may be taken. */
  Next afterBatch() {
    double fill = fill();
    long pauseMillis = fill < 1 ? Math.round((fill - 0.5) * 2 * MAX_PAUSE_MILLIS) : 0;
    if (pauseMillis <= 0 || !checkpointer.isWriting()) {
      return Next.AGAIN;
    }
    beginWait();
    return new Next.Pause(Duration.ofMillis(pauseMillis));
  }

  private void beginWait() {
    waiting = true;
    waitingSinceNanos = clock.nanos();
  }

  @SuppressWarnings("NonAtomicOperationOnVolatileField") // one writer
  private void endWait() {
    if (waiting) {
      waiting = false;
      waitedNanos += clock.nanos() - waitingSinceNanos;
    }
  }

  private double fill() {
    return (double) state.view().active().bytes() / memtableBytes;
  }

  /** How often the writer had to wait for a table. Any thread. */
  long stalls() {
    return stalls;
  }

  /** How long the writer waited and paused, in sum. Any thread. */
  long waitedMillis() {
    return waitedNanos / 1_000_000;
  }
}
