package dev.meridian.repair;

import java.time.Duration;

/**
 * How data is compared and mended.
 *
 * @param askTimeout for one question
 * @param bytesPerSecond that one repair sends and receives at most
 * @param pageDocuments so many hashes of documents are told at a time
 * @param examineDocuments so many documents are looked at for one question
 * @param patience for a peer that is busy with this region already, or looks at its own data
 */
public record RepairSettings(
    Duration askTimeout,
    long bytesPerSecond,
    int pageDocuments,
    int examineDocuments,
    Duration patience) {

  public static RepairSettings defaults() {
    return new RepairSettings(
        Duration.ofSeconds(30), 32 << 20, 8_192, 262_144, Duration.ofMinutes(10));
  }

  public RepairSettings withBytesPerSecond(long bytes) {
    return new RepairSettings(askTimeout, bytes, pageDocuments, examineDocuments, patience);
  }

  /** For tests: small pages. */
  public RepairSettings withPages(int documents, int examine) {
    return new RepairSettings(askTimeout, bytesPerSecond, documents, examine, patience);
  }
}
