package dev.meridian.bench.storage;

import dev.meridian.clock.ReplicaId;
import dev.meridian.document.Bytes;
import dev.meridian.document.CollectionName;
import dev.meridian.document.CollectionSettings;
import dev.meridian.document.DocumentId;
import dev.meridian.document.PlacementRules;
import dev.meridian.document.Precondition;
import dev.meridian.document.StoredDocument;
import dev.meridian.document.StoredDocument.LiveDocument;
import dev.meridian.engine.EngineSettings;
import dev.meridian.engine.EngineStats;
import dev.meridian.engine.LogStructuredEngine;
import dev.meridian.engine.ManifestFile;
import dev.meridian.engine.Mutation;
import dev.meridian.engine.Outcome;
import dev.meridian.engine.mapdb.MapDbTableStore;
import dev.meridian.env.SystemEnvironment;
import dev.meridian.wal.DiskLogDirectory;
import dev.meridian.wal.WalSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The engine of a region, as a node starts it, without a node around it. */
final class MeridianSubject implements Subject {

  private static final CollectionName COLLECTION = new CollectionName("orders");
  private static final String LOG = "wal";
  private static final String TABLES = "tables";

  private final int versions;
  private final SystemEnvironment environment = new SystemEnvironment();
  private final CountingLogDirectory log;
  private final LogStructuredEngine engine;
  private volatile long changeBytes;
  private volatile Optional<IOException> failure = Optional.empty();

  /**
   * @param versions of a document that merging keeps
   */
  MeridianSubject(Path directory, int versions) throws IOException {
    this.versions = versions;
    Files.createDirectories(directory);
    log = new CountingLogDirectory(new DiskLogDirectory(directory.resolve(LOG)));
    CollectionSettings history =
        new CollectionSettings(versions, Duration.ofDays(7), false, PlacementRules.EVERYWHERE);
    engine =
        LogStructuredEngine.open(
            new LogStructuredEngine.Parts(
                new ReplicaId("bench"),
                Set.of(new ReplicaId("bench")),
                EngineSettings.defaults(),
                WalSettings.defaults(),
                log,
                new MapDbTableStore(directory.resolve(TABLES)),
                new ManifestFile(directory),
                collection -> history,
                environment,
                environment,
                Runnable::run,
                progress -> {}));
    engine.collectBelow(engine::vector); // there is no other region
  }

  @Override
  public void write(List<Write> group, Runnable done) {
    List<Mutation> mutations = new ArrayList<>(group.size());
    for (Write write : group) {
      DocumentId id = new DocumentId(write.id());
      mutations.add(
          write.isDelete()
              ? new Mutation.Delete(COLLECTION, id, Precondition.NONE, "")
              : new Mutation.Put(COLLECTION, id, new Bytes(write.body()), Precondition.NONE, ""));
    }
    engine.apply(mutations, outcomes -> answered(outcomes, done));
  }

  @SuppressWarnings("NonAtomicOperationOnVolatileField") // the writer's thread alone
  private void answered(List<Outcome> outcomes, Runnable done) {
    long bytes = 0;
    for (Outcome outcome : outcomes) {
      if (outcome instanceof Outcome.Applied applied) {
        bytes += applied.change().encoded().length();
      } else {
        failure = Optional.of(new IOException("a write was not applied: " + outcome));
      }
    }
    changeBytes += bytes;
    done.run();
  }

  /** Together what one batch of the writer takes. */
  @Override
  public int groupsUnderWay() {
    return EngineSettings.defaults().maxBatchMutations() / StorageChild.GROUP;
  }

  @Override
  public void check() throws IOException {
    if (failure.isPresent()) {
      throw failure.get();
    }
  }

  @Override
  public int get(String id) {
    Optional<StoredDocument> found = engine.find(COLLECTION, new DocumentId(id));
    if (found.isPresent() && found.get() instanceof LiveDocument live) {
      return live.body().length();
    }
    return 0;
  }

  @Override
  public int page(String after, int limit, Visitor visitor) {
    Optional<DocumentId> from =
        after.isEmpty() ? Optional.empty() : Optional.of(new DocumentId(after));
    List<StoredDocument> page = engine.scan(COLLECTION, "", from, limit, engine.latest());
    for (StoredDocument document : page) {
      Bytes body = document.change().body();
      visitor.document(document.id().value(), body.array(), body.offset(), body.length());
    }
    return page.size();
  }

  @Override
  public int scanPage() {
    return 1000;
  }

  @Override
  public long changeBytes() {
    return changeBytes;
  }

  @Override
  public long forces() {
    return log.forces();
  }

  @Override
  public boolean isIdle() {
    EngineStats stats = engine.stats();
    return !stats.merge().running() && stats.frozenMemtables() == 0;
  }

  @Override
  public void flush() {
    engine.flush();
  }

  @Override
  public boolean isLog(String path) {
    return path.startsWith(LOG);
  }

  @Override
  public String setUp() {
    return "defaults, row cache "
        + (EngineSettings.defaults().cacheBytes() >> 20)
        + " MiB; forced before each answer; merging keeps "
        + versions
        + (versions == 1 ? " version" : " versions")
        + " of a document; heap "
        + Runtime.getRuntime().maxMemory() / (1 << 20)
        + " MiB";
  }

  @Override
  public void close() throws IOException {
    engine.close();
    environment.close();
  }
}
