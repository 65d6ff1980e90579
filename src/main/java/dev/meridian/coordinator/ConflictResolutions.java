package dev.meridian.coordinator;

import dev.meridian.clock.VersionId;
import dev.meridian.coordinator.Conflicts.Place;
import dev.meridian.coordinator.Conflicts.Resolution;
import dev.meridian.coordinator.Conflicts.Resolved;
import dev.meridian.coordinator.Conflicts.State;
import dev.meridian.document.Bytes;
import dev.meridian.document.ChangeKind;
import dev.meridian.document.FailureCode;
import dev.meridian.document.JsonDocument;
import dev.meridian.document.JsonLimits;
import dev.meridian.document.JsonValue;
import dev.meridian.document.JsonValue.JsonObject;
import dev.meridian.document.Precondition;
import dev.meridian.document.Revision;
import dev.meridian.document.StoreFailure;
import dev.meridian.document.StoredDocument;
import dev.meridian.document.StoredDocument.LiveDocument;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * Ends conflicts: by a write that has seen every version there is, and that the store refuses when
 * one more came meanwhile. Nothing blocks.
 */
final class ConflictResolutions {

  private final ReadCoordinator reads;
  private final RegionDocuments documents;
  private final ConflictScan scan;
  private final JsonLimits limits;

  /**
   * @param limits of what is put together from several versions
   */
  ConflictResolutions(RegionDocuments documents, ConflictScan scan, JsonLimits limits) {
    this.reads = documents.reads();
    this.documents = documents;
    this.scan = scan;
    this.limits = limits;
  }

  /**
   * A conflict, and what was side by side before it was looked at: whatever comes later makes the
   * write fail.
   */
  private record Found(ConflictCase conflict, List<VersionId> heads) {}

  /**
   * @param how what to do with the conflict as it is now
   */
  CompletionStage<Resolved> resolve(
      ConflictKey key, Function<ConflictCase, Resolution> how, WriteOptions options) {
    ReadOptions seen = seen(options);
    return reads
        .reading(
            key.collection(),
            seen,
            () -> {
              List<VersionId> heads = scan.heads(key.collection(), key.id());
              Found found = new Found(scan.find(key), heads);
              return receipt -> CompletableFuture.completedFuture(found);
            })
        .thenCompose(
            found ->
                reads
                    .look(key.collection(), key.id(), seen)
                    .thenCompose(now -> resolve(found, now.stored(), how, options)));
  }

  private static ReadOptions seen(WriteOptions options) {
    return new ReadOptions(
        new ConsistencyLevel.Session(), options.session(), options.degrade(), options.timeout());
  }

  private CompletionStage<Resolved> resolve(
      Found found,
      Optional<StoredDocument> now,
      Function<ConflictCase, Resolution> how,
      WriteOptions options) {
    ConflictCase conflict = found.conflict();
    check(conflict, now, options.precondition());
    WriteOptions exactly = options.when(new Precondition.Resolves(new Revision(found.heads())));
    return switch (how.apply(conflict)) {
      case Resolution.Deletion deletion -> write(conflict, Optional.empty(), exactly);
      case Resolution.Whole(Bytes body) -> write(conflict, Optional.of(body), exactly);
      case Resolution.Pick(VersionId version) ->
          whole(List.of(picked(conflict, version)), options)
              .thenCompose(
                  bodies -> write(conflict, ConflictCase.body(bodies.get(version)), exactly));
      case Resolution.Fields(List<Place> places) ->
          fields(conflict, now, places, options)
              .thenCompose(body -> write(conflict, Optional.of(body), exactly));
    };
  }

  /** What the caller asks of the document, and that nobody else has resolved the conflict. */
  private static void check(
      ConflictCase conflict, Optional<StoredDocument> now, Precondition asked) {
    Optional<Revision> current = now.filter(StoredDocument::isLive).map(StoredDocument::revision);
    boolean unasked = asked instanceof Precondition.None;
    if (unasked ? conflict.state() == State.RESOLVED : !asked.holds(current)) {
      throw new StoreFailure.CallerMistake(
          FailureCode.PRECONDITION_FAILED,
          unasked
              ? "the conflict was resolved by version "
                  + conflict.conflict().closedBy().orElseThrow()
                  + "; to write over that, send "
                  + (current.isPresent()
                      ? "If-Match with the current version"
                      : "If-None-Match: *, since the document is deleted")
              : current
                  .map(revision -> "the document is at version " + revision)
                  .orElse("there is no live document with this id"),
          current
              .<Map<String, Object>>map(each -> Map.of("currentVersion", each.toString()))
              .orElse(Map.of()));
    }
  }

  /** The version, if it took part and is kept. */
  private static StoredDocument picked(ConflictCase conflict, VersionId version) {
    if (!conflict.conflict().versions().contains(version)) {
      throw new StoreFailure.CallerMistake(
          FailureCode.VERSION_NOT_FOUND,
          "version " + version + " is none of the conflict's: " + conflict.conflict().versions());
    }
    StoredDocument found =
        conflict.version(version).orElseThrow(() -> expired("version " + version));
    if (found.change().kind() == ChangeKind.OPERATIONS) {
      throw new StoreFailure.CallerMistake(
          FailureCode.INVALID_REQUEST,
          "version " + version + " changed CRDT fields and is no document by itself");
    }
    return found;
  }

  private static StoreFailure expired(String what) {
    return new StoreFailure.CallerMistake(
        FailureCode.HISTORY_EXPIRED, what + " of the conflict is not kept any more");
  }

  private CompletionStage<Bytes> fields(
      ConflictCase conflict,
      Optional<StoredDocument> now,
      List<Place> places,
      WriteOptions options) {
    List<StoredDocument> sources =
        places.stream().flatMap(place -> source(conflict, place).stream()).distinct().toList();
    return whole(sources, options)
        .thenApply(
            bodies -> {
              JsonValue document = json(start(conflict, now));
              List<Place> outerFirst =
                  places.stream()
                      .sorted(Comparator.comparing(place -> place.at().tokens().size()))
                      .toList();
              for (Place place : outerFirst) {
                Optional<JsonValue> value =
                    source(conflict, place)
                        .flatMap(each -> ConflictCase.body(bodies.get(each.version())))
                        .flatMap(body -> place.at().in(json(body)));
                document = FieldPicks.put(document, place.at(), value);
              }
              if (!(document instanceof JsonObject)) {
                throw new StoreFailure.CallerMistake(
                    FailureCode.INVALID_REQUEST, "a document is an object");
              }
              return JsonDocument.compact(document.toBytes(), limits);
            });
  }

  /** Empty for a base that there never was. */
  private static Optional<StoredDocument> source(ConflictCase conflict, Place place) {
    if (place.from().isPresent()) {
      return Optional.of(picked(conflict, place.from().get()));
    }
    if (conflict.base().isEmpty() && conflict.conflict().base().isPresent()) {
      throw expired("the base");
    }
    return conflict.base();
  }

  /** What the places are put into: the document as it is, or was made of the versions. */
  private static Bytes start(ConflictCase conflict, Optional<StoredDocument> now) {
    return now.flatMap(ConflictCase::body)
        .or(() -> conflict.made(conflict.settings()).flatMap(ConflictCase::body))
        .orElseGet(
            () ->
                conflict.versions().stream()
                    .filter(LiveDocument.class::isInstance)
                    .flatMap(each -> ConflictCase.body(each).stream())
                    .findFirst()
                    .orElseThrow(() -> expired("a live version")));
  }

  private static JsonValue json(Bytes body) {
    return JsonValue.parse(body);
  }

  /** With bodies, by version. */
  private CompletionStage<Map<VersionId, StoredDocument>> whole(
      List<StoredDocument> versions, WriteOptions options) {
    return reads
        .bodies()
        .versions(versions, options.timeout())
        .thenApply(
            whole -> {
              Map<VersionId, StoredDocument> byVersion = new HashMap<>();
              whole.value().forEach(each -> byVersion.put(each.version(), each));
              return byVersion;
            });
  }

  /**
   * @param body empty for a deletion
   */
  private CompletionStage<Resolved> write(
      ConflictCase conflict, Optional<Bytes> body, WriteOptions options) {
    ConflictKey key = conflict.key();
    CompletionStage<Documents.WriteResult> written =
        body.isPresent()
            ? documents.put(key.collection(), key.id(), body.get(), options)
            : documents.delete(key.collection(), key.id(), options);
    return written.thenApply(
        done -> new Resolved(key, done.version(), body, done.answer(), done.unconfirmed()));
  }
}
