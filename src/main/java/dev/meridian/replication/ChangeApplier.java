package dev.meridian.replication;

import dev.meridian.clock.VersionVector;
import dev.meridian.cluster.SerialQueue;
import dev.meridian.document.Change;
import dev.meridian.document.FailureCode;
import dev.meridian.document.StoreFailure;
import dev.meridian.engine.Mutation;
import dev.meridian.engine.Outcome;
import dev.meridian.engine.StorageEngine;
import dev.meridian.env.Scheduler;
import dev.meridian.env.WallClock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Brings the changes of one stream to the store's door, in order, a bounded number of batches at a
 * time. What the store cannot take yet is kept and brought again: when its causes are here, or,
 * after a refusal, at intervals. Nothing is dropped and nothing overtakes what it may depend on:
 * while something is kept, nothing new is brought.
 *
 * <p>Runs in its link's {@link SerialQueue}.
 */
final class ChangeApplier {

  /** The store's queue was full: that passes in milliseconds. */
  private static final Duration OVERLOADED_PAUSE = Duration.ofMillis(10);

  private final StorageEngine engine;
  private final WallClock clock;
  private final Scheduler scheduler;
  private final ReplicationSettings settings;
  private final SerialQueue steps;
  private final Owner owner;
  private final Deque<Batch> waiting = new ArrayDeque<>();
  private final Deque<Batch> inFlight = new ArrayDeque<>();
  private List<Change> kept = new ArrayList<>();
  private Optional<VersionVector> missing = Optional.empty();
  private Optional<StoreFailure> refusal = Optional.empty();
  private Optional<Hold> hold = Optional.empty();
  private int owed;
  private boolean stopped;
  private volatile long queued;

  /** Hears what became of the changes, in the same queue. */
  interface Owner {

    /**
     * @param changes of one batch, in order; not empty
     * @param wallMillis when they became readable here
     */
    void applied(List<Change> changes, long wallMillis);

    /** So many batches are done with; as many may be requested. */
    void finished(int batches);

    /** The store refuses; the changes are kept and tried again. */
    void refused(StoreFailure why);

    /** The store takes changes again. */
    void accepted();

    /** The causes of a change do not come, and nothing else does. */
    void stuck(VersionVector missing);
  }

  /** Compared by identity. */
  private static final class Batch {
    private final List<Change> changes;
    private final boolean fromPeer;
    private List<Outcome> outcomes = List.of();
    private long doneMillis;
    private boolean done;

    Batch(List<Change> changes, boolean fromPeer) {
      this.changes = changes;
      this.fromPeer = fromPeer;
    }
  }

  /** A wait, for an arrival or for time to pass. Compared by identity. */
  private static final class Hold {
    private final Optional<VersionVector> missing;
    private long sinceNanos;
    private long vectorTotal;
    private Runnable cancel = () -> {};

    Hold(Optional<VersionVector> missing, long sinceNanos, long vectorTotal) {
      this.missing = missing;
      this.sinceNanos = sinceNanos;
      this.vectorTotal = vectorTotal;
    }
  }

  ChangeApplier(
      StorageEngine engine,
      WallClock clock,
      Scheduler scheduler,
      ReplicationSettings settings,
      SerialQueue steps,
      Owner owner) {
    this.engine = engine;
    this.clock = clock;
    this.scheduler = scheduler;
    this.settings = settings;
    this.steps = steps;
    this.owner = owner;
  }

  /** Takes a batch that came from the peer. */
  void add(List<Change> changes) {
    queued += changes.size();
    waiting.add(new Batch(changes, true));
    submit();
  }

  /** Changes that came and are not yet applied. Any thread. */
  long queued() {
    return queued;
  }

  /** Brings nothing any more. What is in flight is still answered. */
  void stop() {
    stopped = true;
    hold.ifPresent(current -> current.cancel.run());
    hold = Optional.empty();
  }

  /** Looks whether a wait for causes has come to nothing. */
  void tick() {
    if (hold.isEmpty() || hold.get().missing.isEmpty()) {
      return;
    }
    Hold current = hold.get();
    long now = clock.nanos();
    long total = engine.vector().total();
    if (total != current.vectorTotal) {
      current.vectorTotal = total;
      current.sinceNanos = now;
    } else if (now - current.sinceNanos > settings.blockedLimit().toNanos()) {
      owner.stuck(current.missing.get());
    }
  }

  private void submit() {
    while (!stopped
        && kept.isEmpty()
        && !waiting.isEmpty()
        && inFlight.size() < settings.maxInFlightBatches()) {
      Batch batch = waiting.remove();
      inFlight.add(batch);
      List<Mutation> mutations = new ArrayList<>(batch.changes.size());
      for (Change change : batch.changes) {
        mutations.add(new Mutation.Replicated(change));
      }
      engine.apply(
          mutations,
          outcomes -> {
            long now = clock.millis();
            steps.run(() -> done(batch, outcomes, now));
          });
    }
  }

  private void done(Batch batch, List<Outcome> outcomes, long nowMillis) {
    batch.outcomes = outcomes;
    batch.doneMillis = nowMillis;
    batch.done = true;
    while (!inFlight.isEmpty() && inFlight.peek().done) {
      settle(inFlight.remove());
    }
    if (kept.isEmpty()) {
      release();
    } else if (inFlight.isEmpty() && !stopped) {
      hold();
    }
    submit();
  }

  private void settle(Batch batch) {
    if (batch.fromPeer) {
      owed++;
    }
    List<Change> applied = new ArrayList<>(batch.changes.size());
    for (int i = 0; i < batch.changes.size(); i++) {
      Change change = batch.changes.get(i);
      switch (batch.outcomes.get(i)) {
        case Outcome.Applied here -> applied.add(change);
        case Outcome.Duplicate duplicate -> queued--;
        case Outcome.Blocked(VersionVector causes) -> {
          kept.add(change);
          missing = missing.isPresent() ? missing : Optional.of(causes);
        }
        case Outcome.Failed(StoreFailure why) -> {
          kept.add(change);
          refusal = refusal.isPresent() ? refusal : Optional.of(why);
        }
      }
    }
    if (!applied.isEmpty()) {
      queued -= applied.size();
      owner.applied(applied, batch.doneMillis);
    }
  }

  /** Everything that was brought is in: the batches are done with. */
  private void release() {
    boolean caughtUp =
        waiting.stream().allMatch(batch -> batch.fromPeer)
            && inFlight.stream().allMatch(batch -> batch.fromPeer);
    if (owed > 0 && caughtUp) {
      int batches = owed;
      owed = 0;
      owner.accepted();
      owner.finished(batches);
    }
  }

  private void hold() {
    Hold current =
        new Hold(
            refusal.isPresent() ? Optional.empty() : missing,
            clock.nanos(),
            engine.vector().total());
    hold = Optional.of(current);
    if (refusal.isPresent()) {
      boolean overloaded = refusal.get().code() == FailureCode.OVERLOADED;
      if (!overloaded) {
        owner.refused(refusal.get());
      }
      retryAfter(overloaded ? OVERLOADED_PAUSE : settings.retryPause(), current);
      return;
    }
    owner.accepted();
    CompletableFuture<Void> arrival =
        engine.whenCovers(missing.orElseThrow()).toCompletableFuture();
    current.cancel = () -> arrival.cancel(false);
    arrival.whenComplete(
        (nothing, failure) ->
            steps.run(
                () -> {
                  if (failure == null) {
                    bringAgain(current);
                  } else if (hold.equals(Optional.of(current))) {
                    retryAfter(settings.retryPause(), current);
                  }
                }));
  }

  private void retryAfter(Duration pause, Hold current) {
    Scheduler.Timer timer = scheduler.after(pause, () -> steps.run(() -> bringAgain(current)));
    current.cancel = timer::cancel;
  }

  private void bringAgain(Hold ended) {
    if (stopped || hold.isEmpty() || hold.get() != ended) {
      return;
    }
    List<Change> again = kept;
    kept = new ArrayList<>();
    missing = Optional.empty();
    refusal = Optional.empty();
    hold = Optional.empty();
    int size = settings.maxBatchChanges();
    for (int end = again.size(); end > 0; end -= size) {
      waiting.addFirst(new Batch(again.subList(Math.max(0, end - size), end), false));
    }
    submit();
  }
}
