package dev.meridian.document;

import dev.meridian.clock.ReplicaId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * How versions of one document descend from each other: which none of the others has seen, where
 * they collided, and what they have in common.
 *
 * <p>A version descends from what its writer had seen (its context). In the order of their ids
 * every version comes after those it descends from. Versions that collided, directly or through
 * others, stand together in that order, and between two such groups everything is in sequence. So
 * the groups follow from the set of versions alone, whatever the order in which they came.
 *
 * <p>Operations on CRDT fields collide with nothing but deletions.
 *
 * <p>Immutable. Costs up to the square of the number of versions.
 */
public final class Lineage {

  private static final Comparator<Change> LOWEST_FIRST = Comparator.comparing(Change::version);

  private final List<Change> versions;

  /**
   * Versions that collided.
   *
   * @param versions those of the group that no other one of it has seen, highest first
   * @param lowest of all in the group: what it is called by
   * @param before the version before the group, if one is known
   * @param after the first version after the group, which has seen all of it, if there is one: a
   *     write or a deletion, or an operation where the document is one besides its fields
   */
  public record Collision(
      List<Change> versions, Change lowest, Optional<Change> before, Optional<Change> after) {}

  /**
   * @param versions each once, in any order
   */
  public Lineage(Collection<Change> versions) {
    this.versions = versions.stream().sorted(LOWEST_FIRST).toList();
  }

  /** All that are looked at, lowest first. */
  public List<Change> versions() {
    return versions;
  }

  /** The versions that no other one has seen, highest first. */
  public List<Change> heads() {
    return maximal(versions);
  }

  /**
   * The versions that say what the document is besides its CRDT fields, highest first: writes and
   * deletions that no other such has seen. An operation that a deletion has not seen keeps what it
   * was done on.
   */
  public List<Change> plain() {
    List<Change> writes = versions.stream().filter(each -> !isOperation(each)).toList();
    List<Change> plain = new ArrayList<>(maximal(writes));
    if (plain.stream().allMatch(Change::isTombstone)) {
      for (Change version : versions) {
        if (isOperation(version) && plain.stream().noneMatch(each -> isSeenBy(version, each))) {
          List<Change> kept = maximal(writes.stream().filter(w -> isSeenBy(w, version)).toList());
          kept.stream().filter(each -> !plain.contains(each)).forEach(plain::add);
        }
      }
      plain.sort(LOWEST_FIRST.reversed());
    }
    return plain;
  }

  /** The highest write that all of these have seen. */
  public Optional<Change> base(List<Change> of) {
    for (int i = versions.size() - 1; i >= 0; i--) {
      Change version = versions.get(i);
      if (!isOperation(version) && of.stream().allMatch(each -> isSeenBy(version, each))) {
        return Optional.of(version);
      }
    }
    return Optional.empty();
  }

  /** Where versions collided, the latest first. */
  public List<Collision> collisions() {
    List<Change> relevant = versions.stream().filter(this::canCollide).toList();
    List<Collision> found = new ArrayList<>();
    int end = relevant.size() - 1;
    while (end >= 0) {
      int start = start(relevant, end);
      if (start < end) {
        found.add(collision(relevant, start, end));
      }
      end = start - 1;
    }
    return found;
  }

  /** Where the group begins that the version at {@code end} is the last of. */
  private int start(List<Change> relevant, int end) {
    int start = end;
    for (int i = end; i >= start; i--) {
      for (int j = 0; j < start; j++) {
        if (!isSeenBy(relevant.get(j), relevant.get(i))) {
          start = j;
        }
      }
    }
    return start;
  }

  private Collision collision(List<Change> relevant, int start, int end) {
    List<Change> collided = maximal(relevant.subList(start, end + 1));
    return new Collision(
        collided,
        relevant.get(start),
        start > 0 ? Optional.of(relevant.get(start - 1)) : Optional.empty(),
        after(
            collided,
            end + 1 < relevant.size() ? Optional.of(relevant.get(end + 1)) : Optional.empty()));
  }

  /**
   * @param next the version after the group among those that can collide
   */
  private Optional<Change> after(List<Change> collided, Optional<Change> next) {
    int last = versions.indexOf(collided.getFirst());
    Optional<Change> operation =
        versions.subList(last + 1, next.map(versions::indexOf).orElse(versions.size())).stream()
            .filter(each -> collided.stream().allMatch(other -> isSeenBy(other, each)))
            .findFirst();
    boolean ends =
        operation.isPresent() && new Lineage(versions.subList(0, last + 1)).plain().size() <= 1;
    return ends ? operation : next;
  }

  private boolean canCollide(Change version) {
    return !isOperation(version)
        || versions.stream()
            .anyMatch(
                other ->
                    other.isTombstone() && !isSeenBy(version, other) && !isSeenBy(other, version));
  }

  /** Of these those that no other of them has seen, highest first. */
  private List<Change> maximal(List<Change> of) {
    List<Change> maximal = new ArrayList<>();
    for (int i = of.size() - 1; i >= 0; i--) {
      Change version = of.get(i);
      if (maximal.stream().noneMatch(each -> isSeenBy(version, each))) {
        maximal.add(version);
      }
    }
    return maximal;
  }

  private boolean isSeenBy(Change version, Change later) {
    return later.covers(version) || isForgotten(version, later);
  }

  /**
   * A region that left is dropped from contexts, but for the versions directly replaced: then the
   * version was seen if one that was seen has seen it.
   */
  private boolean isForgotten(Change version, Change later) {
    ReplicaId origin = version.dot().origin();
    if (later.context().size() == 0 || later.context().get(origin) != 0) {
      return false;
    }
    return versions.stream().anyMatch(each -> later.covers(each) && each.covers(version));
  }

  private static boolean isOperation(Change change) {
    return change.kind() == ChangeKind.OPERATIONS;
  }
}
