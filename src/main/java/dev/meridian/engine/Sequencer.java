package dev.meridian.engine;

import dev.meridian.clock.ClockDriftException;
import dev.meridian.clock.Dot;
import dev.meridian.clock.HybridLogicalClock;
import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionVector;
import dev.meridian.document.Bytes;
import dev.meridian.document.Change;
import dev.meridian.document.ChangeCodecV1;
import dev.meridian.document.ChangeKind;
import dev.meridian.document.CollectionName;
import dev.meridian.document.DocumentId;
import dev.meridian.document.FailureCode;
import dev.meridian.document.Placement;
import dev.meridian.document.Precondition;
import dev.meridian.document.Revision;
import dev.meridian.document.StoreFailure;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Decides what a mutation becomes: a change with the next dot and timestamp, or a refusal. Sees the
 * changes of the batch that are not on disk yet, which no reader does. Writer only; does no output.
 */
final class Sequencer {

  private static final Runnable NOTHING = () -> {};

  private final ReplicaId self;
  private final HybridLogicalClock clock;
  private final EngineState state;
  private final Map<DocumentPrefix, Change> unforced = new HashMap<>();
  private VersionVector vector;
  private VersionVector othersOfVector;
  private VersionVector vectorBefore;
  private Runnable undoRemember = NOTHING;

  /** What the writer does with a mutation. */
  sealed interface Decision {

    /**
     * To be logged and applied.
     *
     * @param prefix of what it is about
     * @param prior the version that was the newest before, if it is visible
     */
    record Log(Change change, DocumentPrefix prefix, Optional<Change> prior, boolean created)
        implements Decision {}

    /** Nothing to be done but to answer. */
    record Answer(Outcome outcome) implements Decision {}
  }

  Sequencer(ReplicaId self, HybridLogicalClock clock, EngineState state) {
    this.self = self;
    this.clock = clock;
    this.state = state;
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
    unforced.clear();
  }

  /** The change decided last could not be logged: its dot is free again. */
  void undoLast() {
    vector = vectorBefore;
    othersOfVector = others(vector);
    undoRemember.run();
  }

  /** What a mutation is about: a document, or the settings of a collection. */
  static DocumentPrefix prefix(Mutation mutation) {
    return switch (mutation) {
      case Mutation.Put put -> new DocumentPrefix(TableKey.DOCUMENTS, put.collection(), put.id());
      case Mutation.Delete delete ->
          new DocumentPrefix(TableKey.DOCUMENTS, delete.collection(), delete.id());
      case Mutation.Configure configure -> ofSettings(configure);
      case Mutation.Drop drop -> ofSettings(drop);
      case Mutation.Replicated replicated -> new DocumentPrefix(replicated.change());
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
    undoRemember = NOTHING;
    return switch (mutation) {
      case Mutation.Put put -> put(put, prefix);
      case Mutation.Delete delete -> delete(delete, prefix);
      case Mutation.Configure configure -> configure(configure, prefix);
      case Mutation.Drop drop -> drop(drop, prefix);
      case Mutation.Replicated replicated -> replicated(replicated.change(), prefix);
    };
  }

  private Decision put(Mutation.Put put, DocumentPrefix prefix) {
    Optional<Change> prior = prior(prefix);
    Optional<StoreFailure> refusal = check(put.precondition(), prior);
    if (refusal.isPresent()) {
      return refuse(refusal.get());
    }
    if (!put.placement().holds(self)) {
      throw new IllegalArgumentException("the document belongs into " + put.placement());
    }
    boolean created = prior.isEmpty() || prior.get().isTombstone();
    return local(
        ChangeKind.PUT, put, prefix, put.id(), put.placement(), put.body(), prior, created);
  }

  private Decision delete(Mutation.Delete delete, DocumentPrefix prefix) {
    Optional<Change> prior = prior(prefix);
    Optional<StoreFailure> refusal = check(delete.precondition(), prior);
    if (refusal.isPresent()) {
      return refuse(refusal.get());
    }
    if (prior.isEmpty()) {
      return refuse(
          new StoreFailure.CallerMistake(
              FailureCode.DOCUMENT_NOT_FOUND, "there is no document with this id to delete"));
    }
    if (prior.get().isTombstone()) {
      String version = prior.get().version().toString();
      return refuse(
          new StoreFailure.CallerMistake(
              FailureCode.DOCUMENT_DELETED,
              "the document is deleted already, by version " + version,
              Map.of("version", version)));
    }
    return local(
        ChangeKind.DELETE,
        delete,
        prefix,
        delete.id(),
        delete.placement(),
        Bytes.EMPTY,
        prior,
        false);
  }

  private Decision configure(Mutation.Configure configure, DocumentPrefix prefix) {
    boolean created = !state.collection(configure.collection()).exists();
    DocumentId id = new DocumentId(configure.collection().value());
    return local(
        ChangeKind.SETTINGS,
        configure,
        prefix,
        id,
        Placement.EVERYWHERE,
        configure.settings(),
        priorSettings(configure),
        created);
  }

  private Decision drop(Mutation.Drop drop, DocumentPrefix prefix) {
    if (!state.collection(drop.collection()).exists()) {
      return refuse(
          new StoreFailure.CallerMistake(
              FailureCode.COLLECTION_NOT_FOUND,
              "there is no collection '" + drop.collection() + "'"));
    }
    DocumentId id = new DocumentId(drop.collection().value());
    return local(
        ChangeKind.DROP,
        drop,
        prefix,
        id,
        Placement.EVERYWHERE,
        Bytes.EMPTY,
        priorSettings(drop),
        false);
  }

  private Decision local(
      ChangeKind kind,
      Mutation.Local mutation,
      DocumentPrefix prefix,
      DocumentId id,
      Placement placement,
      Bytes body,
      Optional<Change> prior,
      boolean created) {
    Dot dot = new Dot(self, vector.get(self) + 1);
    Change change =
        ChangeCodecV1.encode(
            dot,
            clock.tick(),
            kind,
            mutation.collection(),
            id,
            prior.map(Change::vector).orElse(VersionVector.EMPTY),
            othersOfVector,
            mutation.traceparent(),
            placement,
            body);
    vector = vector.with(self, dot.sequence());
    remember(change, prefix);
    return new Decision.Log(change, prefix, prior, created);
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
    Optional<Change> prior =
        TableKey.space(change.kind()) == TableKey.DOCUMENTS ? prior(prefix) : Optional.empty();
    vector = vector.with(dot.origin(), dot.sequence());
    if (!dot.origin().equals(self)) {
      othersOfVector = others(vector);
    }
    remember(change, prefix);
    return new Decision.Log(change, prefix, prior, prior.isEmpty());
  }

  /**
   * True for what is to be had whole here and was passed on by a region that has no body. It is
   * waited for, from a region that has it; unless nobody else ever had it, and it is gone.
   */
  private boolean lacksBody(Change change) {
    boolean mine = change.isWithheld() && change.placement().holds(self);
    return mine && !change.placement().equals(Placement.in(List.of(self)));
  }

  private void remember(Change change, DocumentPrefix key) {
    if (TableKey.space(change.kind()) != TableKey.DOCUMENTS) {
      return;
    }
    Change before = unforced.get(key);
    if (before == null) {
      unforced.put(key, change);
      undoRemember = () -> unforced.remove(key);
    } else if (change.version().compareTo(before.version()) > 0) {
      unforced.put(key, change);
      undoRemember = () -> unforced.put(key, before);
    }
  }

  /** The newest version that no drop has undone. */
  private Optional<Change> prior(DocumentPrefix prefix) {
    if (!unforced.isEmpty()) {
      Change pending = unforced.get(prefix);
      if (pending != null) {
        return visible(pending);
      }
    }
    return state.visibleToReplace(prefix);
  }

  private Optional<Change> visible(Change change) {
    return state.collection(change.collection()).isVisible(change.hlc())
        ? Optional.of(change)
        : Optional.empty();
  }

  private Optional<Change> priorSettings(Mutation.Local mutation) {
    return state
        .view()
        .newest(
            TableKey.SETTINGS,
            mutation.collection(),
            new DocumentId(mutation.collection().value()));
  }

  private static Optional<StoreFailure> check(Precondition precondition, Optional<Change> prior) {
    if (precondition instanceof Precondition.None) {
      return Optional.empty();
    }
    Optional<Revision> current =
        prior.filter(change -> !change.isTombstone()).map(c -> new Revision(c.version()));
    if (precondition.holds(current)) {
      return Optional.empty();
    }
    return Optional.of(
        new StoreFailure.CallerMistake(
            FailureCode.PRECONDITION_FAILED,
            current
                .map(revision -> "the document is at version " + revision)
                .orElse("there is no live document with this id"),
            current
                .<Map<String, Object>>map(r -> Map.of("currentVersion", r.toString()))
                .orElse(Map.of())));
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
