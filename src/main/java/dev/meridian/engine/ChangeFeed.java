package dev.meridian.engine;

import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionVector;
import dev.meridian.document.Bytes;
import java.util.List;
import java.util.Set;

/**
 * The changes of this region's log, its own and those applied from others, in the order of the log,
 * which is a causal order. Only what is forced to disk appears.
 */
public interface ChangeFeed {

  /**
   * Starts reading after {@code since}.
   *
   * @param except changes of these regions are left out; empty for all changes
   * @throws TruncatedException when the log does not reach back so far
   */
  Cursor open(VersionVector since, Set<ReplicaId> except);

  /** What a reader has to have at least: of the changes up to this some may be in no log here. */
  VersionVector from();

  /**
   * Calls {@code wake}, on the writer's thread, whenever there is something new. Must not block.
   */
  Registration onAppend(Runnable wake);

  /** The reader lacks changes that this region has, and its log does not. */
  final class TruncatedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TruncatedException() {
      super("the log here begins after changes that the reader lacks", null, false, false);
    }
  }

  /** One reader's place. For one thread at a time. */
  interface Cursor extends AutoCloseable {

    /**
     * The next changes in their encoded form, in order; empty when there is nothing new. May read
     * the disk. Returns at least one change if there is any, however large.
     */
    List<Bytes> next(int maxChanges, int maxBytes);

    @Override
    void close();
  }

  /** Undoes {@link #onAppend}. */
  interface Registration {
    void cancel();
  }
}
