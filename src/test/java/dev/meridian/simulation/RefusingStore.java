package dev.meridian.simulation;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.VersionId;
import dev.meridian.clock.VersionVector;
import dev.meridian.clock.Watermark;
import dev.meridian.document.Change;
import dev.meridian.document.CollectionName;
import dev.meridian.document.DocumentId;
import dev.meridian.document.StoreFailure;
import dev.meridian.document.StoredDocument;
import dev.meridian.engine.ChangeFeed;
import dev.meridian.engine.CollectionState;
import dev.meridian.engine.CollidedDocument;
import dev.meridian.engine.ConflictRecord;
import dev.meridian.engine.DocumentStore;
import dev.meridian.engine.FieldedDocument;
import dev.meridian.engine.HashedCollection;
import dev.meridian.engine.Mutation;
import dev.meridian.engine.Outcome;
import dev.meridian.env.Scheduler;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;

/** A store that takes nothing from other regions while it is told so, and can be sabotaged. */
public final class RefusingStore implements DocumentStore {

  private static final Duration ANSWERS_AFTER = Duration.ofMillis(1);

  private final DocumentStore store;
  private final Scheduler scheduler;
  private final Sabotage sabotage;
  private Optional<StoreFailure> refusal = Optional.empty();

  RefusingStore(DocumentStore store, Scheduler scheduler, Sabotage sabotage) {
    this.store = store;
    this.scheduler = scheduler;
    this.sabotage = sabotage;
  }

  /** Everything new that replicates is refused with this until it is empty. */
  public void refuse(Optional<StoreFailure> why) {
    refusal = why;
  }

  @Override
  public void apply(List<Mutation> mutations, Sync sync, Consumer<List<Outcome>> done) {
    boolean local = mutations.stream().noneMatch(Mutation.Replicated.class::isInstance);
    if (local) {
      boolean early = sabotage == Sabotage.ANSWERS_BEFORE_FORCE;
      store.apply(mutations, early ? Sync.DECIDED : sync, done);
      return;
    }
    if (refusal.isEmpty()) {
      bring(mutations, sync, done);
      return;
    }
    StoreFailure why = refusal.get();
    scheduler.after(
        ANSWERS_AFTER,
        () -> done.accept(mutations.stream().map(mutation -> refused(mutation, why)).toList()));
  }

  /** What is swallowed is answered as if it had been here. */
  private void bring(List<Mutation> mutations, Sync sync, Consumer<List<Outcome>> done) {
    List<Change> changes =
        mutations.stream().map(each -> ((Mutation.Replicated) each).change()).toList();
    List<Mutation> taken =
        changes.stream()
            .filter(change -> !sabotage.swallows(change))
            .<Mutation>map(change -> new Mutation.Replicated(sabotage.brought(change)))
            .toList();
    store.apply(
        taken,
        sync,
        outcomes -> {
          Iterator<Outcome> told = outcomes.iterator();
          done.accept(
              changes.stream()
                  .map(change -> sabotage.swallows(change) ? new Outcome.Duplicate() : told.next())
                  .toList());
        });
  }

  private Outcome refused(Mutation mutation, StoreFailure why) {
    boolean known =
        mutation instanceof Mutation.Replicated replicated
            && store.vector().contains(replicated.change().dot());
    return known ? new Outcome.Duplicate() : new Outcome.Failed(why);
  }

  @Override
  public void operate(
      CollectionName collection,
      DocumentId id,
      Function<FieldedDocument, Mutation.Operate> work,
      Sync sync,
      Consumer<Outcome> done) {
    store.operate(collection, id, work, sync, done);
  }

  @Override
  public boolean acceptsWrites() {
    return store.acceptsWrites();
  }

  @Override
  public VersionVector vector() {
    return store.vector();
  }

  @Override
  public VersionVector known() {
    return store.known();
  }

  @Override
  public CompletionStage<Void> whenCovers(VersionVector wanted) {
    return store.whenCovers(wanted);
  }

  @Override
  public CompletionStage<Watermark> promise() {
    return store.promise().thenApply(sabotage::promised);
  }

  @Override
  public CompletionStage<HashedCollection> hashed(CollectionName collection) {
    return store.hashed(collection);
  }

  @Override
  public ChangeFeed changes() {
    return store.changes();
  }

  @Override
  public Optional<StoredDocument> find(CollectionName collection, DocumentId id) {
    return store.find(collection, id);
  }

  @Override
  public Optional<Optional<StoredDocument>> findInMemory(CollectionName collection, DocumentId id) {
    return store.findInMemory(collection, id);
  }

  @Override
  public List<StoredDocument> scan(
      CollectionName collection,
      String prefix,
      Optional<DocumentId> after,
      int limit,
      HlcTimestamp asOf) {
    return store.scan(collection, prefix, after, limit, asOf);
  }

  @Override
  public List<StoredDocument> versions(
      CollectionName collection, DocumentId id, Optional<VersionId> before, int limit) {
    return store.versions(collection, id, before, limit);
  }

  @Override
  public Optional<StoredDocument> kept(
      CollectionName collection, DocumentId id, VersionId version) {
    return store.kept(collection, id, version);
  }

  @Override
  public <T> T withFields(
      CollectionName collection, DocumentId id, Function<FieldedDocument, T> use) {
    return store.withFields(collection, id, use);
  }

  @Override
  public Optional<ConflictRecord> conflicts(CollectionName collection, DocumentId id) {
    return store.conflicts(collection, id);
  }

  @Override
  public List<CollidedDocument> collided(
      CollectionName collection, Optional<DocumentId> after, int limit) {
    return store.collided(collection, after, limit);
  }

  @Override
  public CollectionState collection(CollectionName name) {
    return store.collection(name);
  }

  @Override
  public HlcTimestamp latest() {
    return store.latest();
  }
}
