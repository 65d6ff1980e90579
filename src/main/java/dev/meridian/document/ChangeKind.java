package dev.meridian.document;

/** What a {@link Change} does. The number is part of the format and never reused. */
public enum ChangeKind {
  /** Writes a document. */
  PUT(1),
  /** Writes a tombstone. */
  DELETE(2),
  /** Writes a collection's settings; the id is the collection's name. */
  SETTINGS(3),
  /**
   * Drops a collection: everything in it that is older is gone; the id is the collection's name.
   */
  DROP(4),
  /** Operations on CRDT fields of a document; the rest of it stays as it is. */
  OPERATIONS(5),
  /**
   * Derived, for a document: which of its versions stand side by side, and what collided before.
   * Never leaves its region.
   */
  HEADS(6),
  /** Derived, for a document: the state of its CRDT fields. Never leaves its region. */
  FIELDS(7),
  /** Derived, for a collection: the hash tree of its documents. Never leaves its region. */
  TREE(8);

  private final byte number;

  ChangeKind(int number) {
    this.number = (byte) number;
  }

  public byte number() {
    return number;
  }

  /** True for what a region tells itself and no other. */
  public boolean isDerived() {
    return switch (this) {
      case PUT, DELETE, SETTINGS, DROP, OPERATIONS -> false;
      case HEADS, FIELDS, TREE -> true;
    };
  }

  /** The kind of this number; an {@link IllegalArgumentException} when there is none. */
  public static ChangeKind of(byte number) {
    return switch (number) {
      case 1 -> PUT;
      case 2 -> DELETE;
      case 3 -> SETTINGS;
      case 4 -> DROP;
      case 5 -> OPERATIONS;
      case 6 -> HEADS;
      case 7 -> FIELDS;
      case 8 -> TREE;
      default -> throw new IllegalArgumentException("unknown kind of change: " + number);
    };
  }
}
