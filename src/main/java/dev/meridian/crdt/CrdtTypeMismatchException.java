package dev.meridian.crdt;

/** An operation does not fit the field it was meant for. Nothing was done. */
public final class CrdtTypeMismatchException extends RuntimeException {
  private static final long serialVersionUID = 1;

  CrdtTypeMismatchException(FieldKey key, String operation) {
    super(
        "the field at '"
            + key.path()
            + "' is a "
            + key.type().text()
            + ", which cannot "
            + operation);
  }
}
