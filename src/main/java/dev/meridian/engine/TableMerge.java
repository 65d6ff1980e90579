package dev.meridian.engine;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.document.Change;
import dev.meridian.document.CollectionSettings;
import dev.meridian.env.WallClock;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.Function;

/**
 * Which tables to merge and what of them stays. Neighbours of like size are merged, so that a
 * change is rewritten about as often as the data doubles.
 *
 * <p>Of a document stay its newest version, tombstones too, and those replaced versions that its
 * collection's history settings keep. What a drop undid goes. Settings and drops stay.
 */
final class TableMerge {

  private final EngineState state;
  private final Function<CollectionState, CollectionSettings> settings;
  private final WallClock wall;
  private final int maxTables;

  TableMerge(
      EngineState state,
      Function<CollectionState, CollectionSettings> settings,
      WallClock wall,
      int maxTables) {
    this.state = state;
    this.settings = settings;
    this.wall = wall;
    this.maxTables = maxTables;
  }

  /** From which table on all are merged into one; empty while there are few. */
  Optional<Integer> firstToMerge(List<Table> tables) {
    if (tables.size() <= maxTables) {
      return Optional.empty();
    }
    int first = tables.size() - 1;
    long newer = tables.get(first).file().bytes();
    while (first > 0 && tables.get(first - 1).file().bytes() <= 2 * newer) {
      first--;
      newer += tables.get(first).file().bytes();
    }
    return Optional.of(Math.min(first, tables.size() - 2));
  }

  Iterator<Table.Entry> entries(List<Table> tables) {
    List<Iterator<Table.Entry>> sources =
        tables.stream().map(table -> table.from(new byte[0])).toList();
    return new Kept(new MergedEntries(sources));
  }

  /** Leaves out what nobody may read any more. */
  private final class Kept implements Iterator<Table.Entry> {
    private final Iterator<Table.Entry> all;
    private byte[] document = {};
    private int versions;
    private HlcTimestamp replacedAt = HlcTimestamp.ZERO;
    private Optional<Table.Entry> next;

    Kept(Iterator<Table.Entry> all) {
      this.all = all;
      this.next = advance();
    }

    @Override
    public boolean hasNext() {
      return next.isPresent();
    }

    @Override
    public Table.Entry next() {
      Table.Entry result = next.orElseThrow(NoSuchElementException::new);
      next = advance();
      return result;
    }

    private Optional<Table.Entry> advance() {
      while (all.hasNext()) {
        Table.Entry entry = all.next();
        if (isKept(entry)) {
          return Optional.of(entry);
        }
      }
      return Optional.empty();
    }

    private boolean isKept(Table.Entry entry) {
      Change change = entry.change();
      if (TableKey.space(change.kind()) == TableKey.SETTINGS) {
        return true;
      }
      CollectionState collection = state.collection(change.collection());
      if (!collection.isVisible(change.hlc())) {
        return false;
      }
      int length = TableKey.documentPrefixLength(entry.key());
      boolean same =
          document.length == length && Arrays.equals(document, 0, length, entry.key(), 0, length);
      if (!same) {
        document = Arrays.copyOf(entry.key(), length);
        versions = 0;
      }
      HlcTimestamp replaced = replacedAt;
      replacedAt = change.hlc();
      versions++;
      if (versions == 1) {
        return true;
      }
      CollectionSettings history = settings.apply(collection);
      return versions <= history.keepVersions()
          && wall.millis() - replaced.millis() <= history.keepFor().toMillis();
    }
  }
}
