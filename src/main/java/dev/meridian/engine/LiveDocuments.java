package dev.meridian.engine;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.document.Change;
import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;

/** The current, live versions of the documents under a key prefix, in id order. */
final class LiveDocuments implements Iterator<Change> {

  private final Iterator<Table.Entry> entries;
  private final byte[] within;
  private final HlcTimestamp droppedAt;
  private byte[] lastDocument = {};
  private Optional<Change> next;

  /**
   * @param within only keys that start with this
   * @param droppedAt versions up to here are gone
   */
  LiveDocuments(View view, byte[] within, HlcTimestamp droppedAt) {
    this(view, within, within, droppedAt);
  }

  /**
   * @param start the first key looked at
   */
  LiveDocuments(View view, byte[] within, byte[] start, HlcTimestamp droppedAt) {
    this.entries = view.from(start);
    this.within = within;
    this.droppedAt = droppedAt;
    this.next = advance();
  }

  @Override
  public boolean hasNext() {
    return next.isPresent();
  }

  @Override
  public Change next() {
    Change result = next.orElseThrow(NoSuchElementException::new);
    next = advance();
    return result;
  }

  private Optional<Change> advance() {
    while (entries.hasNext()) {
      Table.Entry entry = entries.next();
      byte[] key = entry.key();
      if (!TableKey.startsWith(key, within)) {
        return Optional.empty();
      }
      int length = TableKey.documentPrefixLength(key);
      boolean older =
          lastDocument.length == length && Arrays.equals(lastDocument, 0, length, key, 0, length);
      if (older) {
        continue; // a version that was replaced
      }
      lastDocument = Arrays.copyOf(key, length);
      Change newest = entry.change();
      if (!newest.isTombstone() && newest.hlc().isAfter(droppedAt)) {
        return Optional.of(newest);
      }
    }
    return Optional.empty();
  }
}
