package dev.meridian.repair;

import dev.meridian.cluster.Region;
import dev.meridian.cluster.Transport;
import dev.meridian.document.Bytes;
import dev.meridian.document.FailureCode;
import dev.meridian.document.StoreFailure;
import dev.meridian.env.Scheduler;
import dev.meridian.env.WallClock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Asks one peer, no faster than the limit on bytes allows, and counts them. For one question at a
 * time.
 */
final class Wire {

  /** The limit is on the mean of about so long. */
  private static final long AHEAD_NANOS = Duration.ofMillis(100).toNanos();

  private static final long NANOS_PER_SECOND = Duration.ofSeconds(1).toNanos();

  private final Region peer;
  private final Transport transport;
  private final Scheduler scheduler;
  private final WallClock clock;
  private final RepairSettings settings;
  private final AtomicLong bytesOut = new AtomicLong();
  private final AtomicLong bytesIn = new AtomicLong();
  private volatile long paidUntilNanos;
  private volatile boolean cancelled;

  Wire(
      Region peer,
      Transport transport,
      Scheduler scheduler,
      WallClock clock,
      RepairSettings settings) {
    this.peer = peer;
    this.transport = transport;
    this.scheduler = scheduler;
    this.clock = clock;
    this.settings = settings;
    this.paidUntilNanos = clock.nanos();
  }

  /** Every further question fails. */
  void cancel() {
    cancelled = true;
  }

  boolean isCancelled() {
    return cancelled;
  }

  /**
   * Fails with a {@link StoreFailure} when the peer cannot now, and with another exception when
   * there is no answer.
   */
  <T extends RepairMessage.Answer> CompletionStage<T> ask(
      RepairMessage.Question question, Class<T> expected) {
    Bytes bytes = RepairCodecV1.encode(question);
    return turn()
        .thenCompose(
            free -> {
              if (cancelled) {
                throw new StoreFailure.Unavailable(FailureCode.NOT_READY, "cancelled");
              }
              bytesOut.addAndGet(bytes.length());
              return transport.ask(peer, bytes, settings.askTimeout());
            })
        .thenApply(
            answer -> {
              bytesIn.addAndGet(answer.length());
              pay(bytes.length() + (long) answer.length());
              return expected(RepairCodecV1.answer(answer), expected);
            });
  }

  private static <T> T expected(RepairMessage.Answer answer, Class<T> expected) {
    if (answer instanceof RepairMessage.NotNow(String why)) {
      throw new StoreFailure.Unavailable(FailureCode.NOT_READY, why);
    }
    if (!expected.isInstance(answer)) {
      throw new IllegalArgumentException("the peer answered something else");
    }
    return expected.cast(answer);
  }

  private void pay(long bytes) {
    long start = Math.max(paidUntilNanos, clock.nanos() - AHEAD_NANOS);
    paidUntilNanos = start + bytes * NANOS_PER_SECOND / settings.bytesPerSecond();
  }

  private CompletionStage<Void> turn() {
    long wait = paidUntilNanos - clock.nanos();
    return wait <= 0 ? CompletableFuture.completedFuture(null) : after(Duration.ofNanos(wait));
  }

  /** Completes after a while. */
  CompletionStage<Void> after(Duration pause) {
    CompletableFuture<Void> over = new CompletableFuture<>();
    scheduler.after(pause, () -> over.complete(null));
    return over;
  }

  long bytesOut() {
    return bytesOut.get();
  }

  long bytesIn() {
    return bytesIn.get();
  }
}
