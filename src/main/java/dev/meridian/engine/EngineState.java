package dev.meridian.engine;

import dev.meridian.clock.Dot;
import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.Lsn;
import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionVector;
import dev.meridian.document.Bytes;
import dev.meridian.document.Change;
import dev.meridian.document.ChangeCodecV1;
import dev.meridian.document.ChangeKind;
import dev.meridian.document.CollectionName;
import dev.meridian.document.CollectionSettings;
import dev.meridian.document.ConflictSettings;
import dev.meridian.document.DocumentId;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * What has been applied: the data, what is known of each collection, and how far each origin is
 * known. The writer changes it, change by change; the checkpointer swaps memtables for tables;
 * anyone reads.
 */
final class EngineState {

  private final Map<CollectionName, CollectionState> collections = new ConcurrentHashMap<>();
  private final Function<CollectionState, CollectionSettings> history;
  private final HashTrees trees = new HashTrees();

  /** Where versions stood side by side: readers may still be about to look at those. */
  private final Set<CollectionName> onceConflicted = ConcurrentHashMap.newKeySet();

  /** Those of them where nothing did when the last memtable was frozen. */
  private Set<CollectionName> settledSince = Set.of();

  private volatile View view;
  private volatile VersionVector vector;
  private volatile HlcTimestamp latest = HlcTimestamp.ZERO;

  /** The same of what is not readable yet. Writer only. */
  private HlcTimestamp latestApplied = HlcTimestamp.ZERO;

  EngineState(
      View view,
      VersionVector vector,
      List<CollectionState> known,
      Function<CollectionState, CollectionSettings> history) {
    this.history = history;
    this.view = view;
    this.vector = vector;
    known.forEach(collection -> collections.put(collection.name(), collection));
  }

  View view() {
    return view;
  }

  VersionVector vector() {
    return vector;
  }

  /** Writer only, after what it stands for is readable. */
  void vector(VersionVector applied) {
    vector = applied;
  }

  /**
   * The highest timestamp applied. A later change of this region has a higher one, so a read as of
   * it stays the same whatever this region writes.
   */
  HlcTimestamp latest() {
    return latest;
  }

  /** At start: what tables and log held. */
  void latest(HlcTimestamp known) {
    latestApplied = known;
    latest = known;
  }

  CollectionState collection(CollectionName name) {
    CollectionState state = collections.get(name);
    return state != null ? state : CollectionState.unknown(name);
  }

  /** False when the newest version of each of its documents is all that is shown. */
  boolean mayBeConflicted(CollectionName name) {
    return onceConflicted.contains(name) || collection(name).concurrency().conflicted() > 0;
  }

  /** All that was ever heard of, dropped ones too. */
  List<CollectionState> collections() {
    return List.copyOf(collections.values());
  }

  /**
   * Starts a new memtable; returns the one that takes no more writes, with the hash trees as they
   * are now. Writer only.
   *
   * @param upTo the last record of the log whose effect is in it
   */
  synchronized Memtable freeze(ReplicaId self, Lsn upTo) {
    View before = view;
    trees.takeChanged(
        (collection, tree) -> before.active().put(tree(self, upTo, collection, tree)));
    settle();
    forgetConflicted();
    List<Memtable> frozen = new java.util.ArrayList<>(before.frozen());
    frozen.add(before.active());
    view = new View(new Memtable(), List.copyOf(frozen), before.tables(), before.rows());
    return before.active();
  }

  /** No reader is under way for as long as two memtables take to be filled. */
  private void forgetConflicted() {
    Set<CollectionName> settled = new HashSet<>(onceConflicted);
    settled.removeIf(name -> collection(name).concurrency().conflicted() > 0);
    settled.stream().filter(settledSince::contains).forEach(onceConflicted::remove);
    settledSince = settled;
  }

  /** What stands for a time in its key is the place in the log. */
  private static Change tree(ReplicaId self, Lsn upTo, CollectionName name, MerkleTree tree) {
    return ChangeCodecV1.encode(
        new Dot(self, 1),
        new HlcTimestamp(upTo.value()),
        ChangeKind.TREE,
        name,
        new DocumentId(name.value()),
        VersionVector.EMPTY,
        VersionVector.EMPTY,
        "",
        tree.encode());
  }

  /**
   * At start, before the log is read: the hash trees as the last checkpoint left them. Where there
   * is none, or it does not fit what the manifest says, all documents are counted and hashed again.
   *
   * @param again told which
   */
  void loadTrees(Consumer<CollectionName> again) {
    for (CollectionState collection : collections()) {
      CollectionName name = collection.name();
      Optional<MerkleTree> known =
          view.newest(TableKey.TREES, name, new DocumentId(name.value()))
              .map(record -> MerkleTree.decode(record.body()))
              .filter(tree -> tree.sum() == collection.digest());
      if (known.isPresent()) {
        trees.load(name, known.get());
      } else if (collection.latest().isAfter(collection.droppedAt())) {
        again.accept(name);
        recount(name);
      }
    }
  }

  private void hashAgain(CollectionState collection) {
    MerkleTree tree = trees.fresh(collection.count());
    walk(
        collection,
        (prefix, newest, standing) -> tree.add(prefix, HeadHash.sum(prefix, standing.heads())));
    trees.replace(collection.name(), tree);
    collections.put(collection.name(), collection.withDigest(tree.sum()));
  }

  /** The hash tree of a collection, if it has one. Writer only. */
  Optional<MerkleTree> tree(CollectionName collection) {
    return trees.copy(collection);
  }

  /** Puts new tables in force, in place of all old ones, and lets a memtable go. */
  synchronized void install(List<Table> tables, Optional<Memtable> written) {
    View before = view;
    List<Memtable> frozen =
        before.frozen().stream()
            .filter(memtable -> written.isEmpty() || memtable != written.get())
            .toList();
    view = new View(before.active(), frozen, List.copyOf(tables), before.rows());
  }

  /** Makes what was applied since the last call readable, for walks first. Writer only. */
  void settle() {
    view.active().settle();
    latest = latestApplied;
  }

  /** Makes it readable for all but walks, at start, when nobody else is there yet. */
  void settleForReplay() {
    view.active().index();
  }

  /**
   * Takes in one logged change, to be readable after {@link #settle}. Writer only.
   *
   * @param prefix of what it is about
   * @param effect on its collection's figures; of no account for settings and drops
   * @param record how the document's versions stand with it. It is readable first: who meets it
   *     without the change takes what it says of the time before
   */
  void apply(
      Change change, DocumentPrefix prefix, Standings.Effect effect, Optional<Change> record) {
    record.ifPresent(this::applyRecord);
    applyOperation(change);
    view.active().put(change, prefix);
    latestApplied = HlcTimestamp.max(latestApplied, change.hlc());
    if (TableKey.space(change.kind()) == TableKey.SETTINGS) {
      settle(); // what a collection is like follows from the newest of these
    }
    CollectionState before = collection(change.collection());
    CollectionState after =
        switch (change.kind()) {
          case PUT, DELETE, OPERATIONS -> withDocument(before, change, effect);
          case SETTINGS, DROP -> limited(before, withSettings(before, change));
          case HEADS, FIELDS, TREE ->
              throw new IllegalArgumentException("no change: " + change.kind());
        };
    collections.put(change.collection(), after);
    if (change.kind() == ChangeKind.SETTINGS) {
      recount(before, after);
    } else if (effect.digest() != 0) {
      hash(after, prefix, effect.digest());
    }
  }

  private void hash(CollectionState collection, DocumentPrefix prefix, long delta) {
    trees.add(collection.name(), prefix, delta);
    if (trees.outgrew(collection)) {
      hashAgain(collection);
    }
  }

  /** Takes in something derived, to be readable after {@link #settle}. Writer only. */
  void applyRecord(Change record) {
    if (record.kind() == ChangeKind.HEADS) {
      ConflictRecord known = ConflictRecordCodecV1.decode(record.body());
      CollectionState before = collection(record.collection());
      if (known.isConflicted() || before.concurrency().conflicted() > 0) {
        onceConflicted.add(record.collection());
      }
      collections.put(
          record.collection(), before.withConcurrency(before.concurrency().with(known)));
    }
    view.active().put(record);
  }

  private void applyOperation(Change change) {
    if (change.kind() == ChangeKind.OPERATIONS) {
      CollectionState before = collection(change.collection());
      collections.put(
          change.collection(), before.withConcurrency(before.concurrency().withOperation()));
    }
  }

  /** The settings of a collection in force. */
  CollectionSettings settings(CollectionName collection) {
    return history.apply(collection(collection));
  }

  /** Whether no drop has undone a change. */
  boolean isVisible(Change change) {
    return collection(change.collection()).isVisible(change.hlc());
  }

  /** The newest version that no drop has undone. */
  Optional<Change> visible(CollectionName collection, DocumentId id) {
    return visible(view.newest(TableKey.DOCUMENTS, collection, id));
  }

  /** The same, for one who is about to replace it. */
  Optional<Change> visibleToReplace(DocumentPrefix prefix) {
    return visible(view.newestToReplace(prefix));
  }

  private Optional<Change> visible(Optional<Change> newest) {
    return newest.filter(this::isVisible);
  }

  private static CollectionState withDocument(
      CollectionState before, Change change, Standings.Effect effect) {
    return before.isVisible(change.hlc()) ? before.withChange(change.hlc(), effect) : before;
  }

  private CollectionState limited(CollectionState before, CollectionState after) {
    return after.withFormer(
        FormerLimits.after(
            before.former(), history.apply(before), history.apply(after), latestApplied));
  }

  private CollectionState withSettings(CollectionState before, Change change) {
    DocumentId id = new DocumentId(change.collection().value());
    Change newest = view.newest(TableKey.SETTINGS, change.collection(), id).orElse(change);
    Optional<Bytes> settings =
        newest.kind() == ChangeKind.SETTINGS
            ? Optional.of(new Bytes(newest.body().toArray())) // alone, not with its memtable
            : Optional.empty();
    if (change.kind() == ChangeKind.SETTINGS) {
      return settings.isEmpty() ? before : before.withSettings(change.hlc(), settings.get());
    }
    if (!before.isVisible(change.hlc())) {
      return before; // an older drop than one that is known
    }
    return dropped(before, change, settings);
  }

  private CollectionState dropped(
      CollectionState before, Change drop, Optional<Bytes> newSettings) {
    CollectionState empty =
        before.dropped(drop.hlc(), Standings.Effect.NONE, newSettings, Concurrency.NONE);
    if (!before.latest().isAfter(drop.hlc())) {
      trees.replace(before.name(), MerkleTree.small());
      return empty;
    }
    // From here on only what is younger is looked at.
    collections.put(before.name(), empty.withConcurrency(before.concurrency()));
    Survivors left = new Survivors(before, history.apply(empty).conflict());
    walk(before, left);
    trees.replace(before.name(), left.tree);
    return before.dropped(
        drop.hlc(),
        left.figures,
        newSettings,
        new Concurrency(left.conflicted, left.conflicts, before.concurrency().operations()));
  }

  /** What is made of a document on a walk through a collection. */
  private interface Visitor {
    void document(DocumentPrefix prefix, Change newest, Standing standing);
  }

  private void walk(CollectionState collection, Visitor visitor) {
    Standings standings = standings();
    byte[] within = TableKey.collectionPrefix(TableKey.DOCUMENTS, collection.name());
    for (Iterator<Change> documents = new NewestOf(view, within); documents.hasNext(); ) {
      Change newest = documents.next();
      DocumentPrefix prefix = new DocumentPrefix(newest);
      visitor.document(
          prefix,
          newest,
          standings.of(prefix, collection.name(), Optional.of(newest).filter(this::isVisible)));
    }
  }

  /** What a drop, or whatever happened, leaves of a collection. */
  private final class Survivors implements Visitor {
    private final CollectionState before;
    private final ConflictSettings rules;
    private final Standings standings = standings();
    private final MerkleTree tree;
    private Standings.Effect figures = Standings.Effect.NONE;
    private long conflicted;
    private long conflicts;

    Survivors(CollectionState before, ConflictSettings rules) {
      this.before = before;
      this.rules = rules;
      this.tree = trees.fresh(before.count());
    }

    @Override
    public void document(DocumentPrefix prefix, Change newest, Standing standing) {
      Standings.Effect each = standings.figures(standing, prefix, rules);
      figures = figures.plus(each);
      tree.add(prefix, each.digest());
      conflicted += standing.isConflicted() ? 1 : 0;
      conflicts += conflicts(standings, prefix, newest, before.concurrency());
    }
  }

  /**
   * Counts and hashes all documents of a collection again. Conflicts are counted as their records
   * tell: of documents that were lost, too. Writer only.
   */
  void recount(CollectionName name) {
    CollectionState before = collection(name);
    Survivors found = new Survivors(before, history.apply(before).conflict());
    walk(before, found);
    Concurrency concurrency = concurrency(before);
    Standings.Effect known = new Standings.Effect(before.count(), before.bytes(), before.digest());
    trees.replace(name, found.tree);
    collections.put(name, before.with(found.figures.minus(known)).withConcurrency(concurrency));
  }

  private Concurrency concurrency(CollectionState collection) {
    long conflicted = 0;
    long conflicts = 0;
    if (collection.concurrency().hasRecords()) {
      Standings standings = standings();
      byte[] within = TableKey.collectionPrefix(TableKey.HEADS, collection.name());
      for (Iterator<Change> records = new NewestOf(view, within); records.hasNext(); ) {
        Change record = records.next();
        DocumentPrefix prefix =
            new DocumentPrefix(TableKey.DOCUMENTS, collection.name(), record.id());
        ConflictRecord left =
            standings.left(ConflictRecordCodecV1.decode(record.body()), prefix, collection.name());
        conflicted += left.isConflicted() ? 1 : 0;
        conflicts += left.conflicts().size();
      }
    }
    return new Concurrency(conflicted, conflicts, collection.concurrency().operations());
  }

  /** How many conflicts of a document are still remembered. */
  private long conflicts(
      Standings standings, DocumentPrefix prefix, Change newest, Concurrency known) {
    return known.conflicts() == 0
        ? 0
        : view.conflicts(newest.collection(), newest.id())
            .map(record -> standings.left(record, prefix, newest.collection()).conflicts().size())
            .orElse(0);
  }

  /** Other settings may show other versions of documents of which several stand side by side. */
  private void recount(CollectionState before, CollectionState after) {
    ConflictSettings was = history.apply(before).conflict();
    ConflictSettings now = history.apply(after).conflict();
    if (after.concurrency().conflicted() == 0 || was.deleteWins() == now.deleteWins()) {
      return;
    }
    Standings.Effect change = Standings.Effect.NONE;
    byte[] within = TableKey.collectionPrefix(TableKey.HEADS, after.name());
    Standings standings = standings();
    for (Iterator<Change> records = new NewestOf(view, within); records.hasNext(); ) {
      Change record = records.next();
      if (ConflictRecordCodecV1.decode(record.body()).isConflicted()) {
        DocumentPrefix prefix = new DocumentPrefix(TableKey.DOCUMENTS, after.name(), record.id());
        Standing standing = standings.of(prefix, after.name(), visibleToReplace(prefix));
        change =
            change
                .plus(standings.figures(standing, prefix, now))
                .minus(standings.figures(standing, prefix, was));
      }
    }
    collections.put(after.name(), after.with(change));
  }

  /** For walks over all that was applied. */
  private Standings standings() {
    settle();
    return new Standings(this, Standings.Unforced.NOTHING);
  }
}
