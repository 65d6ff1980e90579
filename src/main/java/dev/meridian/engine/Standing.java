package dev.meridian.engine;

import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionId;
import dev.meridian.clock.VersionVector;
import dev.meridian.document.Change;
import dev.meridian.document.ChangeKind;
import dev.meridian.document.ConflictResolver;
import dev.meridian.document.ConflictSettings;
import dev.meridian.document.Lineage;
import dev.meridian.document.Revision;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * How a document stands: which of its versions no other one has seen.
 *
 * @param heads highest first; none when there is no such document
 * @param plain the versions that say what it is besides its CRDT fields, highest first. With a
 *     single head that is an operation they are behind it, and this is the operation. After a drop
 *     that took away what it was done on, a deletion that it has seen, or none: then there is no
 *     document
 * @param base the highest write that all of {@code plain} come from, if there are several
 */
record Standing(List<Change> heads, List<Change> plain, Optional<VersionId> base) {

  static final Standing NONE = new Standing(List.of(), List.of(), Optional.empty());

  /** How a document stands that has these versions. */
  static Standing of(Lineage lineage) {
    List<Change> plain = lineage.plain();
    return new Standing(
        lineage.heads(),
        plain,
        plain.size() > 1 ? lineage.base(plain).map(Change::version) : Optional.empty());
  }

  /**
   * The same after an operation that has seen all that the document is besides its fields, which
   * therefore collides with nothing. Empty for any other change, and where it takes more to tell.
   */
  Optional<Standing> withOperation(Change change) {
    boolean simple =
        change.kind() == ChangeKind.OPERATIONS
            && plain.stream()
                .allMatch(each -> each.kind() != ChangeKind.OPERATIONS && change.covers(each))
            && heads.stream().allMatch(each -> change.context().get(each.dot().origin()) > 0);
    if (!simple || !exists()) {
      return Optional.empty();
    }
    List<Change> now = new ArrayList<>(List.of(change));
    heads.stream().filter(head -> !change.covers(head)).forEach(now::add);
    now.sort(Comparator.comparing(Change::version).reversed());
    return Optional.of(new Standing(List.copyOf(now), plain, base));
  }

  static Standing of(Change only) {
    List<Change> alone = List.of(only);
    return new Standing(alone, alone, Optional.empty());
  }

  /**
   * How something stands of whose versions a drop has left no document, but an operation on it.
   *
   * @param deletion that the operation has seen, if there is one
   */
  static Standing ofBare(Change operation, Optional<Change> deletion) {
    return new Standing(List.of(operation), deletion.stream().toList(), Optional.empty());
  }

  static Standing of(Optional<Change> newest) {
    return newest.map(Standing::of).orElse(NONE);
  }

  boolean exists() {
    return !plain.isEmpty();
  }

  boolean isConflicted() {
    return heads.size() > 1 || plain.size() > 1;
  }

  /** The version that is shown. */
  Optional<Change> winner(ConflictSettings settings) {
    return exists() ? Optional.of(ConflictResolver.winner(plain, settings)) : Optional.empty();
  }

  boolean isLive(ConflictSettings settings) {
    return exists() && !ConflictResolver.winner(plain, settings).isTombstone();
  }

  /** What a client has to name to write over exactly this; empty when there is nothing alive. */
  Optional<Revision> revision(ConflictSettings settings) {
    return isLive(settings)
        ? Optional.of(ConflictResolver.revision(heads, plain, settings))
        : Optional.empty();
  }

  /**
   * What a version that replaces this has seen. Regions that left are dropped, unless they wrote
   * what is replaced: whoever has that has what it had seen.
   *
   * @param members the regions there are
   */
  VersionVector seen(Set<ReplicaId> members) {
    if (heads.size() == 1 && isOfMembers(heads.getFirst().context(), members)) {
      return heads.getFirst().vector();
    }
    VersionVector seen = VersionVector.EMPTY;
    for (Change head : heads) {
      seen = seen.merge(head.context());
    }
    seen = seen.only(members);
    for (Change head : heads) {
      seen = seen.with(head.dot());
    }
    return seen;
  }

  private static boolean isOfMembers(VersionVector vector, Set<ReplicaId> members) {
    boolean[] all = {true};
    vector.forEach((origin, sequence) -> all[0] &= members.contains(origin));
    return all[0];
  }
}
