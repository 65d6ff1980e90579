package dev.meridian.engine;

import dev.meridian.clock.VersionVector;
import dev.meridian.document.Bytes;
import dev.meridian.document.Change;
import java.util.List;
import java.util.Optional;

/**
 * All that a region has of a document, as another one can take it.
 *
 * @param versions newest first, at most {@link #MAX_VERSIONS}
 * @param fields what its CRDT fields hold, if it has any
 */
public record DocumentCopy(List<Change> versions, Optional<Fields> fields) {

  /** So many versions of a document are compared; older ones are history only. */
  public static final int MAX_VERSIONS = 300;

  /**
   * The state of CRDT fields.
   *
   * @param covered operations of the document that are all in it
   * @param record as the store keeps it
   */
  public record Fields(VersionVector covered, Bytes record) {

    /** Reads what another region sent; anything else is an {@link IllegalArgumentException}. */
    public static Fields read(Bytes record) {
      FieldsRecord decoded = FieldsRecord.decode(record);
      decoded.read();
      return new Fields(decoded.covered(), record);
    }
  }
}
