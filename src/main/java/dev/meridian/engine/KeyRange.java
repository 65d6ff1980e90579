package dev.meridian.engine;

import dev.meridian.document.CollectionName;
import dev.meridian.document.DocumentId;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * Where a walk over keys begins and what it stays in.
 *
 * @param within only keys that start with this
 * @param from the first key looked at
 */
record KeyRange(byte[] within, byte[] from) {

  /**
   * Documents of a collection.
   *
   * @param prefix of their ids
   * @param after only later ids
   */
  static KeyRange documents(CollectionName collection, String prefix, Optional<DocumentId> after) {
    return of(TableKey.DOCUMENTS, collection, prefix, after);
  }

  /** The same for another space of keys. */
  static KeyRange of(
      byte space, CollectionName collection, String prefix, Optional<DocumentId> after) {
    byte[] start = TableKey.collectionPrefix(space, collection);
    byte[] idPrefix = prefix.getBytes(StandardCharsets.UTF_8);
    byte[] within = Arrays.copyOf(start, start.length + idPrefix.length);
    System.arraycopy(idPrefix, 0, within, start.length, idPrefix.length);
    if (after.isEmpty()) {
      return new KeyRange(within, within);
    }
    byte[] next = TableKey.after(TableKey.prefix(space, collection, after.get()));
    return new KeyRange(within, TableKey.ORDER.compare(next, within) > 0 ? next : within);
  }
}
