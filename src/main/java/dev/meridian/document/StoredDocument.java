package dev.meridian.document;

import dev.meridian.clock.VersionId;
import dev.meridian.clock.VersionVector;
import java.util.List;

/** A document as stored: alive, here or elsewhere, or a tombstone. */
public sealed interface StoredDocument {

  /** The change that made the version which is shown; the highest one if several are. */
  Change change();

  /** All versions that none of the others has seen. */
  Heads heads();

  default VersionId version() {
    return change().version();
  }

  default Revision revision() {
    return heads().revision();
  }

  default DocumentId id() {
    return change().id();
  }

  /** One version as it is. An operation on CRDT fields is none by itself. */
  static StoredDocument of(Change change) {
    if (change.isTombstone()) {
      return new Tombstone(change, Heads.of(change));
    }
    return change.isWithheld() ? new Withheld(change) : new LiveDocument(change);
  }

  /** Whoever has all of these changes shows this, or something newer. */
  default VersionVector seen() {
    return revision().versions().size() == 1
        ? VersionVector.EMPTY.with(change().dot())
        : heads().seen();
  }

  /** False for a deletion. */
  default boolean isLive() {
    return switch (this) {
      case LiveDocument live -> true;
      case Withheld withheld -> true;
      case Tombstone tombstone -> false;
    };
  }

  /**
   * The versions that a document is made of.
   *
   * @param versions that no other one has seen, highest first
   * @param revision what a client names to write over all that this shows
   * @param siblings how many versions a client has to decide between; 1 when there is nothing to
   *     decide
   */
  record Heads(List<Change> versions, Revision revision, int siblings) {

    static Heads of(Change only) {
      return new Heads(List.of(only), new Revision(only.version()), 1);
    }

    /** All of these changes. */
    public VersionVector seen() {
      VersionVector seen = VersionVector.EMPTY;
      for (Change version : versions) {
        seen = seen.with(version.dot());
      }
      return seen;
    }
  }

  /**
   * A document that can be read.
   *
   * @param body JSON without insignificant white space, numbers as they were written
   */
  record LiveDocument(Change change, Bytes body, Heads heads) implements StoredDocument {
    public LiveDocument(Change change) {
      this(change, change.body(), Heads.of(change));
    }
  }

  /** A document whose body lives in other regions. */
  record Withheld(Change change) implements StoredDocument {
    @Override
    public Heads heads() {
      return Heads.of(change);
    }
  }

  /** A deletion that still has to travel. */
  record Tombstone(Change change, Heads heads) implements StoredDocument {}
}
