package dev.meridian.repair;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.ReplicaId;
import dev.meridian.document.CollectionName;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Whether all regions hold the same data as of one moment.
 *
 * @param asOf the moment: all changes stamped up to it are in every region that was compared
 * @param startedMillis wall time
 * @param endedMillis wall time; 0 while it runs
 * @param doing what is under way, for a person
 * @param failure why nothing was proved
 * @param collections in the order of their names
 */
public record ProofReport(
    State state,
    HlcTimestamp asOf,
    List<ReplicaId> regions,
    long startedMillis,
    long endedMillis,
    String doing,
    Optional<String> failure,
    List<Compared> collections) {

  /** How far it is. */
  public enum State {
    RUNNING,
    DONE,
    FAILED
  }

  /**
   * One collection.
   *
   * @param count of its documents in this region, deleted ones too
   * @param checksums of it in each region, the same everywhere when nothing differs
   * @param untold of so many documents in some region it could not be told any more what they were;
   *     they are in no list, and where parts of the checksums differed, in none of those
   * @param differing the first documents that are not the same
   */
  public record Compared(
      CollectionName name,
      long count,
      Map<ReplicaId, Long> checksums,
      long untold,
      List<Differing> differing) {

    public boolean isIdentical() {
      return differing.isEmpty();
    }
  }

  /**
   * A document that is not the same everywhere.
   *
   * @param part of the 256 of the collection's hash tree
   * @param checksums in each region that has it
   */
  public record Differing(String id, int part, Map<ReplicaId, Long> checksums) {}

  /** True when all was compared and is the same. */
  public boolean isIdentical() {
    return state == State.DONE && collections.stream().allMatch(Compared::isIdentical);
  }
}
