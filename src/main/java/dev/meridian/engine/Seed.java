package dev.meridian.engine;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.Lsn;
import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionVector;
import dev.meridian.document.Bytes;
import dev.meridian.document.Change;
import dev.meridian.document.ChangeCodecV1;
import dev.meridian.document.ChangeKind;
import dev.meridian.document.CollectionName;
import dev.meridian.document.Placement;
import dev.meridian.wal.LogDirectory;
import dev.meridian.wal.WriteAheadLog;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Fills a region's empty data directory with a copy of what another one has, before an engine opens
 * it. One thread. Until the manifest is written the directory counts as empty: a crash before that
 * leaves nothing behind.
 */
public final class Seed {

  private final ReplicaId self;
  private final TableStore tables;
  private final ManifestStore manifests;
  private final Map<CollectionName, Known> collections = new TreeMap<>();
  private HlcTimestamp highest = HlcTimestamp.ZERO;
  private byte[] lastKey = {};
  private byte[] lastDocument = {};
  private byte[] lastCounted = {};

  /** What entries tell of a collection. */
  private static final class Known {
    private HlcTimestamp droppedAt = HlcTimestamp.ZERO;
    private HlcTimestamp latest = HlcTimestamp.ZERO;
    private long count;
    private long firstMillis;
    private Optional<Bytes> settings = Optional.empty();
    private Concurrency concurrency = Concurrency.NONE;
    private boolean isSettled;
  }

  /** A copy that cannot be used here: what is missing has to come another way. */
  public static final class UnfitException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnfitException(String why) {
      super(why);
    }
  }

  public Seed(ReplicaId self, TableStore tables, ManifestStore manifests) {
    this.self = self;
    this.tables = tables;
    this.manifests = manifests;
  }

  /** Whether a data directory has nothing at all, or what a copy that was not finished left. */
  public static boolean isEmpty(LogDirectory log, ManifestStore manifests) throws IOException {
    boolean nothing = manifests.read().map(each -> each.tables().isEmpty()).orElse(true);
    return nothing && !WriteAheadLog.exists(log);
  }

  /**
   * Writes the copy.
   *
   * @param entries stored changes in key order, derived ones too; what it throws is thrown
   * @param vector asked after the last entry: what the copy has at least
   * @param expected about how many entries there are
   * @throws UnfitException when it cannot be used here
   * @throws IllegalArgumentException for what is no such copy
   */
  public void write(Iterator<Change> entries, Supplier<VersionVector> vector, long expected)
      throws IOException {
    manifests.write(Manifest.empty(self)); // so that tables beside it are no riddle
    tables.keepOnly(Set.of());
    TableFile file =
        tables.write(
            String.format("%016d", 1), TableStore.Packing.FAST, expected, new Checked(entries));
    manifests.write(
        new Manifest(self, 1, Lsn.NONE, vector.get(), highest, List.of(file), states()));
  }

  private List<CollectionState> states() {
    List<CollectionState> states = new ArrayList<>();
    collections.forEach(
        (name, known) ->
            states.add(
                new CollectionState(
                    name,
                    known.count, // about; it tells how large a hash tree is made
                    0,
                    known.firstMillis,
                    known.latest,
                    known.droppedAt,
                    known.settings,
                    Optional.empty(),
                    known.concurrency,
                    0)));
    return states;
  }

  /** Looks at each entry on its way. */
  private final class Checked implements Iterator<Table.Entry> {
    private final Iterator<Change> changes;

    Checked(Iterator<Change> changes) {
      this.changes = changes;
    }

    @Override
    public boolean hasNext() {
      return changes.hasNext();
    }

    @Override
    public Table.Entry next() {
      if (!changes.hasNext()) {
        throw new NoSuchElementException();
      }
      Change change = changes.next();
      Table.Entry entry = Table.Entry.of(change);
      if (TableKey.ORDER.compare(lastKey, entry.key()) >= 0 || change.kind() == ChangeKind.TREE) {
        throw new IllegalArgumentException("a copy that is not in order");
      }
      lastKey = entry.key();
      // A body that nobody else ever had is gone with this region's disk.
      boolean elsewhere = !change.placement().equals(Placement.in(List.of(self)));
      if (change.isWithheld() && change.placement().holds(self) && elsewhere) {
        throw new UnfitException(
            "document '"
                + change.id()
                + "' belongs here and its body is not where the copy comes from");
      }
      note(change);
      boolean isForeign = !change.kind().isDerived() && !change.placement().holds(self);
      return isForeign && change.kind() == ChangeKind.PUT && !change.isWithheld()
          ? Table.Entry.of(ChangeCodecV1.withhold(change))
          : entry;
    }

    private void note(Change change) {
      highest = HlcTimestamp.max(highest, change.hlc());
      Known known = collections.computeIfAbsent(change.collection(), name -> new Known());
      switch (change.kind()) {
        case SETTINGS, DROP -> settings(known, change);
        case PUT, DELETE, OPERATIONS -> document(known, change);
        case HEADS -> record(known, change);
        case FIELDS, TREE -> {}
      }
    }

    /** The newest comes first; what is older than a drop is gone. */
    private void settings(Known known, Change change) {
      if (change.kind() == ChangeKind.DROP) {
        known.droppedAt = HlcTimestamp.max(known.droppedAt, change.hlc());
      } else if (!known.isSettled) {
        known.settings = Optional.of(new Bytes(change.body().toArray()));
        known.firstMillis = change.hlc().millis();
      }
      known.isSettled = true;
    }

    private void document(Known known, Change change) {
      if (!change.hlc().isAfter(known.droppedAt)) {
        return;
      }
      known.latest = HlcTimestamp.max(known.latest, change.hlc());
      byte[] prefix = TableKey.prefix(change);
      if (!Arrays.equals(prefix, lastCounted)) {
        lastCounted = prefix;
        known.count++;
      }
      known.firstMillis =
          known.firstMillis == 0
              ? change.hlc().millis()
              : Math.min(known.firstMillis, change.hlc().millis());
      if (change.kind() == ChangeKind.OPERATIONS) {
        known.concurrency = known.concurrency.withOperation();
      }
    }

    /** The last one of a document comes first. */
    private void record(Known known, Change change) {
      byte[] document = TableKey.prefix(change);
      if (!Arrays.equals(document, lastDocument)) {
        lastDocument = document;
        ConflictRecord record = ConflictRecordCodecV1.decode(change.body());
        Concurrency before = known.concurrency;
        known.concurrency =
            new Concurrency(
                before.conflicted() + (record.isConflicted() ? 1 : 0),
                before.conflicts() + record.conflicts().size(),
                before.operations());
      }
    }
  }
}
