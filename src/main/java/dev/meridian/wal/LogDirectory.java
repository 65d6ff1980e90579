package dev.meridian.wal;

import java.io.IOException;
import java.util.List;

/**
 * The disk seam: one flat directory of log files. {@link DiskLogDirectory} is the real one; a
 * simulation passes one that loses unforced bytes.
 *
 * <p>Thread-safe. Each method either did all it says or throws; after a throw the caller assumes
 * nothing about what it touched.
 */
public interface LogDirectory {

  /** The names of all files, in any order. Creates the directory when there is none yet. */
  List<String> list() throws IOException;

  /**
   * A new file of exactly {@code preallocateBytes} zeros. On return its bytes and its size are
   * durable and its blocks are allocated, so that forcing it later only writes data; its name is
   * durable only after {@link #force}. Fails when the name is taken. Leaves no file behind when it
   * fails, if the disk lets it.
   */
  LogFile create(String name, long preallocateBytes) throws IOException;

  /** Opens a file that exists for reading and writing. */
  LogFile open(String name) throws IOException;

  /**
   * Gives a file another name, in one step; a file that had that name is replaced. Files that are
   * open stay so.
   */
  void rename(String from, String to) throws IOException;

  void delete(String name) throws IOException;

  /** On return every create, rename and delete done so far is durable. */
  void force() throws IOException;

  /** Where an operator finds the file: its path. */
  String describe(String name);
}
