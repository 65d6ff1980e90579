package dev.meridian.engine;

import dev.meridian.clock.HlcTimestamp;
import java.util.List;

/**
 * What the manifest says of a table.
 *
 * @param name of the table; its files start with it
 * @param entries how many versions it holds
 * @param latest the highest timestamp in it: a version above it needs no look into the table
 * @param parts its files
 */
public record TableFile(String name, long entries, HlcTimestamp latest, List<Part> parts) {

  /** The most files of one table. */
  static final int MAX_PARTS = 8;

  /**
   * One file.
   *
   * @param modifiedMillis its time of change; when size and time are as recorded, its checksum need
   *     not be computed again at start
   * @param crc CRC32C of all its bytes
   */
  public record Part(String name, long bytes, long modifiedMillis, int crc) {}

  public TableFile {
    parts = List.copyOf(parts);
  }

  public long bytes() {
    return parts.stream().mapToLong(Part::bytes).sum();
  }
}
