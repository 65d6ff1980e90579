package dev.meridian.engine;

/**
 * A read took so long that its table was replaced and closed. Reading again, from the tables that
 * count now, gives the answer.
 */
public final class TableClosedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public TableClosedException(String table) {
    super("table " + table + " was replaced while it was read");
  }
}
