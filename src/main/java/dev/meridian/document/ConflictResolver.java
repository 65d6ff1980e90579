package dev.meridian.document;

import dev.meridian.clock.VersionId;
import dev.meridian.document.StoredDocument.Heads;
import java.util.List;
import java.util.Optional;

/**
 * What a document is when several of its versions stand side by side. The same in every region that
 * has the same versions and settings: nothing but those counts.
 */
public final class ConflictResolver {

  private ConflictResolver() {}

  /**
   * The version that is shown, or that others are merged into.
   *
   * @param plain highest first, at least one
   */
  public static Change winner(List<Change> plain, ConflictSettings settings) {
    if (plain.size() == 1) {
      return plain.getFirst();
    }
    boolean dead =
        settings.deleteWins()
            ? plain.stream().anyMatch(Change::isTombstone)
            : plain.stream().allMatch(Change::isTombstone);
    return plain.stream()
        .filter(each -> each.isTombstone() == dead)
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no versions"));
  }

  /**
   * What names the document's state. With {@code lww} only the version shown matters; else all that
   * stand side by side do, since each of them shows.
   *
   * @param heads highest first
   * @param plain the writes and deletions among them or behind them, highest first
   */
  public static Revision revision(
      List<Change> heads, List<Change> plain, ConflictSettings settings) {
    boolean one =
        settings.policy() == ConflictSettings.Policy.LWW
            && heads.stream().allMatch(each -> each.kind() != ChangeKind.OPERATIONS);
    List<VersionId> versions =
        one
            ? List.of(winner(plain, settings).version())
            : heads.stream().map(Change::version).toList();
    return new Revision(versions);
  }

  /**
   * The document, without what its CRDT fields hold.
   *
   * @param heads highest first
   * @param plain the writes and deletions among them or behind them, highest first
   * @param base the write that all of {@code plain} come from; empty if there is none, or it is not
   *     kept
   */
  public static StoredDocument resolve(
      List<Change> heads, List<Change> plain, Optional<Change> base, ConflictSettings settings) {
    Change winner = winner(plain, settings);
    Revision revision = revision(heads, plain, settings);
    List<Change> live = plain.stream().filter(each -> !each.isTombstone()).toList();
    boolean merge = settings.policy() == ConflictSettings.Policy.MERGE && live.size() > 1;
    if (merge && !winner.isTombstone() && live.stream().noneMatch(Change::isWithheld)) {
      ThreeWayMerge.Merged merged = merge(live, base, settings);
      return new StoredDocument.LiveDocument(
          winner,
          merged.document().toBytes(),
          new Heads(heads, revision, merged.undecided() ? live.size() : 1));
    }
    boolean open = settings.policy() == ConflictSettings.Policy.SIBLINGS && !live.isEmpty();
    int siblings = open ? plain.size() : 1; // deletions alone agree
    Heads all = new Heads(heads, revision, siblings);
    if (winner.isTombstone()) {
      return new StoredDocument.Tombstone(winner, all);
    }
    return winner.isWithheld()
        ? new StoredDocument.Withheld(winner)
        : new StoredDocument.LiveDocument(winner, winner.body(), all);
  }

  /**
   * What live versions become, field by field.
   *
   * @param base as for {@link #resolve}; a deletion counts as nothing
   */
  public static ThreeWayMerge.Merged merge(
      List<Change> live, Optional<Change> base, ConflictSettings settings) {
    return ThreeWayMerge.merge(
        base.filter(each -> !each.isTombstone() && !each.isWithheld()).map(ConflictResolver::json),
        live.stream().map(each -> new ThreeWayMerge.Side(each.version(), json(each))).toList(),
        settings);
  }

  private static JsonValue.JsonObject json(Change change) {
    return (JsonValue.JsonObject) JsonValue.parse(change.body());
  }
}
