package dev.meridian.engine;

import dev.meridian.clock.VersionId;
import dev.meridian.clock.VersionVector;
import dev.meridian.crdt.FieldStates;
import dev.meridian.document.Change;
import dev.meridian.document.ChangeKind;
import dev.meridian.document.CollectionName;
import dev.meridian.document.ConflictResolver;
import dev.meridian.document.DocumentId;
import dev.meridian.document.FieldedBody;
import dev.meridian.document.JsonValue;
import dev.meridian.document.JsonValue.JsonObject;
import dev.meridian.document.Lineage;
import dev.meridian.document.StoredDocument;
import dev.meridian.document.StoredDocument.LiveDocument;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Documents as they are read: made of all versions that stand side by side, with what their CRDT
 * fields hold. A document whose newest version is all there is costs no more than finding that. Any
 * thread; may read the disk.
 */
final class DocumentViews {

  /** A document that changes all the time is shown as it is after so many tries. */
  private static final int MAX_TRIES = 10;

  private final EngineState state;
  private final Standings standings;
  private final FieldViews fields;

  DocumentViews(EngineState state, FieldViews fields) {
    this.state = state;
    this.standings = new Standings(state, Standings.Unforced.NOTHING);
    this.fields = fields;
  }

  /**
   * @param newest the newest visible version, looked up before this is called
   */
  Optional<StoredDocument> of(Optional<Change> newest) {
    if (newest.isEmpty() || isAlone(newest.get())) {
      return newest.map(StoredDocument::of);
    }
    Standing standing = standing(newest.get());
    if (!standing.exists()) {
      return Optional.empty();
    }
    return hasFields(standing)
        ? withFields(newest, DocumentViews::values)
        : Optional.of(resolve(standing, base(standing)));
  }

  /** What is known of a document whose versions collided. */
  Optional<ConflictRecord> record(CollectionName collection, DocumentId id) {
    return state.view().conflicts(collection, id).map(record -> left(record, collection, id));
  }

  /** A record without what a drop has undone. */
  ConflictRecord left(ConflictRecord record, CollectionName collection, DocumentId id) {
    return standings.left(
        record, new DocumentPrefix(TableKey.DOCUMENTS, collection, id), collection);
  }

  /** One in whose collection nothing stands side by side and nothing was done to any field. */
  static Optional<StoredDocument> untouched(Change newest) {
    StoredDocument plain = StoredDocument.of(newest);
    return newest.hasFields() && plain instanceof LiveDocument document
        ? values(
            new FieldedDocument(
                Optional.of(document), body(document, Standing.of(newest), new FieldStates()), ""))
        : Optional.of(plain);
  }

  /** The same, if no disk has to be read for it; empty when it has. */
  Optional<Optional<StoredDocument>> inMemory(Optional<Change> newest) {
    boolean told =
        newest.isEmpty()
            || isAlone(newest.get())
            || !newest.get().hasFields() && isKnownToBeAlone(newest.get());
    return told ? Optional.of(newest.map(StoredDocument::of)) : Optional.empty();
  }

  /** True when a collection has nothing that its documents' newest versions do not tell. */
  private boolean isAlone(Change newest) {
    return !newest.hasFields() && !state.mayBeConflicted(newest.collection());
  }

  private boolean isKnownToBeAlone(Change newest) {
    return state
        .view()
        .newestIfInMemory(TableKey.HEADS, newest.collection(), newest.id())
        .map(record -> record.map(each -> ConflictRecordCodecV1.decode(each.body())))
        .map(record -> record.isEmpty() || !record.get().isConflicted(newest.version()))
        .orElse(false);
  }

  private static boolean hasFields(Standing standing) {
    return standing.heads().stream().anyMatch(Change::hasFields)
        || standing.plain().stream().anyMatch(Change::hasFields);
  }

  /**
   * Uses a document together with its fields as they are at one moment.
   *
   * @param newest its newest visible version
   * @param use what it gets is not to be kept
   */
  <T> T withFields(Optional<Change> newest, Function<FieldedDocument, T> use) {
    if (newest.isEmpty()) {
      return use.apply(FieldedDocument.NONE);
    }
    Change latest = newest.get();
    for (int tries = 1; ; tries++) {
      Standing standing = written(standing(latest));
      if (!standing.exists()) {
        return use.apply(FieldedDocument.NONE);
      }
      StoredDocument plain = resolve(standing, base(standing));
      String incarnation =
          ConflictResolver.winner(standing.plain(), state.settings(latest.collection()).conflict())
              .dot()
              .toString();
      if (!plain.isLive() && !standing.isConflicted()) {
        return use.apply(new FieldedDocument(Optional.of(plain), FieldedBody.NONE, incarnation));
      }
      Optional<T> used =
          fields.now(
              moment(standing, plain),
              tries == MAX_TRIES,
              states -> {
                FieldedBody body = body(plain, standing, states);
                return use.apply(new FieldedDocument(Optional.of(plain), body, incarnation));
              });
      if (used.isPresent()) {
        return used.get();
      }
      latest = state.visible(latest.collection(), latest.id()).orElse(latest);
    }
  }

  /** What a document's CRDT fields hold, for another region; empty when it has none. */
  Optional<FieldsRecord> fieldsOf(Change newest) {
    return fields.snapshot(
        new FieldViews.DocumentName(newest.collection(), newest.id()), seen(standing(newest)));
  }

  private static FieldViews.Moment moment(Standing standing, StoredDocument document) {
    Change newest = standing.heads().getFirst();
    return new FieldViews.Moment(
        new FieldViews.DocumentName(newest.collection(), newest.id()),
        seen(standing),
        newest.hlc(),
        states ->
            standing.isConflicted()
                ? Set.copyOf(states.keys())
                : body(document, standing, states).keys());
  }

  private static FieldedBody body(StoredDocument document, Standing standing, FieldStates states) {
    Change shown = document.change();
    JsonObject body =
        document instanceof LiveDocument live
            ? (JsonObject) JsonValue.parse(live.body())
            : JsonObject.EMPTY;
    return standing.plain().size() > 1
        ? new FieldedBody(body, shown.vector(), states, bodies(standing.plain()))
        : new FieldedBody(body, shown.vector(), states);
  }

  private static List<JsonObject> bodies(List<Change> versions) {
    return versions.stream()
        .filter(each -> each.kind() == ChangeKind.PUT && each.hasFields())
        .map(each -> (JsonObject) JsonValue.parse(each.body()))
        .toList();
  }

  private static Optional<StoredDocument> values(FieldedDocument document) {
    return document.shown(FieldedBody.Show.VALUES);
  }

  private static VersionVector seen(Standing standing) {
    VersionVector seen = VersionVector.EMPTY;
    for (Change head : standing.heads()) {
      seen = seen.merge(head.vector());
    }
    return seen;
  }

  private Standing standing(Change newest) {
    return standings.whenRead(new DocumentPrefix(newest), newest);
  }

  /** The same with the write that the only head, an operation, was done on. */
  private Standing written(Standing standing) {
    Change only = standing.heads().getFirst();
    if (standing.isConflicted() || only.kind() != ChangeKind.OPERATIONS) {
      return standing;
    }
    FieldViews.DocumentName name = new FieldViews.DocumentName(only.collection(), only.id());
    return fields
        .write(name, seen(standing))
        .or(() -> state.view().write(new DocumentPrefix(only)))
        .filter(state::isVisible)
        .map(write -> new Standing(standing.heads(), List.of(write), Optional.empty()))
        .orElse(standing);
  }

  /**
   * A document as it was when it had just these versions.
   *
   * @param versions newest first, at least one
   * @return empty when there was none
   */
  Optional<StoredDocument> of(List<Change> versions) {
    Change newest = versions.getFirst();
    boolean inSequence = versions.stream().skip(1).allMatch(newest::covers);
    if (inSequence && !newest.hasFields()) {
      return Optional.of(StoredDocument.of(newest));
    }
    Standing standing = Standing.of(new Lineage(versions));
    if (!standing.exists()) {
      return Optional.empty();
    }
    StoredDocument plain = resolve(standing, standing.base().flatMap(id -> find(id, versions)));
    if (!hasFields(standing) || !(plain instanceof LiveDocument document)) {
      return Optional.of(plain);
    }
    FieldStates states =
        fields.then(versions).orElseThrow(() -> DocumentsAsOf.expired(newest.id(), newest.hlc()));
    return values(new FieldedDocument(Optional.of(document), body(document, standing, states), ""));
  }

  private static Optional<Change> find(VersionId id, List<Change> versions) {
    return versions.stream().filter(each -> each.version().equals(id)).findFirst();
  }

  private StoredDocument resolve(Standing standing, Optional<Change> base) {
    Change first = standing.heads().getFirst();
    return ConflictResolver.resolve(
        standing.heads(), standing.plain(), base, state.settings(first.collection()).conflict());
  }

  private Optional<Change> base(Standing standing) {
    Change first = standing.heads().getFirst();
    return standing.base().flatMap(base -> version(first.collection(), first.id(), base));
  }

  /** A version, also one that is kept for nothing but a conflict it took part in. */
  Optional<Change> version(CollectionName collection, DocumentId id, VersionId version) {
    DocumentPrefix prefix = new DocumentPrefix(TableKey.DOCUMENTS, collection, id);
    return state.view().version(prefix, version).filter(state::isVisible);
  }
}
