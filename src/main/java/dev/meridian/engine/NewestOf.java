package dev.meridian.engine;

import dev.meridian.document.Change;
import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;

/** The newest entry of each document or settings under a key prefix, in key order. */
final class NewestOf implements Iterator<Change> {

  private final Iterator<Table.Entry> entries;
  private final byte[] within;
  private byte[] last = {};
  private Optional<Change> next;

  NewestOf(View view, byte[] within) {
    this(view, within, within);
  }

  /**
   * @param within only keys that start with this
   * @param start the first key looked at
   */
  NewestOf(View view, byte[] within, byte[] start) {
    this.entries = view.from(start);
    this.within = within;
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
      if (last.length == length && Arrays.equals(last, 0, length, key, 0, length)) {
        continue; // an older one
      }
      last = Arrays.copyOf(key, length);
      return Optional.of(entry.change());
    }
    return Optional.empty();
  }
}
