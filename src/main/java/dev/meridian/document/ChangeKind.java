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
  DROP(4);

  private final byte number;

  ChangeKind(int number) {
    this.number = (byte) number;
  }

  public byte number() {
    return number;
  }

  /** The kind of this number; an {@link IllegalArgumentException} when there is none. */
  public static ChangeKind of(byte number) {
    return switch (number) {
      case 1 -> PUT;
      case 2 -> DELETE;
      case 3 -> SETTINGS;
      case 4 -> DROP;
      default -> throw new IllegalArgumentException("unknown kind of change: " + number);
    };
  }
}
