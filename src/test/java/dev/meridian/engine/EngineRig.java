package dev.meridian.engine;

import dev.meridian.clock.ReplicaId;
import dev.meridian.document.Bytes;
import dev.meridian.document.Change;
import dev.meridian.document.CollectionName;
import dev.meridian.document.CollectionSettings;
import dev.meridian.document.DocumentId;
import dev.meridian.document.Precondition;
import dev.meridian.document.StoredDocument;
import dev.meridian.env.SystemEnvironment;
import dev.meridian.env.WallClock;
import dev.meridian.wal.LogDirectory;
import dev.meridian.wal.WalSettings;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/** An engine over given edges, with calls that wait. */
final class EngineRig implements AutoCloseable {

  static final CollectionName C = new CollectionName("c");

  final LogStructuredEngine engine;
  private final SystemEnvironment environment = new SystemEnvironment();

  EngineRig(
      String region,
      EngineSettings settings,
      long segmentBytes,
      LogDirectory log,
      TableStore tables,
      ManifestStore manifests,
      WallClock wall)
      throws IOException {
    this(region, settings, segmentBytes, log, tables, manifests, wall, true);
  }

  EngineRig(
      String region,
      EngineSettings settings,
      long segmentBytes,
      LogDirectory log,
      TableStore tables,
      ManifestStore manifests,
      WallClock wall,
      boolean hasPeers)
      throws IOException {
    this(
        region,
        settings,
        segmentBytes,
        log,
        tables,
        manifests,
        wall,
        hasPeers,
        collection -> CollectionSettings.DEFAULTS);
  }

  EngineRig(
      String region,
      EngineSettings settings,
      long segmentBytes,
      LogDirectory log,
      TableStore tables,
      ManifestStore manifests,
      WallClock wall,
      boolean hasPeers,
      Function<CollectionState, CollectionSettings> history)
      throws IOException {
    engine =
        LogStructuredEngine.open(
            new LogStructuredEngine.Parts(
                new ReplicaId(region),
                settings,
                WalSettings.defaults().withSegmentBytes(segmentBytes),
                log,
                tables,
                manifests,
                history,
                wall,
                environment,
                hasPeers,
                progress -> {}));
  }

  List<Outcome> apply(List<Mutation> mutations) {
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

  Outcome apply(Mutation mutation) {
    return apply(List.of(mutation)).getFirst();
  }

  Outcome put(String id, String body) {
    return apply(new Mutation.Put(C, new DocumentId(id), Bytes.utf8(body), Precondition.NONE, ""));
  }

  Outcome delete(String id) {
    return apply(new Mutation.Delete(C, new DocumentId(id), Precondition.NONE, ""));
  }

  Outcome receive(Change change) {
    return apply(new Mutation.Replicated(change));
  }

  Optional<StoredDocument> find(String id) {
    return engine.find(C, new DocumentId(id));
  }

  /** The body of a live document, or empty. */
  Optional<String> body(String id) {
    return find(id)
        .filter(StoredDocument.LiveDocument.class::isInstance)
        .map(document -> document.change().body().utf8());
  }

  static <T> T await(CompletableFuture<T> future) {
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
