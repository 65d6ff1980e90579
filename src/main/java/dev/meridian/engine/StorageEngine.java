package dev.meridian.engine;

import dev.meridian.clock.VersionVector;
import dev.meridian.clock.Watermark;
import dev.meridian.document.CollectionName;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** The one door into a region's data, and what leaves it. Any thread. */
public interface StorageEngine {

  /** When an outcome is told. */
  enum Sync {
    /** Once the change is forced to disk and readable. */
    FORCED,
    /** Once its place in the log is decided; a crash before the next force loses it. */
    DECIDED
  }

  /**
   * The one door. Outcomes come in the order of the mutations, on the writer's thread. What {@code
   * done} does must be short.
   */
  void apply(List<Mutation> mutations, Sync sync, Consumer<List<Outcome>> done);

  /** The same, once everything applied is forced to disk. */
  default void apply(List<Mutation> mutations, Consumer<List<Outcome>> done) {
    apply(mutations, Sync.FORCED, done);
  }

  /** False once the log has failed: only a restart helps. */
  boolean acceptsWrites();

  /** How far this region has applied each origin; everything in it is durable and readable. */
  VersionVector vector();

  /**
   * What all changes know that are made here from now on and are not in {@link #vector} yet. That
   * is less while operations are under way that were worked out from less. Any thread.
   */
  VersionVector known();

  /**
   * Completes when all that was handed in before is answered, with what is here then. Tells nothing
   * once this region is being stopped, or does not accept writes: a restart may find more.
   */
  default CompletionStage<VersionVector> settled() {
    CompletableFuture<VersionVector> settled = new CompletableFuture<>();
    apply(List.of(), outcomes -> settled.complete(vector()));
    return settled;
  }

  /** Completes once {@link #vector} covers {@code wanted}; cancel it to stop waiting. */
  CompletionStage<Void> whenCovers(VersionVector wanted);

  /**
   * A promise of this region as an origin: every change of it stamped up to the watermark's time
   * has a sequence up to the watermark's, and is in {@link #changes} already.
   */
  CompletionStage<Watermark> promise();

  /** The hash tree of a collection as it is now; an empty one where there is nothing. */
  CompletionStage<HashedCollection> hashed(CollectionName collection);

  ChangeFeed changes();
}
