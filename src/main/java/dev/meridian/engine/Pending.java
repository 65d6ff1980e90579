package dev.meridian.engine;

import dev.meridian.document.Change;
import dev.meridian.document.ChangeKind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The changes of documents in a batch that is not on disk yet, which no reader sees. Writer only.
 */
final class Pending implements Standings.Unforced {

  /** Writes are remembered of so many documents with operations. */
  private static final int MAX_WRITES = 1024;

  private static final Runnable NOTHING = () -> {};

  private final EngineState state;
  private final Map<DocumentPrefix, Link> last = new HashMap<>();
  private final Map<DocumentPrefix, Change> writes =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<DocumentPrefix, Change> eldest) {
          return size() > MAX_WRITES;
        }
      };
  private Runnable undo = NOTHING;

  /**
   * @param newest the highest of this and those before
   * @param before the change of the same document that was decided before it; null for the first
   * @param record the last one of the document, if there is one
   */
  private record Link(
      Change change,
      Change newest,
      @org.jspecify.annotations.Nullable Link before,
      Optional<ConflictRecord> record) {}

  Pending(EngineState state) {
    this.state = state;
  }

  void begin() {
    undo = NOTHING;
  }

  void clear() {
    last.clear();
  }

  /** Forgets what was added since {@link #begin}. */
  void undoLast() {
    undo.run();
    undo = NOTHING;
    writes.clear();
  }

  /** Damage does not tell of itself: what is remembered of a document may be lost by now. */
  void forgetWrite(DocumentPrefix prefix) {
    writes.remove(prefix);
  }

  /** The same for all documents. */
  void forgetWrites() {
    writes.clear();
  }

  void add(DocumentPrefix prefix, Change change, Optional<ConflictRecord> record) {
    add(prefix, change, change, record);
  }

  /**
   * The same for a change that is put back.
   *
   * @param newest the newest version of the document, with it
   */
  void add(DocumentPrefix prefix, Change change, Change newest, Optional<ConflictRecord> record) {
    if (change.kind() != ChangeKind.OPERATIONS) {
      writes.remove(prefix);
    }
    Link before = last.get(prefix);
    if (before == null) {
      last.put(prefix, new Link(change, newest, null, record));
      undo = () -> last.remove(prefix);
      return;
    }
    Change highest =
        newest.version().compareTo(before.newest().version()) > 0 ? newest : before.newest();
    last.put(prefix, new Link(change, highest, before, record.or(before::record)));
    undo = () -> last.put(prefix, before);
  }

  Optional<Change> newest(DocumentPrefix prefix) {
    if (last.isEmpty()) {
      return Optional.empty();
    }
    Link link = last.get(prefix);
    return link == null ? Optional.empty() : Optional.of(link.newest());
  }

  @Override
  public void settle() {
    state.settle();
  }

  @Override
  public List<Change> versions(DocumentPrefix prefix) {
    List<Change> versions = new ArrayList<>();
    for (Link link = last.get(prefix); link != null; link = link.before()) {
      versions.add(link.change());
    }
    return versions;
  }

  @Override
  public Optional<ConflictRecord> record(DocumentPrefix prefix) {
    Link link = last.get(prefix);
    return link == null ? Optional.empty() : link.record();
  }

  @Override
  public Optional<Change> write(DocumentPrefix prefix) {
    return Optional.ofNullable(writes.get(prefix));
  }

  @Override
  public void found(DocumentPrefix prefix, Change write) {
    writes.put(prefix, write);
  }
}
