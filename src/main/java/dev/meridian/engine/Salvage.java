package dev.meridian.engine;

import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionVector;
import dev.meridian.document.Change;
import dev.meridian.document.FailureCode;
import dev.meridian.document.StoreFailure;
import dev.meridian.env.Threads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Changes that stand in the log behind a gap. They enter again by the one door, as changes from
 * elsewhere do: each once what it depends on is here, which the peers have to bring. Until then no
 * checkpoint is made, since only the log has them.
 *
 * <p>Bounded by the log after the last checkpoint.
 */
final class Salvage {

  private static final Duration AGAIN_AFTER = Duration.ofSeconds(1);

  private static final System.Logger LOG = System.getLogger(Salvage.class.getName());

  private static final int MOST_AT_ONCE = 1_000;

  private final StorageEngine engine;
  private final Consumer<Runnable> later;
  private final Runnable done;
  private List<Change> held;
  private boolean stopped;

  /** Of those that were brought, what could not be applied, and what that lacks. */
  private List<Change> left = List.of();

  private Optional<VersionVector> missing = Optional.empty();
  private boolean refused;

  /**
   * @param held in log order
   * @param later runs a task after a while, elsewhere: what could not be applied is tried again
   * @param done called once all have been applied
   */
  Salvage(StorageEngine engine, List<Change> held, Consumer<Runnable> later, Runnable done) {
    this.engine = engine;
    this.later = later;
    this.held = List.copyOf(held);
    this.done = done;
  }

  /** For the constructor: with threads that wait. */
  static Consumer<Runnable> later(Threads threads) {
    return task ->
        threads.startVirtual(
            "meridian-salvage",
            () -> {
              threads.pause(AGAIN_AFTER);
              task.run();
            });
  }

  /** What has to wait hears this. */
  static StoreFailure underWay() {
    return new StoreFailure.Unavailable(
        FailureCode.NOT_READY, "changes that this region made are being brought back");
  }

  /** The highest sequence of an origin among them; 0 when there is none. */
  synchronized long highest(ReplicaId origin) {
    return held.stream()
        .filter(change -> change.dot().origin().equals(origin))
        .mapToLong(change -> change.dot().sequence())
        .max()
        .orElse(0);
  }

  /** Nothing is tried again. */
  synchronized void stop() {
    stopped = true;
  }

  /** Brings all that are left; goes on by itself when more of their causes have come. */
  synchronized void bring() {
    left = new ArrayList<>();
    missing = Optional.empty();
    refused = false;
    bring(0);
  }

  /** As many as go into the writer's queue beside what others have. */
  private synchronized void bring(int from) {
    if (stopped) {
      return;
    }
    List<Change> piece = held.subList(from, Math.min(from + MOST_AT_ONCE, held.size()));
    engine.apply(
        piece.stream().<Mutation>map(Mutation.Replicated::new).toList(),
        outcomes -> {
          note(piece, outcomes);
          if (from + piece.size() < held.size()) {
            bring(from + piece.size());
          } else {
            settle();
          }
        });
  }

  private synchronized void note(List<Change> batch, List<Outcome> outcomes) {
    for (int i = 0; i < batch.size(); i++) {
      switch (outcomes.get(i)) {
        case Outcome.Applied applied -> {}
        case Outcome.Duplicate duplicate -> {}
        case Outcome.Blocked(VersionVector causes) -> {
          left.add(batch.get(i));
          missing = missing.isPresent() ? missing : Optional.of(causes);
        }
        case Outcome.Failed failed -> {
          left.add(batch.get(i));
          refused = true;
        }
      }
    }
  }

  private synchronized void settle() {
    held = left;
    if (left.isEmpty()) {
      LOG.log(System.Logger.Level.INFO, "event=salvaged all changes behind the log''s gap are in");
      done.run();
      return;
    }
    LOG.log(
        System.Logger.Level.WARNING,
        "event=salvaging {0} changes behind the log''s gap wait for {1}",
        Integer.toString(left.size()),
        missing.map(VersionVector::toString).orElse("the disk"));
    if (refused) {
      later.accept(this::bring);
      return;
    }
    engine
        .whenCovers(missing.orElseThrow())
        .whenComplete(
            (covered, failure) -> {
              if (failure == null) {
                bring();
              }
            });
  }
}
