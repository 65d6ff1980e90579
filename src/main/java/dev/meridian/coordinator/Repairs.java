package dev.meridian.coordinator;

import dev.meridian.document.Bytes;
import dev.meridian.document.CollectionName;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Compares this region's data with that of its peers, and mends both. Any thread; waits for
 * nothing. Fails with {@code peer-not-found} for a region that is no peer.
 */
public interface Repairs {

  /**
   * Starts a repair, unless one is under way.
   *
   * @param peer with whom; empty for all
   * @param look both look through their own data first
   * @param reason who or what asked for it
   */
  RepairStatus start(Optional<String> peer, boolean look, String reason);

  /** The one that is under way, or the last one, with those before it. */
  RepairStatus status();

  /** Ends what is under way; what was mended stays. */
  void cancel(Optional<String> peer);

  /** Starts to prove that all regions hold the same data; says how far that is. */
  ProofStatus prove();

  /** The proof under way, or the last one. */
  ProofStatus proof();

  /**
   * The hash trees of a collection here and in a peer as they are; asks the peer. Mends nothing.
   */
  CompletionStage<Trees> compare(String peer, CollectionName collection);

  /**
   * Two hash trees side by side.
   *
   * @param ours live documents here
   * @param theirs live documents there
   * @param differing of the 256 parts, those that are not the same
   * @param documents the first that are not the same, by part
   */
  record Trees(
      long ours, long theirs, List<Integer> differing, Map<Integer, List<String>> documents) {}

  /**
   * A proof.
   *
   * @param state {@code running}, {@code done}, {@code failed} or {@code never}
   * @param asOf RFC 3339: the moment that was compared; empty when there is none
   * @param endedAt RFC 3339; empty while it runs
   * @param doing what is under way, for a person
   * @param detail why nothing was proved
   * @param json as it is served: compact, the signature last
   */
  record ProofStatus(
      String state,
      String asOf,
      String endedAt,
      String doing,
      String detail,
      List<String> regions,
      List<Proved> collections,
      Bytes json) {

    public boolean running() {
      return state.equals("running");
    }

    /** True when all was compared and is the same. */
    public boolean identical() {
      return state.equals("done") && collections.stream().allMatch(Proved::identical);
    }
  }

  /**
   * One collection.
   *
   * @param count documents in this region, deleted ones too
   * @param untold documents of which some region does not keep what they were
   * @param differing the first documents that are not the same
   */
  record Proved(String name, long count, long untold, List<Differs> differing) {
    public boolean identical() {
      return differing.isEmpty();
    }
  }

  /**
   * A document that is not the same everywhere.
   *
   * @param regions those that have it, each with what it hashes to there
   */
  record Differs(String id, Map<String, String> regions) {}
}
