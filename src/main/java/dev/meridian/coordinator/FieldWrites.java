package dev.meridian.coordinator;

import dev.meridian.document.Bytes;
import dev.meridian.document.CollectionName;
import dev.meridian.document.DocumentId;
import dev.meridian.document.FailureCode;
import dev.meridian.document.FieldPatch;
import dev.meridian.document.FieldedBody;
import dev.meridian.document.JsonValue;
import dev.meridian.document.JsonValue.JsonObject;
import dev.meridian.document.Placement;
import dev.meridian.document.Precondition;
import dev.meridian.document.StoreFailure;
import dev.meridian.document.StoredDocument;
import dev.meridian.engine.DocumentStore;
import dev.meridian.engine.FieldedDocument;
import dev.meridian.engine.Mutation;
import dev.meridian.engine.Outcome;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Makes writes out of what clients want of documents with CRDT fields. That depends on what the
 * document holds, so it may read the disk. Thread-safe.
 */
final class FieldWrites {

  /** The most heap that the fields of one document may take, about. */
  static final int MAX_FIELD_BYTES = 32 << 20;

  private final DocumentStore store;
  private final BooleanSupplier isWhole;

  /**
   * @param isWhole false while this region may have less of a field than other regions rely on
   */
  FieldWrites(DocumentStore store, BooleanSupplier isWhole) {
    this.store = store;
    this.isWhole = isWhole;
  }

  /**
   * A write of a body with places for fields: those that are there stay, on the condition that
   * nobody writes the document meanwhile.
   */
  Mutation.Put put(
      CollectionName collection,
      DocumentId id,
      Bytes body,
      Placements.Target target,
      WriteOptions options) {
    checkEverywhere(target);
    return store.withFields(
        collection,
        id,
        document -> {
          check(options.precondition(), document);
          JsonObject client = (JsonObject) JsonValue.parse(body);
          return written(
              collection,
              id,
              document.body().written(client, document.incarnation()).toBytes(),
              condition(options.precondition(), document),
              options);
        });
  }

  private static Mutation.Put written(
      CollectionName collection,
      DocumentId id,
      Bytes body,
      Precondition condition,
      WriteOptions options) {
    return new Mutation.Put(
        collection,
        id,
        body,
        condition,
        Placement.EVERYWHERE,
        options.traceparent(),
        WriteCoordinator.endsConflict(options.precondition()),
        FieldedBody.mayHaveFields(body));
  }

  /** What the client asks, and that what was read is still all there is. */
  private static Precondition condition(Precondition asked, FieldedDocument document) {
    boolean undecided = document.plain().filter(plain -> plain.heads().siblings() > 1).isPresent();
    if (asked instanceof Precondition.Resolves || undecided) {
      return asked;
    }
    return document
        .plain()
        .filter(StoredDocument::isLive)
        .<Precondition>map(live -> new Precondition.AnyOf(List.of(live.revision())))
        .orElseGet(Precondition.Absent::new);
  }

  private static void check(Precondition asked, FieldedDocument document) {
    Optional<dev.meridian.document.Revision> current =
        document.plain().filter(StoredDocument::isLive).map(StoredDocument::revision);
    if (!asked.holds(current)) {
      throw new StoreFailure.CallerMistake(
          FailureCode.PRECONDITION_FAILED,
          current
              .map(revision -> "the document is at version " + revision)
              .orElse("there is no live document with this id"),
          current
              .<Map<String, Object>>map(r -> Map.of("currentVersion", r.toString()))
              .orElse(Map.of()));
    }
  }

  /** Operations on fields; they need no condition but the client's own, since they merge. */
  void operate(
      CollectionName collection,
      DocumentId id,
      FieldPatch patch,
      Placements.Target target,
      WriteOptions options,
      Consumer<Outcome> done) {
    checkEverywhere(target);
    if (!isWhole.getAsBoolean()) {
      throw new StoreFailure.Unavailable(
          FailureCode.NOT_READY,
          "this region fetches what its peers have; operations on CRDT fields wait for that");
    }
    store.operate(
        collection,
        id,
        document -> {
          Documents.Lookup.live(collection, document.plain());
          if (document.body().fieldBytes() > MAX_FIELD_BYTES) {
            throw new StoreFailure.CallerMistake(
                FailureCode.DOCUMENT_TOO_LARGE,
                "the CRDT fields of the document hold more than they may; write it with fewer");
          }
          return new Mutation.Operate(
              collection,
              id,
              patch.delta(document.body(), document.incarnation()),
              options.precondition(),
              options.traceparent());
        },
        WriteCoordinator.sync(options),
        done);
  }

  private static void checkEverywhere(Placements.Target target) {
    if (!target.placement().isEverywhere()) {
      throw new StoreFailure.CallerMistake(
          FailureCode.SETTING_UNSUPPORTED,
          "documents that live in some regions only cannot have CRDT fields");
    }
  }
}
