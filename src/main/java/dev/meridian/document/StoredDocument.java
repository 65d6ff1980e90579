package dev.meridian.document;

import dev.meridian.clock.VersionId;

/** The newest version of a document as stored: alive, here or elsewhere, or a tombstone. */
public sealed interface StoredDocument {

  /** The change that made this version. */
  Change change();

  default VersionId version() {
    return change().version();
  }

  default Revision revision() {
    return new Revision(version());
  }

  default DocumentId id() {
    return change().id();
  }

  static StoredDocument of(Change change) {
    if (change.isTombstone()) {
      return new Tombstone(change);
    }
    return change.isWithheld() ? new Withheld(change) : new LiveDocument(change);
  }

  /** False for a deletion. */
  default boolean isLive() {
    return !change().isTombstone();
  }

  /** A document that can be read. */
  record LiveDocument(Change change) implements StoredDocument {
    /** The document as JSON, without insignificant white space, numbers as they were written. */
    public Bytes body() {
      return change.body();
    }
  }

  /** A document whose body lives in other regions. */
  record Withheld(Change change) implements StoredDocument {}

  /** A deletion that still has to travel. */
  record Tombstone(Change change) implements StoredDocument {}
}
