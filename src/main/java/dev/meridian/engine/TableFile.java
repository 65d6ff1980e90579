package dev.meridian.engine;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.Lsn;
import java.util.List;

/**
 * What the manifest says of a table.
 *
 * @param name of the table; its files start with it
 * @param entries how many versions it holds
 * @param rawBytes of keys and values, before compression
 * @param latest the highest timestamp in it: a version above it needs no look into the table
 * @param log the part of the log whose changes are in it, less what no one may read any more
 * @param parts its files
 */
public record TableFile(
    String name, long entries, long rawBytes, HlcTimestamp latest, LogRange log, List<Part> parts) {

  /** The most files of one table: room for a terabyte. */
  static final int MAX_PARTS = 4096;

  /**
   * Records of the log, both ends included.
   *
   * @param first {@link Lsn#NONE} when nothing is known
   */
  public record LogRange(Lsn first, Lsn last) {

    /** Of a table that did not come from this log. */
    public static final LogRange UNKNOWN = new LogRange(Lsn.NONE, Lsn.NONE);

    /** Whether the log can give all of it again. */
    boolean isKnown() {
      return !first.equals(Lsn.NONE);
    }

    /** From the beginning of this to the end of a later one. */
    LogRange through(LogRange later) {
      return new LogRange(first, later.last);
    }
  }

  /**
   * One file.
   *
   * @param modifiedMillis its time of change; when size and time are as recorded, its checksums
   *     need not be computed again at start
   * @param crcs CRC32C of each {@link #CHUNK_BYTES} of it
   */
  public record Part(String name, long bytes, long modifiedMillis, List<Integer> crcs) {

    /** Damage is located this closely. */
    public static final int CHUNK_BYTES = 1 << 20;

    public Part {
      crcs = List.copyOf(crcs);
    }
  }

  public TableFile {
    parts = List.copyOf(parts);
  }

  public long bytes() {
    return parts.stream().mapToLong(Part::bytes).sum();
  }

  /** The same table, said to hold this part of the log. */
  TableFile covering(LogRange range) {
    return new TableFile(name, entries, rawBytes, latest, range, parts);
  }
}
