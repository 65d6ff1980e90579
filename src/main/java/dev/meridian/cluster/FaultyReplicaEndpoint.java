package dev.meridian.cluster;

import dev.meridian.clock.ReplicaId;
import dev.meridian.document.Bytes;
import dev.meridian.env.Scheduler;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Answers questions with the delays of {@link LinkFaults}: questions come {@code in}, answers go
 * {@code out}. What is cut off is not answered.
 */
public final class FaultyReplicaEndpoint implements ReplicaEndpoint {

  private final ReplicaEndpoint inner;
  private final LinkFaults faults;
  private final Scheduler scheduler;

  public FaultyReplicaEndpoint(ReplicaEndpoint inner, LinkFaults faults, Scheduler scheduler) {
    this.inner = inner;
    this.faults = faults;
    this.scheduler = scheduler;
  }

  @Override
  public CompletionStage<Bytes> answer(ReplicaId asker, Bytes question) {
    return passes(asker, LinkFault.Direction.IN)
        .thenCompose(nothing -> inner.answer(asker, question))
        .thenCompose(answer -> passes(asker, LinkFault.Direction.OUT).thenApply(nothing -> answer));
  }

  private CompletionStage<Void> passes(ReplicaId peer, LinkFault.Direction direction) {
    Optional<LinkFault> fault = faults.active(peer, direction);
    CompletableFuture<Void> passed = new CompletableFuture<>();
    if (fault.isEmpty()) {
      passed.complete(null);
    } else if (fault.get().drop()) {
      passed.completeExceptionally(new IOException("the link is cut on purpose"));
    } else {
      Duration delay = fault.get().delay();
      if (delay.isZero()) {
        passed.complete(null);
      } else {
        scheduler.after(delay, () -> passed.complete(null));
      }
    }
    return passed;
  }
}
