package dev.meridian.document;

import java.util.List;
import java.util.Optional;

/** What must hold of the current document for a write to happen (RFC 9110, section 13). */
public sealed interface Precondition {

  /** Nothing is asked. */
  Precondition NONE = new None();

  /**
   * @param current the revision of the live document; empty when there is none or it is deleted
   */
  boolean holds(Optional<Revision> current);

  /** Always holds. */
  record None() implements Precondition {
    @Override
    public boolean holds(Optional<Revision> current) {
      return true;
    }
  }

  /** {@code If-None-Match: *}: there is no live document. */
  record Absent() implements Precondition {
    @Override
    public boolean holds(Optional<Revision> current) {
      return current.isEmpty();
    }
  }

  /** {@code If-Match: *}: there is a live document. */
  record Present() implements Precondition {
    @Override
    public boolean holds(Optional<Revision> current) {
      return current.isPresent();
    }
  }

  /** {@code If-Match}: the live document has one of these revisions. */
  record AnyOf(List<Revision> revisions) implements Precondition {
    @Override
    public boolean holds(Optional<Revision> current) {
      return current.isPresent() && revisions.contains(current.get());
    }
  }

  /** {@code If-None-Match}: the live document, if any, has none of these revisions. */
  record NoneOf(List<Revision> revisions) implements Precondition {
    @Override
    public boolean holds(Optional<Revision> current) {
      return current.isEmpty() || !revisions.contains(current.get());
    }
  }

  /**
   * The writer ends a conflict: these are all the versions that stand side by side now, deletions
   * included, or the only one. The store compares them all; of a live document's revision this asks
   * that it names no other.
   */
  record Resolves(Revision heads) implements Precondition {
    @Override
    public boolean holds(Optional<Revision> current) {
      return current.isEmpty() || heads.versions().containsAll(current.get().versions());
    }
  }

  /** Both hold. */
  record Both(Precondition first, Precondition second) implements Precondition {
    @Override
    public boolean holds(Optional<Revision> current) {
      return first.holds(current) && second.holds(current);
    }
  }
}
