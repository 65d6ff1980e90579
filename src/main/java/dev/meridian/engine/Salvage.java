package dev.meridian.engine;

import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionVector;
import dev.meridian.document.Change;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Changes that stand in the log behind a gap. They enter again by the one door, as changes from
 * elsewhere do: each once what it depends on is here, which the peers have to bring. Until then no
 * checkpoint is made, since only the log has them.
 *
 * <p>Bounded by the log after the last checkpoint.
 */
final class Salvage {

  private static final System.Logger LOG = System.getLogger(Salvage.class.getName());

  private final StorageEngine engine;
  private final Runnable done;
  private List<Change> held;

  /**
   * @param held in log order
   * @param done called once all have been applied
   */
  Salvage(StorageEngine engine, List<Change> held, Runnable done) {
    this.engine = engine;
    this.held = List.copyOf(held);
    this.done = done;
  }

  /** The highest sequence of an origin among them; 0 when there is none. */
  synchronized long highest(ReplicaId origin) {
    return held.stream()
        .filter(change -> change.dot().origin().equals(origin))
        .mapToLong(change -> change.dot().sequence())
        .max()
        .orElse(0);
  }

  /** Brings all that are left; goes on by itself when more of their causes have come. */
  synchronized void bring() {
    List<Change> batch = held;
    engine.apply(
        batch.stream().<Mutation>map(Mutation.Replicated::new).toList(),
        outcomes -> settle(batch, outcomes));
  }

  private synchronized void settle(List<Change> batch, List<Outcome> outcomes) {
    List<Change> left = new ArrayList<>();
    Optional<VersionVector> missing = Optional.empty();
    for (int i = 0; i < batch.size(); i++) {
      switch (outcomes.get(i)) {
        case Outcome.Applied applied -> {}
        case Outcome.Duplicate duplicate -> {}
        case Outcome.Blocked(VersionVector causes) -> {
          left.add(batch.get(i));
          missing = missing.isPresent() ? missing : Optional.of(causes);
        }
        case Outcome.Failed failed -> left.add(batch.get(i));
      }
    }
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
    engine
        .whenCovers(missing.orElse(engine.vector()))
        .whenComplete(
            (covered, failure) -> {
              if (failure == null) {
                bring();
              }
            });
  }
}
