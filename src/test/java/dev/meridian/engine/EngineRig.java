package dev.meridian.engine;

import dev.meridian.clock.ReplicaId;
import dev.meridian.document.Bytes;
import dev.meridian.document.Change;
import dev.meridian.document.CollectionName;
import dev.meridian.document.CollectionSettings;
import dev.meridian.document.DocumentId;
import dev.meridian.document.Precondition;
import dev.meridian.document.StoredDocument;
import dev.meridian.engine.mapdb.MapDbTableStore;
import dev.meridian.env.SystemEnvironment;
import dev.meridian.env.WallClock;
import dev.meridian.simulation.ManualClock;
import dev.meridian.wal.DiskLogDirectory;
import dev.meridian.wal.LogDirectory;
import dev.meridian.wal.WalSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** An engine over given edges, with calls that wait. */
public final class EngineRig implements AutoCloseable {

  public static final CollectionName C = new CollectionName("c");

  public final LogStructuredEngine engine;
  private final SystemEnvironment environment = new SystemEnvironment();

  private EngineRig(Setup setup) throws IOException {
    engine =
        LogStructuredEngine.open(
            new LogStructuredEngine.Parts(
                new ReplicaId(setup.region),
                members(setup),
                setup.settings,
                WalSettings.defaults().withSegmentBytes(setup.segmentBytes),
                setup.log,
                setup.tables,
                setup.manifests,
                setup.history,
                setup.wall,
                environment,
                Runnable::run,
                progress -> {}));
  }

  private static Set<ReplicaId> members(Setup setup) {
    Set<ReplicaId> members = new HashSet<>(Set.of(new ReplicaId(setup.region)));
    if (setup.hasPeers) {
      Stream.of("eu", "us", "ap", "sa", "af").map(ReplicaId::new).forEach(members::add);
    }
    return members;
  }

  /**
   * A region 'eu' in a directory, with small segments, that has peers and whose clock stands still,
   * unless something else is said.
   */
  public static Setup in(Path directory) throws IOException {
    return new Setup(directory);
  }

  /** How an engine is to be opened. */
  public static final class Setup {
    private String region = "eu";
    private EngineSettings settings = EngineSettings.defaults();
    private long segmentBytes = 1 << 20;
    private LogDirectory log;
    private TableStore tables;
    private ManifestStore manifests;
    private Function<CollectionState, CollectionSettings> history =
        collection -> CollectionSettings.DEFAULTS;
    private WallClock wall = new ManualClock(1_764_000_000_000L);
    private boolean hasPeers = true;

    private Setup(Path directory) throws IOException {
      log = new DiskLogDirectory(directory.resolve("wal"));
      tables = new MapDbTableStore(directory.resolve("tables"));
      manifests = new ManifestFile(directory);
    }

    public Setup region(String name) {
      region = name;
      return this;
    }

    public Setup settings(EngineSettings chosen) {
      settings = chosen;
      return this;
    }

    Setup segmentBytes(long bytes) {
      segmentBytes = bytes;
      return this;
    }

    Setup log(LogDirectory chosen) {
      log = chosen;
      return this;
    }

    Setup tables(UnaryOperator<TableStore> wrapped) {
      tables = wrapped.apply(tables);
      return this;
    }

    Setup manifests(UnaryOperator<ManifestStore> wrapped) {
      manifests = wrapped.apply(manifests);
      return this;
    }

    Setup history(Function<CollectionState, CollectionSettings> chosen) {
      history = chosen;
      return this;
    }

    public Setup wall(WallClock chosen) {
      wall = chosen;
      return this;
    }

    Setup hasPeers(boolean chosen) {
      hasPeers = chosen;
      return this;
    }

    public EngineRig open() throws IOException {
      return new EngineRig(this);
    }
  }

  public List<Outcome> apply(List<Mutation> mutations) {
    CompletableFuture<List<Outcome>> done = new CompletableFuture<>();
    engine.apply(mutations, done::complete);
    return await(done);
  }

  /** A put whose outcome may come before it is forced. */
  CompletableFuture<List<Outcome>> start(String id, String body, StorageEngine.Sync sync) {
    CompletableFuture<List<Outcome>> done = new CompletableFuture<>();
    Mutation put = new Mutation.Put(C, new DocumentId(id), Bytes.utf8(body), Precondition.NONE, "");
    engine.apply(List.of(put), sync, done::complete);
    return done;
  }

  public Outcome apply(Mutation mutation) {
    return apply(List.of(mutation)).getFirst();
  }

  public Outcome put(String id, String body) {
    return apply(new Mutation.Put(C, new DocumentId(id), Bytes.utf8(body), Precondition.NONE, ""));
  }

  public Outcome delete(String id) {
    return apply(new Mutation.Delete(C, new DocumentId(id), Precondition.NONE, ""));
  }

  public Outcome receive(Change change) {
    return apply(new Mutation.Replicated(change));
  }

  public Optional<StoredDocument> find(String id) {
    return engine.find(C, new DocumentId(id));
  }

  /** The body of a live document, or empty. */
  public Optional<String> body(String id) {
    return find(id)
        .filter(StoredDocument.LiveDocument.class::isInstance)
        .map(document -> document.change().body().utf8());
  }

  public static <T> T await(CompletableFuture<T> future) {
    try {
      return future.get(30, TimeUnit.SECONDS);
    } catch (InterruptedException | TimeoutException | java.util.concurrent.ExecutionException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() throws IOException {
    try {
      engine.close();
    } finally {
      environment.close();
    }
  }
}
