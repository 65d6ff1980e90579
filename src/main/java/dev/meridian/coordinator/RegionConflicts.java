package dev.meridian.coordinator;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.VersionId;
import dev.meridian.document.Bytes;
import dev.meridian.document.CollectionName;
import dev.meridian.document.CollectionSettings;
import dev.meridian.document.CollectionSettingsJson;
import dev.meridian.document.ConflictResolver;
import dev.meridian.document.ConflictSettings;
import dev.meridian.document.DocumentId;
import dev.meridian.document.FailureCode;
import dev.meridian.document.JsonLimits;
import dev.meridian.document.StoreFailure;
import dev.meridian.document.StoredDocument;
import dev.meridian.engine.ConflictRecord;
import dev.meridian.engine.LogStructuredEngine;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;

/** The conflict log as this region keeps it. Thread-safe. */
public final class RegionConflicts implements Conflicts {

  private final LogStructuredEngine engine;
  private final KnownSettings settings;
  private final Collections collections;
  private final RegionDocuments documents;
  private final ReadCoordinator reads;
  private final ConflictScan scan;
  private final ConflictResolutions resolutions;

  /**
   * @param limits of a document
   */
  public RegionConflicts(
      LogStructuredEngine engine,
      KnownSettings settings,
      RegionDocuments documents,
      Collections collections,
      JsonLimits limits) {
    this.engine = engine;
    this.settings = settings;
    this.collections = collections;
    this.documents = documents;
    this.reads = documents.reads();
    this.scan = new ConflictScan(engine, settings);
    this.resolutions = new ConflictResolutions(documents, scan, limits);
  }

  /** Conflicts with their bodies. */
  private record Told(List<ConflictCase> cases, Optional<ConflictKey> next, Answer answer) {}

  @Override
  public CompletionStage<ConflictPage> list(Filter filter, ReadOptions options) {
    return page(filter, options)
        .thenApply(
            page ->
                new ConflictPage(
                    page.cases().stream().map(ConflictCase::told).toList(),
                    page.next(),
                    page.answer()));
  }

  private CompletionStage<Told> page(Filter filter, ReadOptions options) {
    if (filter.collection().isEmpty() && options.level() instanceof ConsistencyLevel.Quorum) {
      return CompletableFuture.failedFuture(
          new StoreFailure.CallerMistake(
              FailureCode.CONSISTENCY_UNSUPPORTED,
              "conflicts of all collections are those of this region; name a collection to read"
                  + " them with 'quorum'"));
    }
    CollectionName any = new CollectionName("any"); // counts for quorums only
    return reads.reading(
        filter.collection().orElse(any),
        options,
        () -> {
          filter.collection().ifPresent(reads::checkExists);
          ConflictScan.Page page = scan.page(filter);
          return receipt ->
              whole(
                      page.cases().stream().flatMap(each -> each.documents().stream()).toList(),
                      options)
                  .thenApply(
                      whole -> {
                        long bytes = page.cases().stream().mapToLong(ConflictCase::bytes).sum();
                        return new Told(
                            page.cases().stream().map(each -> each.with(whole.value())).toList(),
                            page.next(),
                            reads.answer(
                                options.session(), RequestCharge.read(bytes), whole.on(receipt)));
                      });
        });
  }

  private CompletionStage<Bodies.Whole<Map<VersionId, StoredDocument>>> whole(
      List<StoredDocument> versions, ReadOptions options) {
    return reads
        .bodies()
        .versions(versions, options.timeout())
        .thenApply(
            whole -> {
              Map<VersionId, StoredDocument> byVersion = new HashMap<>();
              whole.value().forEach(each -> byVersion.put(each.version(), each));
              return new Bodies.Whole<>(byVersion, whole.from(), whole.nanos());
            });
  }

  @Override
  public CompletionStage<SideBySide> ofDocument(
      CollectionName collection, DocumentId id, ReadOptions options) {
    return reads.reading(
        collection,
        options,
        () -> {
          StoredDocument shown =
              engine
                  .find(collection, id)
                  .orElseGet(() -> Documents.Lookup.live(collection, Optional.empty()));
          List<StoredDocument> standing = standing(collection, shown);
          if (standing.stream().allMatch(each -> each.change().isTombstone())) {
            Documents.Lookup.live(collection, Optional.of(standing.getFirst()));
          }
          Optional<StoredDocument> base =
              engine
                  .conflicts(collection, id)
                  .filter(record -> standing.size() > 1)
                  .flatMap(record -> record.base())
                  .flatMap(version -> engine.kept(collection, id, version));
          return receipt ->
              whole(Stream.concat(standing.stream(), base.stream()).toList(), options)
                  .thenApply(whole -> sideBySide(shown, standing, base, whole, options, receipt));
        });
  }

  /** The versions that say what a document is, highest first. */
  private List<StoredDocument> standing(CollectionName collection, StoredDocument shown) {
    VersionId version = shown.version(); // that of an operation, maybe
    List<StoredDocument> plain =
        engine
            .conflicts(collection, shown.id())
            .filter(ConflictRecord::isConflicted)
            .filter(record -> record.plain().contains(version) || record.heads().contains(version))
            .map(
                record ->
                    record.plain().stream()
                        .flatMap(each -> engine.kept(collection, shown.id(), each).stream())
                        .toList())
            .orElse(List.of());
    return plain.isEmpty() ? List.of(shown) : plain;
  }

  private SideBySide sideBySide(
      StoredDocument shown,
      List<StoredDocument> standing,
      Optional<StoredDocument> base,
      Bodies.Whole<Map<VersionId, StoredDocument>> whole,
      ReadOptions options,
      Receipt receipt) {
    CollectionName collection = shown.change().collection();
    VersionId winner =
        ConflictResolver.winner(
                standing.stream().map(StoredDocument::change).toList(),
                settings.apply(engine.collection(collection)).conflict())
            .version();
    List<Side> sides =
        standing.stream()
            .map(each -> whole.value().get(each.version()))
            .map(
                each ->
                    new Side(
                        each.version(),
                        each.change().isTombstone(),
                        ConflictCase.body(each),
                        each.version().equals(winner)))
            .toList();
    long bytes = standing.stream().mapToLong(each -> each.change().bodyBytes()).sum();
    return new SideBySide(
        winner,
        shown.revision(),
        shown.heads().siblings(),
        sides,
        base.map(each -> whole.value().get(each.version())).flatMap(ConflictCase::body),
        reads.answer(options.session(), RequestCharge.read(bytes), whole.on(receipt)));
  }

  @Override
  public CompletionStage<Resolved> resolve(ConflictKey key, Resolution how, WriteOptions options) {
    return resolutions.resolve(key, conflict -> how, options);
  }

  @Override
  public CompletionStage<BulkResolved> resolveAll(
      Filter filter, Choice choice, WriteOptions options) {
    return reads
        .onVirtualThread(
            () -> {
              filter.collection().ifPresent(reads::checkExists);
              return scan.page(filter).cases().stream().map(ConflictCase::key).toList();
            })
        .thenCompose(keys -> run(keys, choice, options))
        .thenCompose(
            done ->
                reads.onVirtualThread(
                    () -> {
                      ConflictScan.Count left = scan.count(filter);
                      return new BulkResolved(
                          done.outcomes(), left.conflicts(), left.next().isEmpty(), done.answer());
                    }));
  }

  @Override
  public CompletionStage<BulkResolved> resolveAll(
      List<ConflictKey> keys, Choice choice, WriteOptions options) {
    return run(keys, choice, options)
        .thenApply(
            done -> {
              long left = done.outcomes().stream().filter(each -> each.version().isEmpty()).count();
              return new BulkResolved(done.outcomes(), left, true, done.answer());
            });
  }

  private CompletionStage<BulkResolutions.Done> run(
      List<ConflictKey> keys, Choice choice, WriteOptions options) {
    return new BulkResolutions(
            resolutions, choice, options, documents.writes().nothingWritten(options))
        .run(keys);
  }

  @Override
  public CompletionStage<Replay> replay(
      CollectionName collection,
      ConflictSettings other,
      int limit,
      Optional<ConflictKey> after,
      ReadOptions options) {
    Optional<StoreFailure> refusal = refusal(collection, other);
    if (refusal.isPresent()) {
      return CompletableFuture.failedFuture(refusal.get());
    }
    Filter all =
        new Filter(
            Optional.of(collection),
            Optional.empty(),
            Optional.<HlcTimestamp>empty(),
            limit,
            after);
    return page(all, options)
        .thenApply(
            page -> {
              PolicyReplay replay = PolicyReplay.of(page.cases(), other);
              return new Replay(replay.tally(), replay.examples(), page.next(), page.answer());
            });
  }

  /** Settings that the collection could not be given are not tried either. */
  private Optional<StoreFailure> refusal(CollectionName collection, ConflictSettings other) {
    try {
      collections
          .find(collection)
          .ifPresent(known -> CollectionSettingsJson.parse(rendered(known.settings(), other)));
      return Optional.empty();
    } catch (StoreFailure refused) {
      return Optional.of(refused);
    }
  }

  private static Bytes rendered(CollectionSettings now, ConflictSettings conflict) {
    return CollectionSettingsJson.render(
        new CollectionSettings(
            now.keepVersions(),
            now.keepFor(),
            now.requirePrecondition(),
            now.placement(),
            conflict));
  }

  @Override
  public CompletionStage<Collections.Configured> adopt(
      CollectionName collection, ConflictSettings conflict, WriteOptions options) {
    Optional<Collections.CollectionInfo> known = collections.find(collection);
    if (known.isEmpty()) {
      return CompletableFuture.failedFuture(
          new StoreFailure.CallerMistake(
              FailureCode.COLLECTION_NOT_FOUND, "there is no collection '" + collection + "'"));
    }
    return collections.configure(collection, rendered(known.get().settings(), conflict), options);
  }
}
