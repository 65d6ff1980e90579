package dev.meridian.engine;

import java.io.IOException;
import java.util.Iterator;
import java.util.Set;

/** Keeps tables: written once, in key order, never changed. One contract suite for all stores. */
public interface TableStore {

  /**
   * Writes a table. On return all its bytes and its names are on disk.
   *
   * @param name unused so far
   * @param entries sorted by key, without equal keys
   */
  TableFile write(String name, Iterator<Table.Entry> entries) throws IOException;

  /**
   * Opens a table that {@link #write} made. Fails, naming the file, when its bytes are not those
   * that were written.
   */
  Table open(TableFile file) throws IOException;

  /** Removes every table but these. Readers inside a removed one may finish. */
  void keepOnly(Set<String> names) throws IOException;
}
