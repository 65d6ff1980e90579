package dev.meridian.engine;

import dev.meridian.clock.Lsn;
import dev.meridian.clock.ReplicaId;
import dev.meridian.wal.SegmentInfo;
import dev.meridian.wal.WriteAheadLog;
import java.io.IOException;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Lets go of the oldest part of the log: what tables have need not stay in it for ever. What this
 * region made and no peer has heard stays, however large the log becomes: nobody else could ever
 * get it. Writer thread only, but for {@link #heardBy}.
 */
final class LogTrim {

  private static final System.Logger LOG = System.getLogger(LogTrim.class.getName());

  private final ReplicaId self;
  private final WriteAheadLog log;
  private final long keepBytes;
  private volatile LongSupplier heard = () -> Long.MAX_VALUE;
  private Lsn lookedAt = Lsn.NONE;

  /**
   * @param keepBytes the size of the log that is aimed at
   */
  LogTrim(ReplicaId self, WriteAheadLog log, long keepBytes) {
    this.self = self;
    this.log = log;
    this.keepBytes = keepBytes;
  }

  /** Who tells up to which sequence some peer has what this region made. */
  void heardBy(LongSupplier peers) {
    heard = peers;
  }

  /**
   * Looks once for each checkpoint.
   *
   * @param checkpoint tables have all up to here
   */
  void step(Lsn checkpoint) {
    if (checkpoint.equals(lookedAt)) {
      return;
    }
    lookedAt = checkpoint;
    try {
      int segments = log.trim(keepBytes, min(checkpoint, heardUpTo()));
      if (segments > 0) {
        LOG.log(
            System.Logger.Level.INFO,
            "event=log-trimmed segments={0} bytes={1}",
            Integer.toString(segments),
            Long.toString(log.bytes()));
      }
    } catch (IOException stays) {
      LOG.log(System.Logger.Level.WARNING, "event=log-not-trimmed " + stays);
    }
  }

  /** Before the newest segment that begins with nothing unheard before it. */
  private Lsn heardUpTo() {
    long known = heard.getAsLong();
    List<SegmentInfo> segments = log.segments();
    for (SegmentInfo segment : segments.reversed()) {
      if (LogFeed.vector(segment).get(self) <= known) {
        return new Lsn(segment.firstLsn().value() - 1);
      }
    }
    return Lsn.NONE;
  }

  private static Lsn min(Lsn one, Lsn other) {
    return one.compareTo(other) <= 0 ? one : other;
  }
}
