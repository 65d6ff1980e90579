package dev.meridian.engine;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.VersionId;
import dev.meridian.clock.VersionVector;
import dev.meridian.document.Change;
import dev.meridian.document.ChangeCodecV1;
import dev.meridian.document.CollectionName;
import dev.meridian.document.CollectionSettings;
import dev.meridian.document.DocumentId;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which tables to merge and what of them stays. Neighbours of like size are merged, so that a
 * change is rewritten about as often as the data doubles.
 *
 * <p>Of a document stay its newest version, tombstones too, those replaced versions that its
 * collection's history settings keep, and those that stand side by side or collided, or did when
 * the memtables began. As long as some region may not have a version, what is older stays, too: a
 * version that has not come yet may be based on it, and all regions have to merge them alike. What
 * a drop undid goes. Settings and drops stay.
 */
final class TableMerge {

  /** So many records of a document's fields are kept, for reads of the past. */
  private static final int FIELDS_RECORDS = 8;

  /** When idle, all are merged if the younger ones have more than one part in so many. */
  private static final int IDLE_SHARE = 5;

  /**
   * So many versions of a document stay while a region may lack one of them. Beyond that a region
   * that is away for long may come to show another merge of what it brings than the others.
   */
  private static final int UNTIL_STABLE = 256;

  private final EngineState state;
  private final Function<CollectionState, CollectionSettings> settings;
  private final Supplier<VersionVector> stable;
  private final int maxTables;

  /** A version that can be read may need so many operations before it. */
  private final int operationsBeyond;

  /**
   * @param stable what every region has, where whatever a region made before it had them is here
   */
  TableMerge(
      EngineState state,
      Function<CollectionState, CollectionSettings> settings,
      Supplier<VersionVector> stable,
      EngineSettings limits) {
    this.state = state;
    this.settings = settings;
    this.stable = stable;
    this.maxTables = limits.maxTables();
    this.operationsBeyond = 2 * limits.operationsPerRecord();
  }

  int maxTables() {
    return maxTables;
  }

  /**
   * From which table on all are merged into one; empty while there are few and little is to be won.
   *
   * @param idle nothing was written for a while: also merge to win back space
   */
  Optional<Integer> firstToMerge(List<Table> tables, boolean idle) {
    if (idle && tables.size() > 1 && isWorthMergingWhenIdle(tables)) {
      return Optional.of(0);
    }
    if (tables.size() <= maxTables) {
      return Optional.empty();
    }
    return Optional.of(firstOfLikeSize(tables));
  }

  private static int firstOfLikeSize(List<Table> tables) {
    int first = tables.size() - 1;
    long newer = bytes(tables.get(first));
    while (first > 0 && bytes(tables.get(first - 1)) <= 2 * newer) {
      first--;
      newer += bytes(tables.get(first));
    }
    return Math.min(first, tables.size() - 2);
  }

  /** At most a part of the oldest table, which holds most, can be replaced by the younger ones. */
  private static boolean isWorthMergingWhenIdle(List<Table> tables) {
    long younger = tables.stream().skip(1).mapToLong(TableMerge::bytes).sum();
    return younger * IDLE_SHARE > bytes(tables.getFirst());
  }

  /** Of the tables beyond the number at which neighbours are merged. */
  long debtBytes(List<Table> tables) {
    return tables.stream().skip(maxTables).mapToLong(TableMerge::bytes).sum();
  }

  private static long bytes(Table table) {
    return table.file().bytes();
  }

  /**
   * What the merged table holds.
   *
   * @param progress gets the bytes of each entry that is read
   */
  Iterator<Table.Entry> entries(List<Table> tables, LongConsumer progress) {
    List<Iterator<Table.Entry>> sources =
        tables.stream().map(table -> table.from(new byte[0])).toList();
    return new Kept(counted(new MergedEntries(sources), progress));
  }

  private static Iterator<Table.Entry> counted(
      Iterator<Table.Entry> entries, LongConsumer progress) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return entries.hasNext();
      }

      @Override
      public Table.Entry next() {
        Table.Entry entry = entries.next();
        progress.accept(entry.key().length + entry.encoded().length());
        return entry;
      }
    };
  }

  /** Leaves out what nobody may read any more. */
  private final class Kept implements Iterator<Table.Entry> {
    private final Iterator<Table.Entry> all;
    private byte[] document = {};
    private CollectionName name = new CollectionName("none");
    private int versions;
    private HlcTimestamp replacedAt = HlcTimestamp.ZERO;
    private CollectionState retained = CollectionState.unknown(new CollectionName("none"));
    private Retention retention =
        Retention.ofRemoval(CollectionSettings.DEFAULTS, HlcTimestamp.ZERO);
    private @Nullable DocumentId protectedOf;
    private Set<VersionId> protectedVersions = Set.of();
    private boolean isConflicted;
    private final VersionVector everywhere = stable.get();
    private Optional<Table.Entry> newest = Optional.empty();
    private boolean isStable;
    private boolean written;
    private Optional<VersionVector> covered = Optional.empty();
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

    /** The same for all documents of a collection: those stand together. */
    private Retention retention(CollectionState collection) {
      if (!collection.equals(retained)) {
        retained = collection;
        retention = Retention.ofRemoval(settings.apply(collection), state.latest());
      }
      return retention;
    }

    private boolean isKept(Table.Entry entry) {
      byte[] key = entry.key();
      if (key[0] == TableKey.SETTINGS) {
        return true;
      }
      int length = TableKey.documentPrefixLength(key);
      boolean same =
          document.length == length && Arrays.equals(document, 0, length, key, 0, length);
      if (!same) {
        document = Arrays.copyOf(key, length);
        versions = 0;
        protectedOf = null;
        written = false;
        covered = Optional.empty();
        if (!TableKey.isOf(key, name)) {
          name = TableKey.collection(key);
        }
      }
      CollectionState collection = state.collection(name);
      HlcTimestamp hlc = TableKey.hlc(key, length);
      if (key[0] != TableKey.TREES && !collection.isVisible(hlc)) {
        return false;
      }
      HlcTimestamp replaced = replacedAt;
      replacedAt = hlc;
      versions++;
      return switch (key[0]) {
        case TableKey.DOCUMENTS -> {
          boolean needed = isNeededElsewhere(entry) | isNeededForFields(entry, collection);
          yield needed
              || retention(collection).keeps(versions, replaced)
              || isProtected(entry, collection);
        }
        case TableKey.FIELDS -> versions <= FIELDS_RECORDS;
        default -> versions == 1; // the last thing that was derived
      };
    }

    /** Called for every version, the newest first, which stays in any case. */
    private boolean isNeededElsewhere(Table.Entry entry) {
      if (versions == 1) {
        newest = Optional.of(entry);
        return true;
      }
      if (versions == 2) {
        isStable = newest.filter(this::isEverywhere).isPresent();
      }
      isStable = isStable && isEverywhere(entry);
      return !isStable && versions <= UNTIL_STABLE;
    }

    private boolean isEverywhere(Table.Entry entry) {
      return everywhere.contains(ChangeCodecV1.dot(entry.encoded()));
    }

    /**
     * Operations stay until a record has them, and as long as versions they are part of are read;
     * the write they are done on stays with them.
     */
    private boolean isNeededForFields(Table.Entry entry, CollectionState collection) {
      if (collection.concurrency().operations() == 0) {
        return false;
      }
      if (!ChangeCodecV1.isOperation(entry.encoded())) {
        boolean newest = !written;
        written = true;
        return newest;
      }
      if (versions <= settings.apply(collection).keepVersions() + operationsBeyond) {
        return true;
      }
      if (covered.isEmpty()) {
        DocumentId id = entry.change().id();
        covered =
            Optional.of(
                state
                    .view()
                    .newest(TableKey.FIELDS, name, id)
                    .map(record -> FieldsRecord.decode(record.body()))
                    .filter(record -> record.droppedAt().equals(collection.droppedAt()))
                    .map(FieldsRecord::covered)
                    .orElse(VersionVector.EMPTY));
      }
      return !covered.get().contains(ChangeCodecV1.dot(entry.encoded()));
    }

    /** Versions that stand side by side or collided stay, whatever the history keeps. */
    private boolean isProtected(Table.Entry entry, CollectionState collection) {
      Concurrency known = collection.concurrency();
      if (known.conflicts() == 0 && known.operations() == 0) {
        return false;
      }
      Change change = entry.change();
      if (!change.id().equals(protectedOf)) {
        protectedOf = change.id();
        List<ConflictRecord> records = state.view().conflictsSinceTables(name, change.id());
        isConflicted = records.stream().anyMatch(ConflictRecord::isConflicted);
        protectedVersions =
            records.stream()
                .flatMap(record -> record.needs(state.latest()).stream())
                .collect(Collectors.toSet());
      }
      if (isConflicted && versions <= UNTIL_STABLE) {
        return true; // a deletion may bring back what an operation was done on
      }
      return protectedVersions.contains(change.version());
    }
  }
}
