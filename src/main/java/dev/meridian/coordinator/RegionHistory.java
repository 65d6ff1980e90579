package dev.meridian.coordinator;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.VersionId;
import dev.meridian.document.CollectionName;
import dev.meridian.document.DocumentId;
import dev.meridian.document.FailureCode;
import dev.meridian.document.StoreFailure;
import dev.meridian.document.StoredDocument;
import dev.meridian.document.StoredDocument.LiveDocument;
import dev.meridian.engine.DocumentDiff;
import dev.meridian.engine.LogStructuredEngine;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;

/** The past as this region keeps it. */
public final class RegionHistory implements History {

  /** Documents looked at for one page of a diff. */
  private static final int DIFF_STEP = 500;

  private final ReadCoordinator reads;
  private final LogStructuredEngine engine;
  private final Journeys journeys;

  public RegionHistory(RegionDocuments documents, LogStructuredEngine engine) {
    this.reads = documents.reads();
    this.engine = engine;
    this.journeys = documents.journeys();
  }

  @Override
  public CompletionStage<Documents.DocumentRead> get(
      CollectionName collection, DocumentId id, HlcTimestamp asOf, ReadOptions options) {
    return reads.reading(
        collection,
        options,
        () -> reads.found(collection, engine.findAsOf(collection, id, reads.past(asOf)), options));
  }

  @Override
  public CompletionStage<VersionPage> versions(
      CollectionName collection, DocumentId id, VersionsRequest request, ReadOptions options) {
    return reads.reading(
        collection,
        options,
        () -> {
          List<StoredDocument> found =
              engine.versions(collection, id, request.before(), request.limit() + 1);
          if (found.isEmpty() && request.before().isEmpty()) {
            throw new StoreFailure.CallerMistake(
                FailureCode.DOCUMENT_NOT_FOUND,
                "collection '" + collection + "' has no document with this id");
          }
          boolean more = found.size() > request.limit();
          List<StoredDocument> page = more ? found.subList(0, request.limit()) : found;
          return receipt ->
              CompletableFuture.completedFuture(
                  new VersionPage(
                      List.copyOf(page),
                      more,
                      reads.answer(options.session(), RequestCharge.read(bytes(page)), receipt)));
        });
  }

  @Override
  public CompletionStage<JourneyPage> journey(
      CollectionName collection, DocumentId id, int limit, ReadOptions options) {
    return versions(collection, id, new VersionsRequest(limit, Optional.empty()), options)
        .thenCompose(
            page ->
                journeys
                    .of(page.versions(), options.timeout())
                    .thenApply(found -> new JourneyPage(found, page.answer())));
  }

  @Override
  public CompletionStage<VersionRead> version(
      CollectionName collection, DocumentId id, VersionId version, ReadOptions options) {
    return reads.reading(
        collection,
        options,
        () -> {
          StoredDocument found =
              engine
                  .version(collection, id, version)
                  .orElseThrow(
                      () ->
                          new StoreFailure.CallerMistake(
                              FailureCode.VERSION_NOT_FOUND,
                              "the document has no version "
                                  + version
                                  + ", or it is not kept any more"));
          if (found.change().hasFields()) { // what they held then
            found = engine.findAsOf(collection, id, version.hlc()).orElse(found);
          }
          StoredDocument shown = found;
          return receipt ->
              reads
                  .bodies()
                  .versions(List.of(shown), options.timeout())
                  .thenApply(
                      whole -> {
                        StoredDocument read = whole.value().getFirst();
                        long charge = RequestCharge.read(Optional.of(read));
                        return new VersionRead(
                            read, reads.answer(options.session(), charge, whole.on(receipt)));
                      });
        });
  }

  @Override
  public CompletionStage<DiffPage> diff(
      CollectionName collection, DiffRequest request, ReadOptions options) {
    return reads.reading(
        collection,
        options,
        () -> {
          reads.checkExists(collection);
          HlcTimestamp to = request.to().map(reads::past).orElseGet(engine::latest);
          HlcTimestamp from = HlcTimestamp.min(reads.past(request.from()), to);
          List<DocumentDiff> page = engine.diff(collection, from, to, request.after(), DIFF_STEP);
          Optional<DocumentId> last =
              page.isEmpty() ? Optional.empty() : Optional.of(page.getLast().id());
          List<DocumentDiff> differing = page.stream().filter(diff -> !diff.isSame()).toList();
          List<StoredDocument> states =
              differing.stream()
                  .flatMap(diff -> Stream.concat(diff.before().stream(), diff.after().stream()))
                  .toList();
          return receipt ->
              reads
                  .bodies()
                  .versions(states, options.timeout())
                  .thenApply(
                      whole -> {
                        List<Difference> differences = differences(differing, whole.value());
                        long charge =
                            RequestCharge.read(
                                differences.stream().mapToLong(RegionHistory::bytes).sum());
                        return new DiffPage(
                            differences,
                            to,
                            last,
                            reads.answer(options.session(), charge, whole.on(receipt)));
                      });
        });
  }

  /**
   * @param states those of each difference in order, before and after, with their bodies
   */
  private static List<Difference> differences(
      List<DocumentDiff> differing, List<StoredDocument> states) {
    Iterator<StoredDocument> whole = states.iterator();
    List<Difference> differences = new ArrayList<>();
    for (DocumentDiff diff : differing) {
      differences.add(
          new Difference(
              diff.id(),
              diff.before().map(state -> whole.next()).flatMap(RegionHistory::live),
              diff.after().map(state -> whole.next()).flatMap(RegionHistory::live)));
    }
    return differences;
  }

  private static Optional<LiveDocument> live(StoredDocument document) {
    return document instanceof LiveDocument alive ? Optional.of(alive) : Optional.empty();
  }

  private static long bytes(Difference difference) {
    return difference.after().map(document -> document.body().length()).orElse(0);
  }

  private static long bytes(List<StoredDocument> versions) {
    return versions.stream().mapToLong(version -> version.change().bodyBytes()).sum();
  }
}
