package dev.meridian.engine;

/** A read met damage: what was asked for cannot be told from this table. */
public final class DamagedTableException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final String table;

  public DamagedTableException(String table, DamagedFileException cause) {
    super(cause.getMessage(), cause);
    this.table = table;
  }

  /** The name of the table. */
  public String table() {
    return table;
  }

  @Override
  public DamagedFileException getCause() {
    return (DamagedFileException) super.getCause();
  }
}
