package dev.meridian.bench.storage;

import java.io.IOException;
import java.util.List;

/** A store under measurement. One thread drives it. */
interface Subject extends AutoCloseable {

  /**
   * One change.
   *
   * @param body the document; empty for a deletion
   */
  record Write(String id, byte[] body) {
    boolean isDelete() {
      return body.length == 0;
    }
  }

  /** What is told of each document of a scan. */
  @FunctionalInterface
  interface Visitor {
    void document(String id, byte[] array, int offset, int length);
  }

  /**
   * Writes a group. Groups take effect in the order of the calls.
   *
   * @param done called once the group would survive a crash
   */
  void write(List<Write> group, Runnable done);

  /** How many groups to have under way at once. */
  int groupsUnderWay();

  /** Throws what went wrong with a write, if anything did. */
  void check() throws IOException;

  /** Fetches a document: its length, 0 when it is absent. */
  int get(String id);

  /** Up to {@code limit} documents above an id, in order; how many there were. */
  int page(String after, int limit, Visitor visitor);

  /** How many documents a scan of everything asks for at once. */
  int scanPage();

  /** Bytes of the changes written so far, as the store is given them. */
  long changeBytes();

  /** How many writes to stable storage the log has made; 0 when that is not known. */
  long forces();

  /** True when nothing is being merged, as far as the store says so itself. */
  boolean isIdle();

  /** Asks that what only the log holds be written out, where there is a log. */
  void flush() throws IOException;

  /** True for files that belong to the log, by their path within the directory. */
  boolean isLog(String path);

  /** How it was set up, in one line. */
  String setUp();

  @Override
  void close() throws IOException;
}
