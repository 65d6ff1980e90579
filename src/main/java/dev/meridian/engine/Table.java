package dev.meridian.engine;

import dev.meridian.document.Change;
import java.util.Iterator;
import java.util.Optional;

/**
 * An immutable, sorted run of changes. Thread-safe; may read the disk. Reads throw {@link
 * DamagedTableException} rather than return anything that was not written, and {@link
 * TableClosedException} after {@link #close}.
 */
public interface Table extends AutoCloseable {

  TableFile file();

  /**
   * False when no key starts with {@code prefix}, which must be that of a document or collection
   * record. Does not read the disk beyond what is usually in memory.
   */
  boolean mayContain(byte[] prefix);

  /** The first entry whose key starts with {@code prefix}; as in {@link #mayContain}. */
  Optional<Change> first(byte[] prefix);

  /** Entries from {@code key} (inclusive) on, in key order. */
  Iterator<Entry> from(byte[] key);

  /** Lets its files go. Readers that are still inside fail. */
  @Override
  void close();

  /** One entry. */
  record Entry(byte[] key, Change change) {}
}
