package dev.meridian.engine;

import dev.meridian.clock.Dot;
import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.HybridLogicalClock;
import dev.meridian.clock.Lsn;
import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionId;
import dev.meridian.clock.VersionVector;
import dev.meridian.clock.Watermark;
import dev.meridian.document.Bytes;
import dev.meridian.document.Change;
import dev.meridian.document.ChangeCodecV1;
import dev.meridian.document.CollectionName;
import dev.meridian.document.CollectionSettings;
import dev.meridian.document.DocumentId;
import dev.meridian.document.FailureCode;
import dev.meridian.document.StoreFailure;
import dev.meridian.document.StoredDocument;
import dev.meridian.env.Threads;
import dev.meridian.env.WallClock;
import dev.meridian.env.Worker;
import dev.meridian.wal.LogDirectory;
import dev.meridian.wal.WalSettings;
import dev.meridian.wal.WriteAheadLog;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * The store of one region: a log, a memtable over it, and immutable tables below (O'Neil et al.,
 * "The Log-Structured Merge-Tree", 1996). Reads take no lock; all changes go through one {@link
 * Writer}.
 */
public final class LogStructuredEngine implements CopyStore, AutoCloseable {

  private static final Duration STOP_WAIT = Duration.ofSeconds(8);

  private final ReplicaId self;
  private final Threads threads;
  private final HybridLogicalClock clock;
  private final WriteAheadLog log;
  private final EngineState state;
  private final EngineSettings settings;
  private final TableCatalog catalog;
  private final Damages damages;
  private final TableMaintenance maintenance;
  private final Checkpointer checkpointer;
  private final Scrub scrub;
  private volatile Salvage salvage;
  private final boolean logGap;
  private final DocumentReads reads;
  private final Copies copies;
  private final WriterQueue queue;
  private final Arrivals arrivals;
  private final LogFeed feed;
  private final WriterPace pace;
  private final Writer writer;
  private final FieldViews fields;
  private final LogTrim trim;
  private final OperationsUnderWay operations;
  private final List<Worker> workers;

  /**
   * Where a region's data is and how it is kept.
   *
   * @param members all regions there are, this one too; when it is the only one, nobody else may
   *     have what a damaged log lacks, and such a log is refused
   * @param history reads a collection's settings: how much history it keeps, what conflicts become
   * @param answers runs, on the writer's thread, all that answers a batch: who carries answers to
   *     other threads can do so for many at once
   * @param progress gets what a long start is doing, for a person
   */
  public record Parts(
      ReplicaId region,
      Set<ReplicaId> members,
      EngineSettings settings,
      WalSettings walSettings,
      LogDirectory logDirectory,
      TableStore tables,
      ManifestStore manifests,
      Function<CollectionState, CollectionSettings> history,
      WallClock wall,
      Threads threads,
      Executor answers,
      Consumer<String> progress) {}

  /**
   * Opens a region's data, or starts it anew: reads the manifest, opens its tables, replays the log
   * after the checkpoint. On return everything that was ever acknowledged is readable.
   *
   * @throws IOException when something is damaged or belongs to another region; it says what and
   *     where
   */
  public static LogStructuredEngine open(Parts parts) throws IOException {
    return new LogStructuredEngine(parts, Opening.of(parts));
  }

  private LogStructuredEngine(Parts parts, Opening opening) {
    self = parts.region();
    threads = parts.threads();
    settings = parts.settings();
    Function<CollectionState, CollectionSettings> history = parts.history();
    state = opening.state();
    catalog = opening.catalog();
    damages = opening.damages();
    log = opening.log();
    Replay replay = opening.replay();
    operations = new OperationsUnderWay(state::vector);
    fields = new FieldViews(state, settings.cacheBytes(), settings.operationsPerRecord());
    DocumentViews views = new DocumentViews(state, fields);
    reads = new DocumentReads(state, history, parts.wall(), views, this::met);
    copies = new Copies(state, reads, views, history);
    clock =
        new HybridLogicalClock(
            parts.wall(),
            settings.maxClockDrift(),
            HlcTimestamp.max(replay.ceiling(), replay.latest()));
    trim = new LogTrim(self, log, settings.keepLogBytes());
    arrivals = new Arrivals(state::vector);
    feed = new LogFeed(log, arrivals);
    Worker writes = parts.threads().worker("meridian-writer");
    Worker checkpoints = parts.threads().worker("meridian-checkpoint");
    Worker merges = parts.threads().worker("meridian-tables");
    workers = List.of(writes, checkpoints, merges);
    queue = new WriterQueue(settings.maxQueuedMutations(), settings.maxQueuedBytes(), writes::wake);
    maintenance =
        new TableMaintenance(
            state,
            parts.tables(),
            catalog,
            new TableMerge(state, history, fields::stable, settings),
            opening.rebuild(),
            damages,
            () -> queue.size() > 0,
            parts.wall(),
            parts.threads(),
            merges,
            checkpoints);
    checkpointer =
        new Checkpointer(state, parts.tables(), catalog, maintenance, checkpoints, writes);
    pace = new WriterPace(state, settings.memtableBytes(), checkpointer, parts.wall());
    scrub =
        new Scrub(
            state,
            parts.tables(),
            log,
            damages,
            maintenance,
            () -> queue.size() > 0,
            parts.wall(),
            parts.threads());
    writer =
        new Writer(
            parts.region(),
            parts.members(),
            settings,
            log,
            state,
            clock,
            parts.wall(),
            replay.ceiling(),
            trim,
            checkpointer,
            pace,
            queue,
            arrivals,
            parts.answers(),
            new OperationCounts(
                settings.operationsPerRecord(),
                document ->
                    parts.threads().startVirtual("meridian-fields", () -> refresh(document))),
            this::met,
            fields::forget);
    opening.decidedBy(writer::decided);
    fields.recordBy(
        (name, record, isStale) -> queue.offer(new Writer.Task.Record(name, record, isStale)));
    logGap = replay.hasGap();
    salvage = new Salvage(this, replay.held(), Salvage.later(threads), this::salvaged);
    checkpointer.hold(!replay.held().isEmpty());
    writes.start(writer::step);
    checkpoints.start(checkpointer::step);
    merges.start(maintenance::step);
    if (!replay.held().isEmpty()) {
      salvage.bring();
    }
  }

  /** The next start shall not have to look behind the gap again. */
  private void salvaged() {
    checkpointer.hold(false);
    flush();
  }

  /**
   * Lets what documents and their CRDT fields keep for other regions only be forgotten, below a
   * causally stable cut.
   *
   * @param cut tells, on any thread and without waiting, changes that every region has, where
   *     whatever a region made before it had them is here
   */
  public void collectBelow(Supplier<VersionVector> cut) {
    fields.collectBelow(cut);
  }

  /**
   * Keeps changes of this region in the log that nobody else has heard.
   *
   * @param peers tells, on any thread and without waiting, up to which sequence some peer has them
   */
  public void heardBy(LongSupplier peers) {
    trim.heardBy(peers);
  }

  /** The last record of a document's CRDT fields. */
  Optional<FieldsRecord> recorded(CollectionName collection, DocumentId id) {
    return fields.newestRecord(new FieldViews.DocumentName(collection, id));
  }

  /** Has the state of a document's fields recorded, after many operations on it. */
  private void refresh(FieldViews.DocumentName document) {
    try {
      find(document.collection(), document.id());
    } catch (StoreFailure notNow) {
      // A later operation asks again, and whoever reads it until then does the work.
    }
  }

  /** A read or write met damage: have it mended. */
  private void met(DamagedTableException damage) {
    damages.found(damage.table(), damage.getCause());
    maintenance.rebuild(damage.table());
  }

  @Override
  public void apply(List<Mutation> mutations, Sync sync, Consumer<List<Outcome>> done) {
    if (!queue.offer(new Writer.Task.Apply(mutations, sync, done))) {
      StoreFailure overloaded =
          new StoreFailure.Unavailable(
              FailureCode.OVERLOADED, "too many writes wait for the disk, or the node is stopping");
      done.accept(
          mutations.stream().<Outcome>map(mutation -> new Outcome.Failed(overloaded)).toList());
    }
  }

  @Override
  public void operate(
      CollectionName collection,
      DocumentId id,
      Function<FieldedDocument, Mutation.Operate> work,
      Sync sync,
      Consumer<Outcome> done) {
    Runnable end = operations.begin();
    Mutation.Operate operation;
    try {
      operation = withFields(collection, id, work);
    } catch (RuntimeException | Error refused) {
      end.run();
      throw refused;
    }
    apply(
        List.of(operation),
        sync,
        outcomes -> {
          Outcome outcome = outcomes.getFirst();
          if (outcome instanceof Outcome.Applied applied) {
            Dot dot = applied.change().dot();
            whenCovers(VersionVector.EMPTY.with(dot)).whenComplete((read, never) -> end.run());
          } else {
            end.run();
          }
          done.accept(outcome);
        });
  }

  @Override
  public VersionVector vector() {
    return state.vector();
  }

  @Override
  public VersionVector known() {
    return operations.known();
  }

  @Override
  public CompletionStage<Void> whenCovers(VersionVector wanted) {
    return arrivals.whenCovers(wanted);
  }

  @Override
  public CompletionStage<Watermark> promise() {
    if (salvage.highest(self) > 0) {
      return CompletableFuture.failedFuture(Salvage.underWay());
    }
    CompletableFuture<Watermark> answer = new CompletableFuture<>();
    offer(new Writer.Task.Promise(answer), answer);
    return answer;
  }

  @Override
  public CompletionStage<HashedCollection> hashed(CollectionName collection) {
    CompletableFuture<HashedCollection> answer = new CompletableFuture<>();
    offer(new Writer.Task.Hash(collection, answer), answer);
    return answer;
  }

  @Override
  public CompletionStage<HashedCollection> recount(CollectionName collection) {
    CompletableFuture<HashedCollection> answer = new CompletableFuture<>();
    offer(new Writer.Task.Recount(collection, answer), answer);
    return answer;
  }

  private void offer(Writer.Task task, CompletableFuture<?> answer) {
    if (!queue.offer(task)) {
      answer.completeExceptionally(
          new StoreFailure.Unavailable(FailureCode.OVERLOADED, "the writer's queue is full"));
    }
  }

  @Override
  public HashPage hashes(CollectionName collection, Walk walk) {
    return copies.hashes(collection, walk);
  }

  @Override
  public EntryPage entries(Optional<byte[]> after, int maxBytes) {
    return copies.entries(after, maxBytes);
  }

  @Override
  public int kept(CollectionName collection, List<HlcTimestamp> newestFirst) {
    return copies.kept(collection, newestFirst);
  }

  @Override
  public DocumentCopy copy(StoredKey key) {
    return copies.copy(key);
  }

  @Override
  public void takeFields(CollectionName collection, DocumentId id, DocumentCopy.Fields theirs) {
    reads.read(
        () -> {
          fields.take(
              new FieldViews.DocumentName(collection, id), FieldsRecord.decode(theirs.record()));
          return theirs;
        });
  }

  @Override
  public Optional<Bytes> logged(Dot dot) {
    try (ChangeFeed.Cursor cursor = feed.open(vector().before(dot), Set.of())) {
      return cursor.next(1, Integer.MAX_VALUE).stream()
          .filter(change -> ChangeCodecV1.dot(change).equals(dot))
          .findFirst();
    } catch (ChangeFeed.TruncatedException older) {
      return Optional.empty();
    }
  }

  @Override
  public List<CollectionState> everyCollection() {
    return state.collections().stream().sorted((a, b) -> a.name().compareTo(b.name())).toList();
  }

  @Override
  public ChangeFeed changes() {
    return feed;
  }

  @Override
  public boolean acceptsWrites() {
    return writer.accepts();
  }

  /**
   * The highest sequence of this region that its damaged log has behind a gap and that waits for
   * the peers to fill it; 0 when there is none. No new change may be made before it is applied.
   */
  public long salvaged(ReplicaId self) {
    return salvage.highest(self);
  }

  /**
   * Brings changes back that this region made in an earlier life and that no peer may have: each
   * once what it depends on is here. At the start only, before anything new is made.
   *
   * @param changes in the order in which they were made
   * @param done called once all are here
   */
  public void bringBack(List<Change> changes, Runnable done) {
    salvage = new Salvage(this, changes, Salvage.later(threads), done);
    salvage.bring();
  }

  /** True when records after the checkpoint could not be read at the start. */
  public boolean hasLogGap() {
    return logGap;
  }

  /** This region's clock. */
  public HybridLogicalClock clock() {
    return clock;
  }

  @Override
  public Optional<StoredDocument> find(CollectionName collection, DocumentId id) {
    return reads.find(collection, id);
  }

  @Override
  public Optional<Optional<StoredDocument>> findInMemory(CollectionName collection, DocumentId id) {
    return reads.findInMemory(collection, id);
  }

  @Override
  public List<StoredDocument> scan(
      CollectionName collection,
      String prefix,
      Optional<DocumentId> after,
      int limit,
      HlcTimestamp asOf) {
    return reads.scan(collection, prefix, after, limit, asOf);
  }

  /**
   * Documents in id order as they were at two times, those that were the same left out.
   *
   * @param examine look at so many documents at most; the last one returned may be the same at both
   *     times, to say how far it came
   */
  public List<DocumentDiff> diff(
      CollectionName collection,
      HlcTimestamp from,
      HlcTimestamp to,
      Optional<DocumentId> after,
      int examine) {
    return reads.diff(collection, from, to, after, examine);
  }

  /**
   * The version that a document had at a time, which may be a deletion; empty when there was none
   * yet. May read the disk. Fails with {@code history-expired} when that cannot be told any more.
   */
  public Optional<StoredDocument> findAsOf(
      CollectionName collection, DocumentId id, HlcTimestamp asOf) {
    return reads.findAsOf(collection, id, asOf);
  }

  @Override
  public List<StoredDocument> versions(
      CollectionName collection, DocumentId id, Optional<VersionId> before, int limit) {
    return reads.versions(collection, id, before, limit);
  }

  @Override
  public Optional<StoredDocument> kept(
      CollectionName collection, DocumentId id, VersionId version) {
    return reads.kept(collection, id, version);
  }

  @Override
  public <T> T withFields(
      CollectionName collection, DocumentId id, Function<FieldedDocument, T> use) {
    return reads.withFields(collection, id, use);
  }

  @Override
  public Optional<ConflictRecord> conflicts(CollectionName collection, DocumentId id) {
    return reads.conflicts(collection, id);
  }

  @Override
  public List<CollidedDocument> collided(
      CollectionName collection, Optional<DocumentId> after, int limit) {
    return reads.collided(collection, after, limit);
  }

  /**
   * What the settings of a collection said at a time, as written; empty when they said nothing. May
   * read the disk.
   */
  public Optional<Bytes> settingsAsOf(CollectionName collection, HlcTimestamp asOf) {
    return reads.settingsAsOf(collection, asOf);
  }

  @Override
  public HlcTimestamp latest() {
    return state.latest();
  }

  @Override
  public CollectionState collection(CollectionName name) {
    return state.collection(name);
  }

  /** The collections that exist, by name. */
  public List<CollectionState> collections() {
    return state.collections().stream()
        .filter(CollectionState::exists)
        .sorted((a, b) -> a.name().compareTo(b.name()))
        .toList();
  }

  public EngineStats stats() {
    View view = state.view();
    Lsn checkpoint = catalog.checkpoint();
    return new EngineStats(
        writer.accepts(),
        log.lastLsn(),
        log.durableLsn(),
        checkpoint,
        catalog.checkpointMillis(),
        log.segments().size(),
        log.bytes(),
        log.bytesToReplay(checkpoint),
        EngineStats.Forces.of(log.forceStats()),
        queue.size(),
        settings.maxQueuedMutations(),
        queue.bytes(),
        settings.maxQueuedBytes(),
        arrivals.waiting(),
        view.active().bytes() + view.frozen().stream().mapToLong(Memtable::bytes).sum(),
        settings.memtableBytes(),
        view.frozen().size(),
        pace.stalls(),
        pace.waitedMillis(),
        view.tables().stream().map(Table::file).toList(),
        maintenance.stats(),
        view.rows().stats(),
        scrub.stats(),
        damages.all());
  }

  /** Verifies every checksum at rest, in the background; {@link #stats} tells how far it is. */
  public void startScrub() {
    scrub.start();
  }

  /** Has the memtable written out as a table soon, whatever its size. */
  public void flush() {
    queue.offer(new Writer.Task.Flush());
  }

  /**
   * A drill: damages documents beneath the log, as a failing disk that went unnoticed would. Writes
   * all tables anew. Reads show the damage, replication does not hear of it.
   *
   * @return how many entries of tables were altered or lost; fails with {@code overloaded} when
   *     several drills wait already
   */
  public CompletionStage<Integer> damage(
      CollectionName collection, List<DocumentId> documents, Harm harm) {
    CompletableFuture<Integer> done = new CompletableFuture<>();
    Set<DocumentPrefix> prefixes =
        documents.stream()
            .map(id -> new DocumentPrefix(TableKey.DOCUMENTS, collection, id))
            .collect(Collectors.toUnmodifiableSet());
    flush();
    if (!maintenance.drill(new TableDrill(prefixes, harm, done))) {
      done.completeExceptionally(
          new StoreFailure.Unavailable(FailureCode.OVERLOADED, "other drills wait already"));
    }
    return done;
  }

  /** Finishes what was accepted, then closes the log. Takes at most some seconds. */
  @Override
  public void close() throws IOException {
    salvage.stop();
    scrub.stop();
    maintenance.stop();
    queue.close();
    checkpointer.stopWriting();
    workers.forEach(worker -> worker.join(STOP_WAIT));
    log.close();
    catalog.closeAll();
  }
}
