package dev.meridian.engine;

import dev.meridian.clock.Lsn;
import dev.meridian.env.Threads;
import dev.meridian.env.WallClock;
import dev.meridian.env.Worker.Next;
import dev.meridian.wal.LogDamagedException;
import dev.meridian.wal.LogReader;
import dev.meridian.wal.LogRecord;
import dev.meridian.wal.WriteAheadLog;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Verifies every checksum at rest, tables first and then the log, in the background: so decay is
 * found while there is another copy, and not when the data is asked for. One run at a time; reads
 * at a bounded speed and yields to writes.
 */
final class Scrub {

  private static final System.Logger LOG = System.getLogger(Scrub.class.getName());

  /** Bytes between two looks at whether to stop, yield or slow down. */
  private static final long PIECE_BYTES = 1 << 20;

  /** At most a piece in so many milliseconds: 250 MB/s. */
  private static final Duration PIECE_PAUSE = Duration.ofMillis(4);

  private static final Duration YIELD = Duration.ofMillis(20);

  private final EngineState state;
  private final TableStore store;
  private final WriteAheadLog log;
  private final Damages damages;
  private final TableMaintenance maintenance;
  private final BooleanSupplier writersWait;
  private final WallClock clock;
  private final Threads threads;
  private ScrubStats stats = ScrubStats.NEVER;
  private boolean stopped;
  private long untilPause = PIECE_BYTES;

  /** Ends a run when the engine stops. */
  private static final class Stopped extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  Scrub(
      EngineState state,
      TableStore store,
      WriteAheadLog log,
      Damages damages,
      TableMaintenance maintenance,
      BooleanSupplier writersWait,
      WallClock clock,
      Threads threads) {
    this.state = state;
    this.store = store;
    this.log = log;
    this.damages = damages;
    this.maintenance = maintenance;
    this.writersWait = writersWait;
    this.clock = clock;
    this.threads = threads;
  }

  /** Starts a run unless one is under way. */
  synchronized void start() {
    if (stats.running() || stopped) {
      return;
    }
    long tables = state.view().tables().stream().mapToLong(table -> table.file().bytes()).sum();
    stats = new ScrubStats(true, clock.millis(), 0, 0, tables + log.bytes(), 0, "");
    Iterator<Table> left = state.view().tables().iterator();
    threads.worker("meridian-scrub").start(() -> step(left));
  }

  synchronized void stop() {
    stopped = true;
  }

  synchronized ScrubStats stats() {
    return stats;
  }

  /** Verifies a table, or in the end the log. */
  private Next step(Iterator<Table> left) {
    try {
      checkStopped();
      if (left.hasNext()) {
        verify(left.next());
        return Next.AGAIN;
      }
      verifyLog();
      finish("");
    } catch (Stopped end) {
      finish("the node stopped");
    } catch (IOException | RuntimeException failed) {
      LOG.log(System.Logger.Level.ERROR, "event=scrub-failed", failed);
      finish(failed.toString());
    }
    return Next.END;
  }

  private synchronized void finish(String failure) {
    stats =
        new ScrubStats(
            false,
            stats.startedMillis(),
            clock.millis(),
            failure.isEmpty() ? stats.totalBytes() : stats.doneBytes(),
            stats.totalBytes(),
            stats.damaged(),
            failure);
    LOG.log(
        System.Logger.Level.INFO,
        "event=scrub bytes={0} damaged={1}",
        Long.toString(stats.doneBytes()),
        Integer.toString(stats.damaged()));
  }

  private void verify(Table table) throws IOException {
    try {
      store.verify(table.file(), this::progress);
    } catch (DamagedFileException damage) {
      if (stillCounts(table)) {
        damages.found(table.file().name(), damage);
        maintenance.rebuild(table.file().name());
        countDamaged();
      }
    } catch (IOException gone) {
      if (stillCounts(table)) {
        throw gone;
      }
    }
  }

  /** Else it was merged away, and its files with it. */
  private boolean stillCounts(Table table) {
    return state.view().tables().contains(table);
  }

  /** Reads every record; the reader checks each. */
  private void verifyLog() throws IOException {
    Lsn end = log.durableLsn();
    Lsn last = Lsn.NONE;
    try (LogReader reader = log.reader(log.segments().getFirst().firstLsn())) {
      while (last.compareTo(end) < 0) {
        Optional<LogRecord> record = reader.next();
        if (record.isEmpty()) {
          return;
        }
        last = record.get().lsn();
        progress(record.get().length());
      }
    } catch (IllegalArgumentException trimmed) {
      verifyLog(); // what was next is gone: begins with what is left
    } catch (LogDamagedException damaged) {
      DamagedFileException found =
          new DamagedFileException(Path.of(damaged.file()), damaged.offset(), damaged.getMessage());
      damages.found("log after record " + last, found);
      damages.state("log after record " + last, Damage.State.UNREPAIRED);
      countDamaged();
    }
  }

  private synchronized void countDamaged() {
    stats =
        new ScrubStats(
            true,
            stats.startedMillis(),
            0,
            stats.doneBytes(),
            stats.totalBytes(),
            stats.damaged() + 1,
            "");
  }

  private void progress(long bytes) {
    count(bytes);
    untilPause -= bytes;
    if (untilPause <= 0) {
      untilPause = PIECE_BYTES;
      threads.pause(writersWait.getAsBoolean() ? YIELD : PIECE_PAUSE);
      checkStopped();
    }
  }

  private synchronized void count(long bytes) {
    stats =
        new ScrubStats(
            true,
            stats.startedMillis(),
            0,
            Math.min(stats.totalBytes(), stats.doneBytes() + bytes),
            stats.totalBytes(),
            stats.damaged(),
            "");
  }

  private synchronized void checkStopped() {
    if (stopped) {
      throw new Stopped();
    }
  }
}
