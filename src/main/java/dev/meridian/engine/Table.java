package dev.meridian.engine;

import dev.meridian.document.Change;
import java.util.Iterator;
import java.util.Optional;

/** An immutable, sorted run of changes. Thread-safe; may read the disk. */
public interface Table {

  TableFile file();

  /** The first entry whose key starts with {@code prefix}. */
  Optional<Change> first(byte[] prefix);

  /** Entries from {@code key} (inclusive) on, in key order. */
  Iterator<Entry> from(byte[] key);

  /** One entry. */
  record Entry(byte[] key, Change change) {}
}
