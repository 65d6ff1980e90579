package dev.meridian.engine;

import dev.meridian.clock.ClockDriftException;
import dev.meridian.clock.Dot;
import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.HybridLogicalClock;
import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionVector;
import dev.meridian.document.Bytes;
import dev.meridian.document.Change;
import dev.meridian.document.ChangeCodecV1;
import dev.meridian.document.ChangeKind;
import dev.meridian.document.CollectionName;
import dev.meridian.document.ConflictSettings;
import dev.meridian.document.DocumentId;
import dev.meridian.document.FailureCode;
import dev.meridian.document.Placement;
import dev.meridian.document.StoreFailure;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Decides what a mutation becomes: a change with the next dot and timestamp, or a refusal. Sees the
 * changes of the batch that are not on disk yet, which no reader does. Writer only; does no output.
 */
final class Sequencer {

  private final ReplicaId self;
  private final Set<ReplicaId> members;
  private final HybridLogicalClock clock;
  private final EngineState state;
  private final Pending pending;
  private final Standings standings;
  private VersionVector vector;
  private VersionVector othersOfVector;
  private VersionVector vectorBefore;

  /** What the writer does with a mutation. */
  sealed interface Decision {

    /**
     * To be logged and applied.
     *
     * @param prefix of what it is about
     * @param effect on its collection's figures
     * @param record to be logged with it: how the document's versions stand
     * @param isRepair it is put back
     */
    record Log(
        Change change,
        DocumentPrefix prefix,
        Standings.Effect effect,
        Optional<Change> record,
        boolean created,
        boolean isRepair)
        implements Decision {

      Log(
          Change change,
          DocumentPrefix prefix,
          Standings.Effect effect,
          Optional<Change> record,
          boolean created) {
        this(change, prefix, effect, record, created, false);
      }
    }

    /** Nothing to be done but to answer. */
    record Answer(Outcome outcome) implements Decision {}
  }

  /**
   * @param members all regions there are, this one too
   */
  Sequencer(ReplicaId self, Set<ReplicaId> members, HybridLogicalClock clock, EngineState state) {
    this.self = self;
    this.members = Set.copyOf(members);
    this.clock = clock;
    this.state = state;
    this.pending = new Pending(state);
    this.standings = new Standings(state, pending);
    this.vector = state.vector();
    this.othersOfVector = others(vector);
    this.vectorBefore = vector;
  }

  /** Dots handed out so far, forced or not. */
  VersionVector vector() {
    return vector;
  }

  /** The batch is on disk and readable. */
  void forced() {
    pending.clear();
  }

  /** The change decided last could not be logged: its dot is free again. */
  void undoLast() {
    vector = vectorBefore;
    othersOfVector = others(vector);
    pending.undoLast();
  }

  /** Documents are about to be counted as they are: what is remembered of them counts no more. */
  void recounting() {
    pending.forgetWrites();
  }

  /** What a mutation is about: a document, or the settings of a collection. */
  static DocumentPrefix prefix(Mutation mutation) {
    return switch (mutation) {
      case Mutation.Put put -> new DocumentPrefix(TableKey.DOCUMENTS, put.collection(), put.id());
      case Mutation.Delete delete ->
          new DocumentPrefix(TableKey.DOCUMENTS, delete.collection(), delete.id());
      case Mutation.Operate operate ->
          new DocumentPrefix(TableKey.DOCUMENTS, operate.collection(), operate.id());
      case Mutation.Configure configure -> ofSettings(configure);
      case Mutation.Drop drop -> ofSettings(drop);
      case Mutation.Replicated replicated -> new DocumentPrefix(replicated.change());
      case Mutation.Repaired repaired -> new DocumentPrefix(repaired.change());
    };
  }

  private static DocumentPrefix ofSettings(Mutation.Local mutation) {
    CollectionName collection = mutation.collection();
    return new DocumentPrefix(TableKey.SETTINGS, collection, new DocumentId(collection.value()));
  }

  /**
   * @param prefix what {@link #prefix} says of it
   */
  Decision decide(Mutation mutation, DocumentPrefix prefix) {
    vectorBefore = vector;
    pending.begin();
    return switch (mutation) {
      case Mutation.Put put -> put(put, prefix);
      case Mutation.Delete delete -> delete(delete, prefix);
      case Mutation.Operate operate -> operate(operate, prefix);
      case Mutation.Configure configure -> configure(configure, prefix);
      case Mutation.Drop drop -> drop(drop, prefix);
      case Mutation.Replicated replicated -> replicated(replicated.change(), prefix);
      case Mutation.Repaired repaired -> repaired(repaired, prefix);
    };
  }

  private Decision put(Mutation.Put put, DocumentPrefix prefix) {
    Standing before = standing(prefix, put.collection());
    ConflictSettings settings = standings.settings(put.collection(), before);
    Optional<StoreFailure> refusal = WriteRules.check(put.precondition(), before, settings);
    if (refusal.isPresent()) {
      return refuse(refusal.get());
    }
    if (!put.placement().holds(self)) {
      throw new IllegalArgumentException("the document belongs into " + put.placement());
    }
    int flags =
        (put.resolution() ? ChangeCodecV1.RESOLUTION : 0)
            | (put.fielded() ? ChangeCodecV1.FIELDED : 0);
    Change change =
        local(ChangeKind.PUT, put, put.id(), put.placement(), put.body(), before, flags);
    return document(change, prefix, before, !before.isLive(settings));
  }

  private Decision delete(Mutation.Delete delete, DocumentPrefix prefix) {
    Standing before = standing(prefix, delete.collection());
    ConflictSettings settings = standings.settings(delete.collection(), before);
    Optional<StoreFailure> refusal =
        WriteRules.check(delete.precondition(), before, settings)
            .or(() -> nothingToDelete(delete, before, settings));
    if (refusal.isPresent()) {
      return refuse(refusal.get());
    }
    Change change =
        local(
            ChangeKind.DELETE,
            delete,
            delete.id(),
            delete.placement(),
            Bytes.EMPTY,
            before,
            delete.resolution() ? ChangeCodecV1.RESOLUTION : 0);
    return document(change, prefix, before, false);
  }

  /** A deletion that won may be made to stand alone. */
  private static Optional<StoreFailure> nothingToDelete(
      Mutation.Delete delete, Standing before, ConflictSettings settings) {
    return delete.resolution() && before.isConflicted()
        ? Optional.empty()
        : WriteRules.dead(before, settings, "to delete");
  }

  private Decision operate(Mutation.Operate operate, DocumentPrefix prefix) {
    Standing before = standing(prefix, operate.collection());
    ConflictSettings settings = standings.settings(operate.collection(), before);
    Optional<StoreFailure> refusal =
        WriteRules.check(operate.precondition(), before, settings)
            .or(() -> WriteRules.dead(before, settings, "with CRDT fields"))
            .or(() -> WriteRules.undecided(before, settings));
    if (refusal.isPresent()) {
      return refuse(refusal.get());
    }
    Change change =
        local(
            ChangeKind.OPERATIONS,
            operate,
            operate.id(),
            Placement.EVERYWHERE,
            operate.delta(),
            before,
            0);
    return document(change, prefix, before, false);
  }

  private Decision configure(Mutation.Configure configure, DocumentPrefix prefix) {
    boolean created = !state.collection(configure.collection()).exists();
    return settings(ChangeKind.SETTINGS, configure, configure.settings(), prefix, created);
  }

  private Decision drop(Mutation.Drop drop, DocumentPrefix prefix) {
    if (!state.collection(drop.collection()).exists()) {
      return refuse(
          new StoreFailure.CallerMistake(
              FailureCode.COLLECTION_NOT_FOUND,
              "there is no collection '" + drop.collection() + "'"));
    }
    return settings(ChangeKind.DROP, drop, Bytes.EMPTY, prefix, false);
  }

  private Decision settings(
      ChangeKind kind,
      Mutation.Local mutation,
      Bytes body,
      DocumentPrefix prefix,
      boolean created) {
    DocumentId id = new DocumentId(mutation.collection().value());
    Standing before =
        Standing.of(state.view().newest(TableKey.SETTINGS, mutation.collection(), id));
    Change change = local(kind, mutation, id, Placement.EVERYWHERE, body, before, 0);
    return new Decision.Log(change, prefix, Standings.Effect.NONE, Optional.empty(), created);
  }

  private Change local(
      ChangeKind kind,
      Mutation.Local mutation,
      DocumentId id,
      Placement placement,
      Bytes body,
      Standing before,
      int flags) {
    Dot dot = new Dot(self, vector.get(self) + 1);
    Change change =
        ChangeCodecV1.encode(
            dot,
            clock.tick(),
            kind,
            mutation.collection(),
            id,
            before.seen(members),
            othersOfVector,
            mutation.traceparent(),
            placement,
            body,
            flags);
    vector = vector.with(self, dot.sequence());
    return change;
  }

  private Decision replicated(Change brought, DocumentPrefix prefix) {
    Dot dot = brought.dot();
    long known = vector.get(dot.origin());
    if (dot.sequence() <= known) {
      return new Decision.Answer(new Outcome.Duplicate());
    }
    if (dot.sequence() > known + 1) {
      return new Decision.Answer(
          new Outcome.Blocked(VersionVector.of(dot.origin(), dot.sequence() - 1)));
    }
    if (lacksBody(brought)) {
      return new Decision.Answer(
          new Outcome.Blocked(VersionVector.of(dot.origin(), dot.sequence())));
    }
    // Whatever a peer sends: a body that does not belong here is not kept.
    Change change = brought.placement().holds(self) ? brought : ChangeCodecV1.withhold(brought);
    if (!vector.covers(change.dependencies())) {
      return new Decision.Answer(new Outcome.Blocked(change.dependencies()));
    }
    try {
      clock.observe(change.hlc());
    } catch (ClockDriftException drift) {
      return refuse(new StoreFailure.Unavailable(FailureCode.CLOCK_DRIFT, drift.getMessage()));
    }
    vector = vector.with(dot.origin(), dot.sequence());
    if (!dot.origin().equals(self)) {
      othersOfVector = others(vector);
    }
    if (TableKey.space(change.kind()) != TableKey.DOCUMENTS) {
      return new Decision.Log(change, prefix, Standings.Effect.NONE, Optional.empty(), true);
    }
    Standing before = standing(prefix, change.collection());
    return document(change, prefix, before, !before.exists());
  }

  private Decision repaired(Mutation.Repaired repaired, DocumentPrefix prefix) {
    Change brought = repaired.change();
    Dot dot = brought.dot();
    if (!vector.contains(dot)) {
      return new Decision.Answer(
          new Outcome.Blocked(VersionVector.of(dot.origin(), dot.sequence())));
    }
    Change change = brought.placement().holds(self) ? brought : ChangeCodecV1.withhold(brought);
    pending.forgetWrite(prefix);
    Standing before = standing(prefix, change.collection());
    Optional<Standings.Mended> mended = standings.mended(before, change, prefix);
    boolean wanted = mended.isPresent() && (!mended.get().replaces() || repaired.instead());
    if (!wanted || lacksBody(change)) {
      return new Decision.Answer(new Outcome.Duplicate());
    }
    Standings.Step step = mended.get().step();
    try {
      observeAgain(change.hlc());
    } catch (ClockDriftException drift) {
      return refuse(new StoreFailure.Unavailable(FailureCode.CLOCK_DRIFT, drift.getMessage()));
    }
    Change newest =
        newest(prefix)
            .filter(known -> known.version().compareTo(change.version()) > 0)
            .orElse(change);
    pending.add(prefix, change, newest, step.record());
    return new Decision.Log(
        change,
        prefix,
        mended.get().effect(),
        step.record().map(each -> record(change, each)),
        !before.exists(),
        true);
  }

  /** What this clock is past already it was told before, however far back the wall clock is now. */
  private void observeAgain(HlcTimestamp known) throws ClockDriftException {
    if (known.isAfter(clock.latest())) {
      clock.observe(known);
    }
  }

  /** What follows of a change of a document, however it came. */
  private Decision document(
      Change change, DocumentPrefix prefix, Standing before, boolean created) {
    Standings.Step step = standings.after(before, change, prefix);
    Standings.Effect effect = standings.effect(before, step.standing(), change, prefix);
    if (state.isVisible(change)) { // one that a drop has undone must not hide what is younger
      pending.add(prefix, change, step.record());
    }
    return new Decision.Log(
        change, prefix, effect, step.record().map(each -> record(change, each)), created);
  }

  private Change record(Change change, ConflictRecord record) {
    return derived(
        ChangeKind.HEADS,
        new FieldViews.DocumentName(change.collection(), change.id()),
        ConflictRecordCodecV1.encode(record));
  }

  /** A later record of the document has a later time; it has no dot of its own. */
  Change derived(ChangeKind kind, FieldViews.DocumentName name, Bytes body) {
    return ChangeCodecV1.encode(
        new Dot(self, 1),
        clock.tick(),
        kind,
        name.collection(),
        name.id(),
        VersionVector.EMPTY,
        VersionVector.EMPTY,
        "",
        body);
  }

  /**
   * True for what is to be had whole here and was passed on by a region that has no body. It is
   * waited for, from a region that has it; unless nobody else ever had it, and it is gone.
   */
  private boolean lacksBody(Change change) {
    boolean mine = change.isWithheld() && change.placement().holds(self);
    return mine && !change.placement().equals(Placement.in(List.of(self)));
  }

  private Standing standing(DocumentPrefix prefix, CollectionName collection) {
    return standings.of(prefix, collection, newest(prefix));
  }

  /** The newest version that no drop has undone. */
  private Optional<Change> newest(DocumentPrefix prefix) {
    Optional<Change> unforced = pending.newest(prefix);
    return unforced.isPresent() ? unforced : state.visibleToReplace(prefix);
  }

  private static Decision refuse(StoreFailure failure) {
    return new Decision.Answer(new Outcome.Failed(failure));
  }

  private VersionVector others(VersionVector all) {
    VersionVector[] result = {VersionVector.EMPTY};
    all.forEach(
        (origin, sequence) -> {
          if (!origin.equals(self)) {
            result[0] = result[0].with(origin, sequence);
          }
        });
    return result[0];
  }
}
