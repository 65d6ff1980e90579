package dev.meridian.coordinator;

import dev.meridian.clock.VersionId;
import dev.meridian.coordinator.Conflicts.Outcome;
import dev.meridian.coordinator.Conflicts.Side;
import dev.meridian.coordinator.Conflicts.State;
import dev.meridian.document.Bytes;
import dev.meridian.document.Change;
import dev.meridian.document.ChangeKind;
import dev.meridian.document.ConflictResolver;
import dev.meridian.document.ConflictSettings;
import dev.meridian.document.JsonValue;
import dev.meridian.document.StoredDocument;
import dev.meridian.document.StoredDocument.LiveDocument;
import dev.meridian.engine.ConflictRecord;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One conflict with all that tells what became of it, or would have.
 *
 * @param settings in force now while the versions stand side by side, else at the time
 * @param versions that took part and are kept, highest first
 * @param plain those that say what the document is besides its CRDT fields, highest first; none
 *     when one of them is not kept
 * @param closing the version that had seen all of them, if it is kept
 */
record ConflictCase(
    ConflictKey key,
    ConflictRecord.Conflict conflict,
    ConflictSettings settings,
    List<StoredDocument> versions,
    List<StoredDocument> plain,
    Optional<StoredDocument> base,
    Optional<StoredDocument> closing) {

  /** All that is told of, bodies or not. */
  List<StoredDocument> documents() {
    Map<VersionId, StoredDocument> all = new LinkedHashMap<>();
    Stream.of(versions.stream(), plain.stream(), base.stream(), closing.stream())
        .flatMap(each -> each)
        .forEach(each -> all.put(each.version(), each));
    return List.copyOf(all.values());
  }

  long bytes() {
    return documents().stream().mapToLong(each -> each.change().bodyBytes()).sum();
  }

  /** The same with bodies that live elsewhere. */
  ConflictCase with(Map<VersionId, StoredDocument> whole) {
    return new ConflictCase(
        key,
        conflict,
        settings,
        versions.stream().map(each -> whole.get(each.version())).toList(),
        plain.stream().map(each -> whole.get(each.version())).toList(),
        base.map(each -> whole.get(each.version())),
        closing.map(each -> whole.get(each.version())));
  }

  /** What the versions are together under some settings; empty when one of them is not kept. */
  Optional<StoredDocument> made(ConflictSettings under) {
    if (plain.isEmpty()) {
      return Optional.empty();
    }
    List<Change> changes = plain.stream().map(StoredDocument::change).toList();
    return Optional.of(
        ConflictResolver.resolve(changes, changes, base.map(StoredDocument::change), under));
  }

  State state() {
    return state(made(settings));
  }

  private State state(Optional<StoredDocument> made) {
    boolean undecided = isUndecided(made);
    if (conflict.closedBy().isEmpty()) {
      return undecided ? State.OPEN : State.AUTO;
    }
    return undecided || conflict.resolved() ? State.RESOLVED : State.AUTO;
  }

  static boolean isUndecided(Optional<StoredDocument> made) {
    return made.map(each -> each.heads().siblings() > 1).orElse(false);
  }

  /** What the document became. */
  Outcome outcome() {
    Optional<StoredDocument> made = made(settings);
    return outcome(state(made), made);
  }

  private Outcome outcome(State state, Optional<StoredDocument> made) {
    return state == State.RESOLVED
        ? new Outcome(
            conflict.closedBy(),
            closing.map(each -> each.change().isTombstone()).orElse(false),
            closing.flatMap(ConflictCase::body),
            false)
        : outcome(made);
  }

  static Outcome outcome(Optional<StoredDocument> made) {
    if (made.isEmpty()) {
      return new Outcome(Optional.empty(), false, Optional.empty(), false);
    }
    StoredDocument document = made.get();
    Optional<Bytes> body = body(document);
    boolean alone = body.isEmpty() || body.get().equals(document.change().body());
    return new Outcome(
        alone ? Optional.of(document.version()) : Optional.empty(),
        document.change().isTombstone(),
        body,
        isUndecided(made));
  }

  /** Empty for what is no document by itself. */
  static Optional<Bytes> body(StoredDocument document) {
    return document instanceof LiveDocument live
            && document.change().kind() != ChangeKind.OPERATIONS
        ? Optional.of(live.body())
        : Optional.empty();
  }

  Conflicts.Conflict told() {
    Optional<StoredDocument> made = made(settings);
    State state = state(made);
    Outcome outcome = outcome(state, made);
    return new Conflicts.Conflict(
        key,
        conflict.at(),
        state,
        settings.policy(),
        base.flatMap(ConflictCase::body),
        conflict.versions().stream().map(version -> side(version, state, outcome)).toList(),
        outcome,
        conflict.closedBy(),
        conflict.versions().stream().map(VersionId::origin).distinct().sorted().toList());
  }

  private Side side(VersionId version, State state, Outcome outcome) {
    Optional<StoredDocument> found = version(version);
    boolean deleted = found.map(each -> each.change().isTombstone()).orElse(false);
    Optional<Bytes> body = found.flatMap(ConflictCase::body);
    boolean ofPolicy = outcome.version().isPresent() && state != State.RESOLVED;
    boolean won =
        ofPolicy
            ? outcome.version().get().equals(version)
            : found.isPresent() && isSame(outcome, deleted, body);
    return new Side(version, deleted, body, won);
  }

  /** One that took part, if it is kept. */
  Optional<StoredDocument> version(VersionId version) {
    return versions.stream().filter(each -> each.version().equals(version)).findFirst();
  }

  /** Whether an outcome is this. */
  static boolean isSame(Outcome outcome, boolean deleted, Optional<Bytes> body) {
    if (outcome.deleted() || deleted) {
      return outcome.deleted() && deleted;
    }
    return outcome.body().isPresent()
        && body.isPresent()
        && (outcome.body().get().equals(body.get())
            || JsonValue.same(JsonValue.parse(outcome.body().get()), JsonValue.parse(body.get())));
  }
}
