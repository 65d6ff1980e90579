package dev.meridian.engine;

import dev.meridian.document.Bytes;
import dev.meridian.document.Change;
import dev.meridian.document.ChangeCodecV1;
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
   * False when no key starts with {@code prefix}. Does not read the disk beyond what is usually in
   * memory.
   */
  boolean mayContain(DocumentPrefix prefix);

  /**
   * Touches what {@link #mayContain} will read, and never fails.
   *
   * @return of no meaning
   */
  long touch(DocumentPrefix prefix);

  /** The first entry whose key starts with {@code prefix}. */
  Optional<Change> first(DocumentPrefix prefix);

  /** Entries from {@code key} (inclusive) on, in key order. */
  Iterator<Entry> from(byte[] key);

  /** Lets its files go. Readers that are still inside fail. */
  @Override
  void close();

  /**
   * One entry.
   *
   * @param encoded its change, which need not be read to sort, merge or write it
   */
  record Entry(byte[] key, Bytes encoded) {

    /** The entry of a change. */
    public static Entry of(Change change) {
      return new Entry(TableKey.of(change), change.encoded());
    }

    /** Reads the change, each time anew. */
    public Change change() {
      return ChangeCodecV1.decodeStored(encoded);
    }
  }
}
