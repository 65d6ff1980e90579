package dev.meridian.coordinator;

import dev.meridian.clock.VersionVector;
import dev.meridian.cluster.Region;
import dev.meridian.document.Bytes;
import dev.meridian.document.Change;
import dev.meridian.document.ChangeCodecV1;
import dev.meridian.engine.DocumentStore;
import dev.meridian.engine.Mutation;
import dev.meridian.env.Scheduler;
import dev.meridian.replication.Replication;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.LongAdder;

/**
 * Brings this region up to what another one has: waits, since the links mostly bring it in a
 * moment, and if they do not, fetches what is missing from that region, with all its causes, a
 * bounded batch at a time, and hands it in at the ordinary door. What was fetched keeps its dots,
 * so it does not matter that the links bring it again. Thread-safe; nothing blocks.
 */
final class CatchUp {

  /** What the links may take before the missing changes are fetched. */
  static final Duration PATIENCE = Duration.ofMillis(40);

  /** The most catch-ups that fetch at once; others go on waiting for the links. */
  static final int MAX_FETCHING = 8;

  /** The most batches fetched for one catch-up; what is further behind is left to the links. */
  static final int MAX_BATCHES = 16;

  private static final Duration BATCH_TIMEOUT = Duration.ofSeconds(2);

  private final DocumentStore store;
  private final Replication replication;
  private final ReplicaClient peers;
  private final Scheduler scheduler;
  private final Semaphore fetching = new Semaphore(MAX_FETCHING);
  private final LongAdder fetched = new LongAdder();

  CatchUp(DocumentStore store, Replication replication, ReplicaClient peers, Scheduler scheduler) {
    this.store = store;
    this.replication = replication;
    this.peers = peers;
    this.scheduler = scheduler;
  }

  /** How many changes were fetched, rather than brought by the links. */
  long fetched() {
    return fetched.sum();
  }

  /**
   * Completes with true once this region has all of {@code wanted}, with false when it does not
   * within the limit.
   *
   * @param source has it all
   */
  CompletionStage<Boolean> to(VersionVector wanted, Region source, Duration limit) {
    CompletableFuture<Boolean> result = new CompletableFuture<>();
    if (store.vector().covers(wanted)) {
      result.complete(true);
      return result;
    }
    CompletableFuture<Void> arrival = store.whenCovers(wanted).toCompletableFuture();
    Scheduler.Timer end = scheduler.after(limit, () -> result.complete(false));
    Scheduler.Timer patience =
        scheduler.after(PATIENCE, () -> fetch(wanted, source, result, MAX_BATCHES));
    arrival.whenComplete((nothing, failure) -> result.complete(failure == null));
    result.whenComplete(
        (reached, failure) -> {
          end.cancel();
          patience.cancel();
          arrival.cancel(false);
        });
    return result;
  }

  private void fetch(
      VersionVector wanted, Region source, CompletableFuture<Boolean> result, int batches) {
    if (result.isDone() || batches == 0 || !fetching.tryAcquire()) {
      return;
    }
    int lives = replication.lives(source.id());
    peers
        .ask(source, new ReplicaQuestion.Since(store.vector()), BATCH_TIMEOUT)
        .thenCompose(answer -> bring(source, lives, answer))
        .whenComplete(
            (brought, failure) -> {
              fetching.release();
              if (failure == null && brought > 0) {
                fetch(wanted, source, result, batches - 1);
              }
            });
  }

  /** How many changes there were. */
  private CompletionStage<Integer> bring(Region source, int lives, ReplicaAnswer answer) {
    CompletableFuture<Integer> done = new CompletableFuture<>();
    if (!(answer instanceof ReplicaAnswer.Changes(List<Bytes> changes)) || changes.isEmpty()) {
      done.complete(0);
      return done;
    }
    List<Mutation> mutations = new ArrayList<>(changes.size());
    for (Bytes each : changes) {
      Change change = ChangeCodecV1.decode(each);
      mutations.add(new Mutation.Replicated(change));
    }
    fetched.add(mutations.size());
    replication.bring(source.id(), lives, mutations, outcomes -> done.complete(outcomes.size()));
    return done;
  }
}
