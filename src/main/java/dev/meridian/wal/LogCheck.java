package dev.meridian.wal;

import dev.meridian.clock.Lsn;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;

/** Reads a log from end to end and changes nothing. For one that no node has open. */
public final class LogCheck {

  private LogCheck() {}

  /**
   * What there is.
   *
   * @param segments how many
   * @param bytes of their files
   * @param first record; {@link Lsn#NONE} in an empty log
   * @param last record that can be read
   * @param torn whether a batch follows that was never forced: no damage
   */
  public record Report(int segments, long bytes, Lsn first, Lsn last, boolean torn) {}

  /**
   * Checks every frame of every segment.
   *
   * @param records gets each record
   * @param gaps is told of records that cannot be read; may throw to end the check
   * @throws LogDamagedException when a segment is missing or its header cannot be read
   */
  public static Report check(LogDirectory directory, Consumer<LogRecord> records, GapPolicy gaps)
      throws IOException {
    List<String> names = directory.list().stream().filter(LogSegment::isName).sorted().toList();
    if (names.isEmpty()) {
      return new Report(0, 0, Lsn.NONE, Lsn.NONE, false);
    }
    long first = Long.parseLong(names.getFirst().substring(0, 20));
    LogRecovery.Recovered found =
        new LogRecovery(directory, first - 1, records, gaps, false).recover(names);
    found.file().close();
    return new Report(
        names.size(),
        found.segments().stream().mapToLong(LogSegment::capacity).sum(),
        new Lsn(first),
        new Lsn(found.lastLsn()),
        found.torn());
  }
}
