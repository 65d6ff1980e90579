package dev.meridian.simulation;

import dev.meridian.clock.VersionVector;
import dev.meridian.document.Bytes;
import dev.meridian.document.Change;
import dev.meridian.document.ChangeCodecV1;
import dev.meridian.document.ChangeKind;
import dev.meridian.engine.ChangeFeed;
import dev.meridian.engine.DocumentStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** All that a store holds. */
public final class Contents {

  private static final int AT_ONCE = 1000;
  private static final int MAX_BYTES = 1 << 20;

  private Contents() {}

  /** All changes in its log, in the order they were applied. */
  public static List<Change> changes(DocumentStore store) {
    try (ChangeFeed.Cursor cursor = store.changes().open(VersionVector.EMPTY, Set.of())) {
      return rest(cursor);
    }
  }

  /** What a cursor has not given yet. */
  static List<Change> rest(ChangeFeed.Cursor cursor) {
    List<Change> changes = new ArrayList<>();
    List<Bytes> next = cursor.next(AT_ONCE, MAX_BYTES);
    while (!next.isEmpty()) {
      next.forEach(encoded -> changes.add(ChangeCodecV1.decode(encoded)));
      next = cursor.next(AT_ONCE, MAX_BYTES);
    }
    return changes;
  }

  /** Each document's newest version, as reads find it, by collection and id; deletions, too. */
  public static Map<String, String> newest(DocumentStore store) {
    Map<String, String> newest = new TreeMap<>();
    for (Change change : changes(store)) {
      if (change.kind() == ChangeKind.PUT || change.kind() == ChangeKind.DELETE) {
        newest.computeIfAbsent(
            change.collection() + "/" + change.id(),
            key ->
                store
                    .find(change.collection(), change.id())
                    .map(document -> document.version().toString())
                    .orElse("none"));
      }
    }
    return newest;
  }
}
