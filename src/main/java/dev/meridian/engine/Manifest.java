package dev.meridian.engine;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.Lsn;
import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionVector;
import java.util.List;

/**
 * What a region's data directory holds: the one truth about which tables count. Everything up to
 * {@code checkpoint} is in its tables; the log after it holds the rest.
 *
 * @param region whose data it is
 * @param tableNumber the number of the newest table ever named; names are never used again
 * @param checkpoint the last log record whose effect is in the tables
 * @param vector what was applied at the checkpoint
 * @param clockFloor no timestamp was issued above it before the checkpoint
 * @param tables oldest first
 * @param collections their counts at the checkpoint
 */
public record Manifest(
    ReplicaId region,
    long tableNumber,
    Lsn checkpoint,
    VersionVector vector,
    HlcTimestamp clockFloor,
    List<TableFile> tables,
    List<CollectionState> collections) {

  public Manifest {
    tables = List.copyOf(tables);
    collections = List.copyOf(collections);
  }

  static Manifest empty(ReplicaId region) {
    return new Manifest(
        region, 0, Lsn.NONE, VersionVector.EMPTY, HlcTimestamp.ZERO, List.of(), List.of());
  }
}
