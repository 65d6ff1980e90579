package dev.meridian.engine;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.VersionId;
import dev.meridian.document.Change;
import dev.meridian.document.ChangeCodecV1;
import dev.meridian.document.ChangeKind;
import dev.meridian.document.CollectionName;
import dev.meridian.document.ConflictSettings;
import dev.meridian.document.Lineage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Tells how documents stand, and what a change makes of that. While the versions of a document come
 * one after the other that is its newest version and costs nothing; once two of them have not seen
 * each other, its versions are looked at. Thread-safe as far as what is unforced is.
 */
final class Standings {

  /** So many of a document's highest versions are looked at, besides those side by side. */
  private static final int MAX_VERSIONS = 256;

  private final EngineState state;
  private final Unforced unforced;

  /** What was decided and nobody can read yet. */
  interface Unforced {
    /** For a reader. */
    Unforced NOTHING = new Unforced() {};

    /** Makes what was applied visible to walks, for those who may. */
    default void settle() {}

    /** The versions of a document, the one decided last first. */
    default List<Change> versions(DocumentPrefix prefix) {
      return List.of();
    }

    /** The last record of a document. */
    default Optional<ConflictRecord> record(DocumentPrefix prefix) {
      return Optional.empty();
    }

    /** The highest write of a document, if it was found before and none came since. */
    default Optional<Change> write(DocumentPrefix prefix) {
      return Optional.empty();
    }

    /** The highest write of a document was found. */
    default void found(DocumentPrefix prefix, Change write) {}
  }

  /**
   * What a change makes of a document.
   *
   * @param record to be kept with it, when versions stand or stood side by side
   */
  record Step(Standing standing, Optional<ConflictRecord> record) {}

  /** What a change, or a document, does to a collection's figures. */
  record Effect(long documents, long bytes, long digest) {
    static final Effect NONE = new Effect(0, 0, 0);

    Effect plus(Effect other) {
      return new Effect(documents + other.documents, bytes + other.bytes, digest + other.digest);
    }

    Effect minus(Effect other) {
      return new Effect(documents - other.documents, bytes - other.bytes, digest - other.digest);
    }
  }

  Standings(EngineState state, Unforced unforced) {
    this.state = state;
    this.unforced = unforced;
  }

  /**
   * How a document stands.
   *
   * @param newest its newest visible version
   */
  Standing of(DocumentPrefix prefix, CollectionName collection, Optional<Change> newest) {
    if (newest.isEmpty()) {
      return Standing.NONE;
    }
    Optional<ConflictRecord> record =
        state.collection(collection).concurrency().conflicted() == 0
            ? unforced.record(prefix)
            : known(prefix, newest.get());
    return record
        .filter(ConflictRecord::isConflicted)
        .map(each -> standing(each, prefix, newest.get()))
        .orElseGet(() -> alone(newest.get(), prefix));
  }

  /**
   * The same for one who reads while others write: a conflict that ended since the newest version
   * was looked up is still told.
   */
  Standing whenRead(DocumentPrefix prefix, Change newest) {
    Optional<ConflictRecord> record =
        state.mayBeConflicted(newest.collection()) ? known(prefix, newest) : Optional.empty();
    return record
        .filter(each -> each.isConflicted(newest.version()))
        .map(each -> standing(each, prefix, newest))
        .orElseGet(() -> alone(newest, prefix));
  }

  /** How a document stands whose versions come one after the other. */
  private Standing alone(Change newest, DocumentPrefix prefix) {
    if (!isOperation(newest) || !wasDropped(newest.collection())) {
      return Standing.of(newest);
    }
    Optional<Change> write = newestWrite(prefix);
    return write.filter(change -> !change.isTombstone()).isPresent()
        ? Standing.of(newest)
        : Standing.ofBare(newest, write);
  }

  private boolean wasDropped(CollectionName collection) {
    return !state.collection(collection).droppedAt().equals(HlcTimestamp.ZERO);
  }

  private Standing standing(ConflictRecord record, DocumentPrefix prefix, Change newest) {
    if (record.isBefore(state.collection(newest.collection()).droppedAt())) {
      return Standing.of(new Lineage(versions(Standing.of(newest), prefix)));
    }
    Optional<Standing> now = find(record.heads(), record.plain(), record.base(), prefix, newest);
    return now.or(
            () ->
                find(
                    record.before().heads(),
                    record.before().plain(),
                    record.base(),
                    prefix,
                    newest))
        .orElseGet(() -> alone(newest, prefix));
  }

  /** Empty when one of them is not readable yet. */
  private Optional<Standing> find(
      List<VersionId> heads,
      List<VersionId> plain,
      Optional<VersionId> base,
      DocumentPrefix prefix,
      Change newest) {
    Optional<List<Change>> foundHeads = find(heads, prefix, newest);
    Optional<List<Change>> foundPlain = find(plain, prefix, newest);
    return foundHeads.isEmpty() || foundPlain.isEmpty() || foundHeads.get().isEmpty()
        ? Optional.empty()
        : Optional.of(new Standing(foundHeads.get(), foundPlain.get(), base));
  }

  /** Those that no drop has undone; empty when one of them cannot be found. */
  private Optional<List<Change>> find(
      List<VersionId> versions, DocumentPrefix prefix, Change newest) {
    List<Change> found = new ArrayList<>();
    for (VersionId version : versions) {
      Optional<Change> change = find(version, prefix, newest);
      if (change.isEmpty()) {
        return Optional.empty();
      }
      change.filter(state::isVisible).ifPresent(found::add);
    }
    return Optional.of(found);
  }

  private Optional<Change> find(VersionId version, DocumentPrefix prefix, Change newest) {
    if (version.equals(newest.version())) {
      return Optional.of(newest);
    }
    for (Change change : unforced.versions(prefix)) {
      if (version.equals(change.version())) {
        return Optional.of(change);
      }
    }
    unforced.settle();
    return state.view().version(prefix, version);
  }

  private Optional<ConflictRecord> known(DocumentPrefix prefix, Change change) {
    return unforced
        .record(prefix)
        .or(() -> state.view().conflicts(change.collection(), change.id()));
  }

  /** What a record still says after a drop that undid some of what it tells. */
  ConflictRecord left(ConflictRecord record, DocumentPrefix prefix, CollectionName collection) {
    HlcTimestamp droppedAt = state.collection(collection).droppedAt();
    if (!record.isBefore(droppedAt)) {
      return record;
    }
    Lineage lineage = new Lineage(versions(Standing.NONE, prefix));
    Standing now = Standing.of(lineage);
    return ConflictRecord.of(lineage, now, now, record.conflictsAfter(droppedAt));
  }

  /** What {@code change} makes of a document that stood like {@code before}. */
  Step after(Standing before, Change change, DocumentPrefix prefix) {
    if (!state.isVisible(change)) {
      return new Step(before, Optional.empty());
    }
    boolean inSequence = !before.isConflicted() && before.heads().stream().allMatch(change::covers);
    if (inSequence) {
      return new Step(next(before, change), Optional.empty());
    }
    List<ConflictRecord.Conflict> conflicts = knownConflicts(change, prefix);
    Standing behind = behindOperations(before, prefix);
    // A copy of tables may have it already, or what covers it, ahead of the log.
    boolean isNew =
        before.heads().stream().noneMatch(head -> isSame(head, change) || head.covers(change));
    boolean endsNone =
        behind.plain().size() > 1
            || conflicts.stream()
                .allMatch(
                    each ->
                        each.closedBy()
                            .filter(by -> by.compareTo(change.version()) < 0)
                            .isPresent());
    Optional<Standing> added = isNew && endsNone ? behind.withOperation(change) : Optional.empty();
    if (added.isPresent()) {
      return new Step(added.get(), Optional.of(ConflictRecord.of(added.get(), before, conflicts)));
    }
    Lineage lineage = new Lineage(versions(behind, change, prefix));
    Standing now = Standing.of(lineage);
    return new Step(now, Optional.of(ConflictRecord.of(lineage, now, before, conflicts)));
  }

  /**
   * What becomes of a document when a version is put back.
   *
   * @param replaces a copy of it with other bytes
   */
  record Mended(Step step, Effect effect, boolean replaces) {}

  /**
   * What putting back a version makes of a document that stood like {@code before} without it, or
   * with a copy of it that has other bytes. Empty when nothing is amiss, or a drop has undone it.
   */
  Optional<Mended> mended(Standing before, Change change, DocumentPrefix prefix) {
    if (!state.isVisible(change)) {
      return Optional.empty();
    }
    if (TableKey.space(change.kind()) == TableKey.SETTINGS) {
      boolean known = known(change, prefix).isPresent();
      return known
          ? Optional.empty()
          : Optional.of(new Mended(unchanged(before), Effect.NONE, false));
    }
    Optional<Change> known = known(change, prefix);
    if (known.isPresent()) {
      return known.get().encoded().equals(change.encoded()) || isBodyOf(known.get(), change)
          ? Optional.empty()
          : Optional.of(replaced(before, change, prefix));
    }
    Optional<ConflictRecord> last =
        recordOf(change, prefix).map(each -> left(each, prefix, change.collection()));
    if (last.isEmpty() && !before.isConflicted()) {
      return Optional.of(mendedSequence(before, change, prefix));
    }
    // What stands now was told without what is lost, so all there is has to be looked at.
    Standing behind = behindOperations(before, prefix);
    List<Change> others = versions(behind, prefix);
    Lineage lineage = new Lineage(versions(behind, change, prefix));
    Standing now = Standing.of(lineage);
    ConflictRecord record =
        last.map(each -> ConflictRecord.after(each, lineage, now, !isNext(change, others)))
            .orElseGet(() -> ConflictRecord.of(lineage, now, before, List.of()));
    Standing told = told(now, change, prefix);
    Effect effect = effectOfMending(before, told, change, prefix);
    return Optional.of(new Mended(new Step(told, Optional.of(record)), effect, false));
  }

  /** Whether a version comes after all others, none of which stand side by side: no conflict. */
  private static boolean isNext(Change change, List<Change> others) {
    Standing was = others.isEmpty() ? Standing.NONE : Standing.of(new Lineage(others));
    return !was.isConflicted() && was.heads().stream().allMatch(change::covers);
  }

  /**
   * How a document is told to stand from its newest version alone: the write that an operation was
   * done on may be lost, or not be back yet, and is taken to be there.
   */
  private Standing told(Standing now, Change change, DocumentPrefix prefix) {
    Change head = now.heads().getFirst();
    if (now.isConflicted() || !isOperation(head)) {
      return now;
    }
    if (!wasDropped(head.collection())) {
      return Standing.of(head);
    }
    Optional<Change> write = newestWrite(prefix, change);
    return write.filter(each -> !each.isTombstone()).isPresent()
        ? Standing.of(head)
        : Standing.ofBare(head, write);
  }

  /** The versions of the document come one after the other, whichever are missing. */
  private Mended mendedSequence(Standing before, Change change, DocumentPrefix prefix) {
    if (before.heads().stream().anyMatch(head -> head.covers(change))) {
      Standing told = told(before, change, prefix);
      Effect effect = effectOfMending(before, told, change, prefix);
      return new Mended(unchanged(told), effect, false);
    }
    Step step = after(before, change, prefix);
    Standing told = told(step.standing(), change, prefix);
    Effect effect = effectOfMending(before, told, change, prefix);
    return new Mended(new Step(told, step.record()), effect, false);
  }

  /** A write that comes back beneath operations may be what the document is. */
  private Effect effectOfMending(
      Standing before, Standing told, Change change, DocumentPrefix prefix) {
    ConflictSettings settings = settings(change.collection(), before, told);
    return figures(told, prefix, settings, () -> newestWrite(prefix, change))
        .minus(figures(before, prefix, settings));
  }

  private Optional<ConflictRecord> recordOf(Change change, DocumentPrefix prefix) {
    return state.collection(change.collection()).concurrency().hasRecords()
        ? known(prefix, change)
        : unforced.record(prefix);
  }

  private List<ConflictRecord.Conflict> knownConflicts(Change change, DocumentPrefix prefix) {
    return recordOf(change, prefix)
        .map(each -> left(each, prefix, change.collection()).conflicts())
        .orElseGet(List::of);
  }

  /** The version of this id that is here. */
  private Optional<Change> known(Change change, DocumentPrefix prefix) {
    for (Change each : unforced.versions(prefix)) {
      if (each.version().equals(change.version())) {
        return Optional.of(each);
      }
    }
    unforced.settle();
    return state.view().version(prefix, change.version());
  }

  /** One has the body that the other lacks; that is no damage. */
  private static boolean isBodyOf(Change known, Change change) {
    return known.isWithheld() && ChangeCodecV1.completes(known, change)
        || change.isWithheld() && ChangeCodecV1.completes(change, known);
  }

  private Mended replaced(Standing before, Change change, DocumentPrefix prefix) {
    Standing now =
        new Standing(
            replaced(before.heads(), change), replaced(before.plain(), change), before.base());
    Effect effect = effectOfMending(before, now, change, prefix);
    return new Mended(unchanged(now), effect, true);
  }

  private static List<Change> replaced(List<Change> versions, Change by) {
    return versions.stream().map(each -> isSame(each, by) ? by : each).toList();
  }

  private static boolean isSame(Change a, Change b) {
    return a.version().equals(b.version());
  }

  private static Step unchanged(Standing standing) {
    return new Step(standing, Optional.empty());
  }

  /** How a document stands with a version that has seen all others. */
  private static Standing next(Standing before, Change change) {
    Optional<Change> on = before.plain().stream().findFirst();
    boolean bare = isOperation(change) && on.map(Change::isTombstone).orElse(true);
    return bare ? Standing.ofBare(change, on) : Standing.of(change);
  }

  /** The same with the write behind operations, however many there were since. */
  private Standing behindOperations(Standing before, DocumentPrefix prefix) {
    boolean hidden = before.plain().stream().allMatch(Standings::isOperation);
    return hidden && before.exists()
        ? newestWrite(prefix)
            .map(write -> new Standing(before.heads(), List.of(write), before.base()))
            .orElse(before)
        : before;
  }

  /** The same for a change that the log has with its record. */
  Standing replayed(
      Standing before, Change change, DocumentPrefix prefix, Optional<ConflictRecord> record) {
    if (record.isEmpty()) {
      return state.isVisible(change) ? next(before, change) : before;
    }
    return find(record.get().heads(), record.get().plain(), record.get().base(), prefix, change)
        .orElse(before);
  }

  private List<Change> versions(Standing before, Change change, DocumentPrefix prefix) {
    Map<VersionId, Change> versions = new LinkedHashMap<>();
    versions(before, prefix).forEach(each -> versions.put(each.version(), each));
    versions.putIfAbsent(change.version(), change);
    return List.copyOf(versions.values());
  }

  /** All that is looked at of a document: its newest write is there, however many operations. */
  private List<Change> versions(Standing before, DocumentPrefix prefix) {
    Map<VersionId, Change> versions = new LinkedHashMap<>();
    unforced.versions(prefix).forEach(each -> versions.putIfAbsent(each.version(), each));
    before.heads().forEach(each -> versions.putIfAbsent(each.version(), each));
    before.plain().forEach(each -> versions.putIfAbsent(each.version(), each));
    unforced.settle();
    for (Change each : state.view().versions(prefix, MAX_VERSIONS)) {
      versions.putIfAbsent(each.version(), each);
    }
    if (versions.values().stream().allMatch(Standings::isOperation)) {
      newestWrite(prefix).ifPresent(write -> versions.put(write.version(), write));
    }
    versions.values().removeIf(each -> !state.isVisible(each));
    return List.copyOf(versions.values());
  }

  /** What follows for the collection when a change turned {@code before} into {@code after}. */
  Effect effect(Standing before, Standing after, Change change, DocumentPrefix prefix) {
    ConflictSettings settings = settings(change.collection(), before, after);
    long documents = (after.isLive(settings) ? 1 : 0) - (before.isLive(settings) ? 1 : 0);
    // An operation that a deletion has not seen may bring back the write that it was done on.
    boolean sameBody =
        isOperation(change) && documents == 0 && !before.isConflicted() && !after.isConflicted();
    long bytes = sameBody ? 0 : bytes(after, prefix, settings) - bytes(before, prefix, settings);
    long digest = HeadHash.sum(prefix, after.heads()) - HeadHash.sum(prefix, before.heads());
    return new Effect(documents, bytes, digest);
  }

  /** What a document counts for. */
  Effect figures(Standing standing, DocumentPrefix prefix, ConflictSettings settings) {
    return figures(standing, prefix, settings, () -> newestWrite(prefix));
  }

  private static Effect figures(
      Standing standing,
      DocumentPrefix prefix,
      ConflictSettings settings,
      Supplier<Optional<Change>> newestWrite) {
    return new Effect(
        standing.isLive(settings) ? 1 : 0,
        bytes(standing, settings, newestWrite),
        HeadHash.sum(prefix, standing.heads()));
  }

  /** The settings that matter for these; they are not looked up where none do. */
  ConflictSettings settings(CollectionName collection, Standing... standings) {
    for (Standing standing : standings) {
      if (standing.isConflicted()) {
        return state.settings(collection).conflict();
      }
    }
    return ConflictSettings.DEFAULTS;
  }

  private long bytes(Standing standing, DocumentPrefix prefix, ConflictSettings settings) {
    return bytes(standing, settings, () -> newestWrite(prefix));
  }

  private static long bytes(
      Standing standing, ConflictSettings settings, Supplier<Optional<Change>> newestWrite) {
    Optional<Change> winner = standing.winner(settings);
    if (winner.filter(Standings::isOperation).isPresent()) {
      winner = newestWrite.get();
    }
    return winner.map(change -> change.body().length()).orElse(0);
  }

  /** The newest write of a document that no drop has undone, behind however many operations. */
  private Optional<Change> newestWrite(DocumentPrefix prefix) {
    Optional<Change> known = unforced.write(prefix).filter(state::isVisible);
    if (known.isPresent()) {
      return known;
    }
    unforced.settle();
    Optional<Change> write =
        Stream.concat(
                unforced.versions(prefix).stream().filter(change -> !isOperation(change)),
                state.view().write(prefix).stream())
            .max(Comparator.comparing(Change::version))
            .filter(state::isVisible);
    write.ifPresent(found -> unforced.found(prefix, found));
    return write;
  }

  /** The same with one that is put back, of two copies of a version that one. */
  private Optional<Change> newestWrite(DocumentPrefix prefix, Change change) {
    return Stream.concat(Stream.of(change), newestWrite(prefix).stream())
        .filter(each -> !isOperation(each))
        .max(Comparator.comparing(Change::version));
  }

  private static boolean isOperation(Change change) {
    return change.kind() == ChangeKind.OPERATIONS;
  }
}
