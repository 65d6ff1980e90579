package dev.meridian.engine;

import java.io.IOException;
import java.util.Iterator;
import java.util.Set;
import java.util.function.LongConsumer;

/**
 * Keeps tables: written once, in key order, never changed. One contract suite for all stores. One
 * thread may write while another does, under another name.
 */
public interface TableStore {

  /** What counts more when a table is written. */
  enum Packing {
    /** Time: it will soon be merged. */
    FAST,
    /** Space: it holds most of the data. */
    SMALL
  }

  /**
   * Writes a table. On return all its bytes and its names are on disk.
   *
   * @param name unused so far
   * @param packing what counts more
   * @param expectedEntries about how many there are; too few makes reads slower
   * @param entries sorted by key, without equal keys
   */
  TableFile write(String name, Packing packing, long expectedEntries, Iterator<Table.Entry> entries)
      throws IOException;

  /**
   * Opens a table that {@link #write} made.
   *
   * @throws DamagedFileException when a file is missing, or its bytes are not those that were
   *     written
   */
  Table open(TableFile file) throws IOException;

  /**
   * Compares every byte of a table with what was written.
   *
   * @param progress gets the number of bytes verified since it was last called
   * @throws DamagedFileException at the first difference
   */
  void verify(TableFile file, LongConsumer progress) throws IOException;

  /** True when there is no file of any table. */
  boolean isEmpty() throws IOException;

  /** Removes one table. Readers inside may finish. */
  void delete(String name) throws IOException;

  /** Removes every table but these, and nothing that is no table. */
  void keepOnly(Set<String> names) throws IOException;
}
