package dev.meridian.repair;

import dev.meridian.clock.VersionVector;
import dev.meridian.document.CollectionName;
import dev.meridian.document.DocumentId;
import dev.meridian.engine.CopyStore;
import dev.meridian.engine.DocumentHash;
import dev.meridian.engine.HashPage;
import dev.meridian.engine.HashedCollection;
import dev.meridian.engine.MerkleTree;
import dev.meridian.env.Scheduler;
import dev.meridian.env.WallClock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Looks whether a collection's documents hash to its tree, which is kept up to date without looking
 * at them. A part that changes meanwhile is looked at again. Where something is amiss the
 * collection is counted and hashed anew, so that other regions see the difference.
 */
final class LocalCheck {

  /** A part that changes all the time is passed over after so many tries. */
  private static final int MAX_ROUNDS = 3;

  /** After a step while others write it rests for so many times as long as that took. */
  private static final int REST = 15;

  /**
   * After a write it rests for so long. Writes become visible a batch at a time, and a step may
   * begin and end between two batches.
   */
  private static final Duration BUSY = Duration.ofMillis(100);

  private static final Duration LONGEST_REST = Duration.ofSeconds(1);

  private final CopyStore store;
  private final Steps steps;
  private final RepairSettings settings;
  private final WallClock clock;
  private final Scheduler scheduler;

  LocalCheck(
      CopyStore store, Steps steps, RepairSettings settings, WallClock clock, Scheduler scheduler) {
    this.store = store;
    this.steps = steps;
    this.settings = settings;
    this.clock = clock;
    this.scheduler = scheduler;
  }

  /** True when something was amiss. */
  CompletionStage<Boolean> run(CollectionName collection) {
    return round(collection, 1, new Pace());
  }

  /** Whether others write, as seen from the steps of one look. One thread at a time. */
  private final class Pace {
    private VersionVector written = store.vector();
    private long writtenNanos = clock.nanos() - BUSY.toNanos();

    /** Leaves the processor to those who write; where nobody does there is no rest. */
    CompletionStage<Void> rest(long startNanos) {
      long now = clock.nanos();
      VersionVector latest = store.vector();
      if (!latest.equals(written)) {
        written = latest;
        writtenNanos = now;
      }
      if (now - writtenNanos >= BUSY.toNanos()) {
        return CompletableFuture.completedFuture(null);
      }
      CompletableFuture<Void> rested = new CompletableFuture<>();
      Duration pause = Duration.ofNanos(REST * (now - startNanos));
      scheduler.after(
          pause.compareTo(LONGEST_REST) > 0 ? LONGEST_REST : pause, () -> rested.complete(null));
      return rested;
    }
  }

  private CompletionStage<Boolean> round(CollectionName collection, int round, Pace pace) {
    long[] found = new long[MerkleTree.FAN_OUT];
    return store
        .hashed(collection)
        .thenCompose(
            before ->
                walk(collection, Optional.empty(), found, pace)
                    .thenCompose(walked -> store.hashed(collection))
                    .thenCompose(after -> judge(collection, round, pace, found, before, after)));
  }

  private CompletionStage<Void> walk(
      CollectionName collection, Optional<DocumentId> after, long[] found, Pace pace) {
    long start = clock.nanos();
    return steps
        .run(
            () ->
                store.hashes(
                    collection,
                    new CopyStore.Walk(
                        leaf -> true,
                        after,
                        Optional.empty(),
                        settings.pageDocuments(),
                        settings.examineDocuments())))
        .thenCompose(
            page -> {
              add(page, found);
              return page.last().isPresent()
                  ? pace.rest(start)
                      .thenCompose(rested -> walk(collection, page.last(), found, pace))
                  : CompletableFuture.completedFuture(null);
            });
  }

  private static void add(HashPage page, long[] found) {
    for (DocumentHash document : page.documents()) {
      found[document.leaf() / MerkleTree.FAN_OUT] += document.sum();
    }
  }

  private CompletionStage<Boolean> judge(
      CollectionName collection,
      int round,
      Pace pace,
      long[] found,
      HashedCollection before,
      HashedCollection after) {
    long[] first = before.tree().upper();
    long[] last = after.tree().upper();
    boolean changing = false;
    for (int part = 0; part < found.length; part++) {
      boolean stood = first[part] == last[part];
      if (stood && found[part] != last[part]) {
        return store.recount(collection).thenApply(counted -> true);
      }
      changing |= !stood && found[part] != last[part];
    }
    return changing && round < MAX_ROUNDS
        ? round(collection, round + 1, pace)
        : CompletableFuture.completedFuture(false);
  }
}
