package dev.meridian.engine;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.HybridLogicalClock;
import dev.meridian.clock.Lsn;
import dev.meridian.clock.ReplicaId;
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
import dev.meridian.document.StoredDocument.LiveDocument;
import dev.meridian.env.Threads;
import dev.meridian.env.WallClock;
import dev.meridian.wal.LogDirectory;
import dev.meridian.wal.LogRecord;
import dev.meridian.wal.SegmentInfo;
import dev.meridian.wal.WalSettings;
import dev.meridian.wal.WriteAheadLog;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The store of one region: a log, a memtable over it, and immutable tables below (O'Neil et al.,
 * "The Log-Structured Merge-Tree", 1996). Reads take no lock; all changes go through one {@link
 * Writer}.
 */
public final class LogStructuredEngine implements StorageEngine, AutoCloseable {

  private static final long STOP_SECONDS = 8;

  private final HybridLogicalClock clock;
  private final WriteAheadLog log;
  private final EngineState state;
  private final EngineSettings settings;
  private final TableCatalog catalog;
  private final Damages damages;
  private final TableMaintenance maintenance;
  private final Checkpointer checkpointer;
  private final Scrub scrub;
  private final WriterQueue queue;
  private final Arrivals arrivals;
  private final LogFeed feed;
  private final Writer writer;
  private final List<Thread> workers;

  /**
   * Where a region's data is and how it is kept.
   *
   * @param history reads a collection's settings for how much history it keeps
   * @param progress gets what a long start is doing, for a person
   */
  public record Parts(
      ReplicaId region,
      EngineSettings settings,
      WalSettings walSettings,
      LogDirectory logDirectory,
      TableStore tables,
      ManifestStore manifests,
      Function<CollectionState, CollectionSettings> history,
      WallClock wall,
      Threads threads,
      Consumer<String> progress) {}

  /**
   * Opens a region's data, or starts it anew: reads the manifest, opens its tables, replays the log
   * after the checkpoint. On return everything that was ever acknowledged is readable.
   *
   * @throws IOException when something is damaged or belongs to another region; it says what and
   *     where
   */
  public static LogStructuredEngine open(Parts parts) throws IOException {
    return new LogStructuredEngine(parts);
  }

  private LogStructuredEngine(Parts parts) throws IOException {
    Manifest manifest = manifest(parts);
    settings = parts.settings();
    parts.tables().keepOnly(TableCatalog.names(manifest));
    RowCache rows = new RowCache(settings.cacheBytes());
    state =
        new EngineState(
            new View(new Memtable(), List.of(), List.of(), rows),
            manifest.vector(),
            manifest.collections());
    catalog = new TableCatalog(state, parts.tables(), parts.manifests(), manifest, parts.wall());
    damages = new Damages(parts.wall());
    List<TableFile> damaged = openTables(parts.tables(), manifest);
    HlcTimestamp latest = HlcTimestamp.ZERO;
    for (TableFile file : manifest.tables()) {
      latest = HlcTimestamp.max(latest, file.latest());
    }
    Replay replay = new Replay(state, manifest.clockFloor(), latest, parts.progress());
    // What comes after the checkpoint asks the tables, so it has to wait for those that are
    // rebuilt.
    List<LogRecord> deferred = new ArrayList<>();
    // A segment's header must not know less than what stands before it, forced or not.
    AtomicReference<Supplier<VersionVector>> decided = new AtomicReference<>(state::vector);
    log =
        WriteAheadLog.open(
            parts.logDirectory(),
            parts.walSettings(),
            parts.wall(),
            parts.threads(),
            manifest.checkpoint(),
            () -> LogFeed.context(decided.get().get()),
            damaged.isEmpty() ? replay::accept : deferred::add);
    TableRebuild rebuild =
        new TableRebuild(
            log,
            parts.tables(),
            settings.memtableBytes(),
            catalog::nextName,
            lsn ->
                parts.progress().accept("rebuilding damaged tables from the log, record " + lsn));
    rebuildAtStart(damaged, rebuild);
    deferred.forEach(replay::accept);
    HlcTimestamp floor = HlcTimestamp.max(replay.ceiling(), replay.latest());
    clock = new HybridLogicalClock(parts.wall(), settings.maxClockDrift(), floor);
    arrivals = new Arrivals(state::vector);
    feed = new LogFeed(log, arrivals);
    queue = new WriterQueue(settings.maxQueuedMutations());
    maintenance =
        new TableMaintenance(
            state,
            parts.tables(),
            catalog,
            new TableMerge(state, parts.history(), parts.wall(), settings.maxTables()),
            rebuild,
            damages,
            () -> queue.size() > 0,
            parts.wall());
    checkpointer = new Checkpointer(state, parts.tables(), catalog, maintenance, parts.wall());
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
            settings,
            log,
            state,
            clock,
            replay.ceiling(),
            checkpointer,
            queue,
            arrivals,
            this::met);
    decided.set(writer::decided);
    workers =
        List.of(
            parts.threads().startWorker("meridian-writer", writer::run),
            parts.threads().startWorker("meridian-checkpoint", checkpointer::run),
            parts.threads().startWorker("meridian-tables", maintenance::run));
  }

  /** Opens all tables, or none when some are damaged: returns those. */
  private List<TableFile> openTables(TableStore store, Manifest manifest) throws IOException {
    List<TableFile> damaged = new ArrayList<>();
    List<Table> opened = new ArrayList<>();
    for (TableFile file : manifest.tables()) {
      try {
        opened.add(store.open(file));
      } catch (DamagedFileException damage) {
        damages.found(file.name(), damage);
        damaged.add(file);
      }
    }
    if (damaged.isEmpty()) {
      state.install(opened, Optional.empty());
    } else {
      opened.forEach(Table::close);
    }
    return damaged;
  }

  private void rebuildAtStart(List<TableFile> damaged, TableRebuild rebuild) throws IOException {
    for (TableFile file : damaged) {
      Optional<List<TableFile>> fresh = rebuild.rebuild(file);
      if (fresh.isEmpty()) {
        throw new IOException(
            "table "
                + file.name()
                + " is damaged and the log does not have its changes any more. Move the data"
                + " directory away and start again to fetch everything from a peer.");
      }
      catalog.replaceUnopened(file, fresh.get());
      damages.state(file.name(), Damage.State.REBUILT);
    }
    if (!damaged.isEmpty()) {
      catalog.openAll();
    }
  }

  /** A read or write met damage: have it mended. */
  private void met(DamagedTableException damage) {
    damages.found(damage.table(), damage.getCause());
    maintenance.rebuild(damage.table());
  }

  /** Reads; once more if a table was replaced meanwhile. */
  private <T> T read(Supplier<T> reading) {
    try {
      try {
        return reading.get();
      } catch (TableClosedException replaced) {
        return reading.get();
      }
    } catch (DamagedTableException damage) {
      met(damage);
      throw Writer.beingRebuilt();
    } catch (TableClosedException stopping) {
      throw new StoreFailure.Unavailable(FailureCode.NOT_READY, "the region is stopping");
    }
  }

  private static Manifest manifest(Parts parts) throws IOException {
    Optional<Manifest> found = parts.manifests().read();
    if (found.isEmpty()) {
      if (!parts.logDirectory().list().isEmpty()) {
        throw new IOException(
            "there is a log but no manifest beside it: the data directory is incomplete. Restore the"
                + " manifest, or move the directory away to fetch everything from a peer.");
      }
      Manifest fresh = Manifest.empty(parts.region());
      parts.manifests().write(fresh);
      return fresh;
    }
    Manifest manifest = found.get();
    if (!manifest.region().equals(parts.region())) {
      throw new IOException(
          "the data directory belongs to region '"
              + manifest.region()
              + "', but this node is region '"
              + parts.region()
              + "'");
    }
    return manifest;
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
  public VersionVector vector() {
    return state.vector();
  }

  @Override
  public CompletionStage<Void> whenCovers(VersionVector wanted) {
    return arrivals.whenCovers(wanted);
  }

  @Override
  public CompletionStage<Watermark> promise() {
    CompletableFuture<Watermark> answer = new CompletableFuture<>();
    if (!queue.offer(new Writer.Task.Promise(answer))) {
      answer.completeExceptionally(
          new StoreFailure.Unavailable(FailureCode.OVERLOADED, "the writer's queue is full"));
    }
    return answer;
  }

  @Override
  public ChangeFeed changes() {
    return feed;
  }

  /** False once the log has failed: only a restart helps. */
  public boolean acceptsWrites() {
    return writer.accepts();
  }

  /** This region's clock. */
  public HybridLogicalClock clock() {
    return clock;
  }

  /**
   * The newest version of a document, if there is one that no drop has undone. May read the disk.
   */
  public Optional<StoredDocument> find(CollectionName collection, DocumentId id) {
    return read(() -> state.visible(collection, id)).map(StoredDocument::of);
  }

  /**
   * The same without the disk: empty when memory alone cannot tell, else what {@link #find} would
   * return.
   */
  public Optional<Optional<StoredDocument>> findInMemory(CollectionName collection, DocumentId id) {
    return read(() -> state.view().newestIfInMemory(collection, id))
        .map(
            newest ->
                newest
                    .filter(change -> state.collection(collection).isVisible(change.hlc()))
                    .map(StoredDocument::of));
  }

  /**
   * Live documents in id order. May read the disk.
   *
   * @param prefix of the ids; empty for all
   * @param after only greater ids
   * @param limit at most so many
   */
  public List<LiveDocument> scan(
      CollectionName collection, String prefix, Optional<DocumentId> after, int limit) {
    byte[] start = TableKey.collectionPrefix(TableKey.DOCUMENTS, collection);
    byte[] idPrefix = prefix.getBytes(StandardCharsets.UTF_8);
    byte[] within = Arrays.copyOf(start, start.length + idPrefix.length);
    System.arraycopy(idPrefix, 0, within, start.length, idPrefix.length);
    byte[] from = within;
    if (after.isPresent()) {
      byte[] next = TableKey.after(TableKey.prefix(TableKey.DOCUMENTS, collection, after.get()));
      from = TableKey.ORDER.compare(next, within) > 0 ? next : within;
    }
    byte[] first = from;
    return read(() -> page(collection, within, first, limit));
  }

  private List<LiveDocument> page(
      CollectionName collection, byte[] within, byte[] from, int limit) {
    HlcTimestamp droppedAt = state.collection(collection).droppedAt();
    LiveDocuments documents = new LiveDocuments(state.view(), within, from, droppedAt);
    List<LiveDocument> page = new ArrayList<>(Math.min(limit, 128));
    while (page.size() < limit && documents.hasNext()) {
      page.add(new LiveDocument(documents.next()));
    }
    return page;
  }

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
        replayBytes(checkpoint),
        EngineStats.Forces.of(log.forceStats()),
        queue.size(),
        settings.maxQueuedMutations(),
        arrivals.waiting(),
        view.active().bytes() + view.frozen().stream().mapToLong(Memtable::bytes).sum(),
        settings.memtableBytes(),
        view.frozen().size(),
        checkpointer.stalls(),
        checkpointer.stalledMillis(),
        view.tables().stream().map(Table::file).toList(),
        maintenance.stats(),
        view.rows().stats(),
        scrub.stats(),
        damages.all());
  }

  /** A start reads the segment that holds the checkpoint, and all after it. */
  private long replayBytes(Lsn checkpoint) {
    long bytes = 0;
    List<SegmentInfo> segments = log.segments();
    for (int i = segments.size() - 1; i >= 0; i--) {
      bytes += segments.get(i).bytes();
      if (segments.get(i).firstLsn().compareTo(checkpoint) <= 0) {
        break;
      }
    }
    return bytes;
  }

  /** Verifies every checksum at rest, in the background; {@link #stats} tells how far it is. */
  public void startScrub() {
    scrub.start();
  }

  /** Has the memtable written out as a table soon, whatever its size. */
  public void flush() {
    queue.offer(new Writer.Task.Flush());
  }

  /** Finishes what was accepted, then closes the log. Takes at most some seconds. */
  @Override
  public void close() throws IOException {
    scrub.stop();
    maintenance.stop();
    queue.close();
    checkpointer.stopWriting();
    workers.forEach(LogStructuredEngine::join);
    log.close();
    catalog.closeAll();
  }

  private static void join(Thread thread) {
    try {
      thread.join(TimeUnit.SECONDS.toMillis(STOP_SECONDS));
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
    }
  }

  /** What the log tells at start. */
  private static final class Replay {
    private final EngineState state;

    /** Records between two reports of progress. */
    private static final long REPORT_EVERY = 100_000;

    private final Consumer<String> progress;
    private HlcTimestamp ceiling;
    private HlcTimestamp latest;

    Replay(
        EngineState state, HlcTimestamp ceiling, HlcTimestamp latest, Consumer<String> progress) {
      this.state = state;
      this.progress = progress;
      this.ceiling = ceiling;
      this.latest = latest;
    }

    void accept(LogRecord record) {
      if (record.lsn().value() % REPORT_EVERY == 0) {
        progress.accept("replaying the log after the checkpoint, record " + record.lsn());
      }
      // The bytes may be shared with the reader's buffer; what stays in memory owns its own.
      byte[] payload =
          Arrays.copyOfRange(record.buffer(), record.offset(), record.offset() + record.length());
      switch (record.type()) {
        case Writer.CHANGE -> change(payload);
        case Writer.CEILING -> ceiling = new HlcTimestamp(ByteBuffer.wrap(payload).getLong());
        default ->
            throw new IllegalStateException(
                "log record " + record.lsn() + " has the unknown type " + record.type());
      }
    }

    private void change(byte[] payload) {
      Change change = ChangeCodecV1.decode(new Bytes(payload));
      latest = HlcTimestamp.max(latest, change.hlc());
      Optional<Change> prior =
          TableKey.space(change.kind()) == TableKey.DOCUMENTS
              ? state.visible(change.collection(), change.id())
              : Optional.empty();
      state.apply(change, prior);
      state.vector(state.vector().with(change.dot()));
    }

    HlcTimestamp ceiling() {
      return ceiling;
    }

    HlcTimestamp latest() {
      return latest;
    }
  }
}
