package dev.meridian.document;

import dev.meridian.clock.VersionId;
import dev.meridian.document.StoredDocument.Heads;
import java.util.List;

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
   */
  public static StoredDocument resolve(
      List<Change> heads, List<Change> plain, ConflictSettings settings) {
    Change winner = winner(plain, settings);
    Revision revision = revision(heads, plain, settings);
    int siblings = settings.policy() == ConflictSettings.Policy.SIBLINGS ? plain.size() : 1;
    Heads all = new Heads(heads, revision, siblings);
    if (winner.isTombstone()) {
      return new StoredDocument.Tombstone(winner, all);
    }
    return winner.isWithheld()
        ? new StoredDocument.Withheld(winner)
        : new StoredDocument.LiveDocument(winner, winner.body(), all);
  }
}
