package dev.meridian.cluster;

import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionVector;
import dev.meridian.document.Bytes;
import dev.meridian.env.Scheduler;
import dev.meridian.env.WallClock;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * A transport whose traffic suffers from {@link LinkFaults}. A subscribed stream comes {@code in},
 * its request included, so that a cut in one direction leaves the other direction's stream alone.
 * Other requests go {@code out} and their answers come {@code in}.
 *
 * <p>A stream that is cut stalls; a new one waits for the end of the cut and is opened at once
 * then, whatever pauses the transport below would make between attempts.
 */
public final class FaultyTransport implements Transport {

  private static final String CUT = "the link is cut on purpose";

  private final Transport inner;
  private final LinkFaults faults;
  private final WallClock clock;
  private final Scheduler scheduler;
  private final RandomGenerator random;

  public FaultyTransport(
      Transport inner,
      LinkFaults faults,
      WallClock clock,
      Scheduler scheduler,
      RandomGenerator random) {
    this.inner = inner;
    this.faults = faults;
    this.clock = clock;
    this.scheduler = scheduler;
    this.random = random;
  }

  @Override
  public Subscription subscribe(
      Region peer, VersionVector since, Set<ReplicaId> except, ChangeListener listener) {
    FaultySubscription subscription = new FaultySubscription(peer, since, except, listener);
    subscription.steps.run(subscription::start);
    return subscription;
  }

  @Override
  public CompletionStage<PeerProgress> reportProgress(Region peer, VersionVector applied) {
    return there(peer, () -> inner.reportProgress(peer, applied));
  }

  @Override
  public CompletionStage<PeerPast> askPast(Region peer) {
    return there(peer, () -> inner.askPast(peer));
  }

  @Override
  public CompletionStage<Bytes> fetchStatus(Region peer) {
    return there(peer, () -> inner.fetchStatus(peer));
  }

  @Override
  public CompletionStage<Bytes> ask(Region peer, Bytes question, Duration timeout) {
    return there(peer, () -> inner.ask(peer, question, timeout));
  }

  /** A request there and its answer back. */
  private <T> CompletionStage<T> there(Region peer, Supplier<CompletionStage<T>> call) {
    return passes(peer, LinkFault.Direction.OUT)
        .thenCompose(nothing -> call.get())
        .thenCompose(answer -> passes(peer, LinkFault.Direction.IN).thenApply(nothing -> answer));
  }

  private CompletionStage<Void> passes(Region peer, LinkFault.Direction direction) {
    Optional<LinkFault> fault = faults.active(peer.id(), direction);
    CompletableFuture<Void> passed = new CompletableFuture<>();
    if (fault.isEmpty()) {
      passed.complete(null);
    } else if (fault.get().drop() || fault.get().lossPercent() > random.nextInt(100)) {
      passed.completeExceptionally(
          direction == LinkFault.Direction.OUT ? new UnsentException(CUT) : new IOException(CUT));
    } else {
      scheduler.after(fault.get().delay(), () -> passed.complete(null));
    }
    return passed;
  }

  private final class FaultySubscription implements Subscription, ChangeListener {
    private final Region peer;
    private final VersionVector since;
    private final Set<ReplicaId> except;
    private final ChangeListener listener;
    private final FaultLine line;
    private final SerialQueue steps = new SerialQueue();
    private Optional<Subscription> stream = Optional.empty();
    private Optional<String> closedBelow = Optional.empty();
    private LinkFaults.Registration registration = () -> {};
    private Scheduler.Timer timer = () -> {};
    private int demand;
    private int askedBelow;
    private boolean over;

    FaultySubscription(
        Region peer, VersionVector since, Set<ReplicaId> except, ChangeListener listener) {
      this.peer = peer;
      this.since = since;
      this.except = except;
      this.listener = listener;
      this.line = new FaultLine(faults, peer.id(), LinkFault.Direction.IN, clock, random);
    }

    private void start() {
      registration = faults.onChange(() -> steps.run(this::advance));
      if (line.isCut()) {
        listener.onConnectFailed(CUT);
      }
      advance();
    }

    /** Opens what can be opened, and delivers what is due. */
    private void advance() {
      if (over || line.isCut()) {
        return;
      }
      if (stream.isEmpty()) {
        stream = Optional.of(inner.subscribe(peer, since, except, this));
      }
      while (demand > 0 && line.waitNanos() == 0) {
        demand--;
        line.poll().ifPresent(listener::onMessage);
      }
      ask(stream.get());
      if (closedBelow.isPresent() && line.size() == 0) {
        end(closedBelow);
        return;
      }
      long wait = line.waitNanos();
      if (wait > 0) {
        timer.cancel();
        timer = scheduler.after(Duration.ofNanos(wait), () -> steps.run(this::advance));
      }
    }

    /** What waits for its time is under way, not delivered: it must not use up the demand. */
    private void ask(Subscription below) {
      boolean delayed = faults.active(peer.id(), LinkFault.Direction.IN).isPresent();
      int wanted = demand + (delayed ? FaultyEndpoint.MAX_DELAYED : 0);
      int more = wanted - line.size() - askedBelow;
      if (more > 0) {
        askedBelow += more;
        below.request(more);
      }
    }

    private void end(Optional<String> reason) {
      if (!over) {
        over = true;
        registration.cancel();
        timer.cancel();
        stream.ifPresent(Subscription::cancel);
        listener.onClosed(reason);
      }
    }

    @Override
    public void request(int messages) {
      steps.run(
          () -> {
            demand += messages;
            advance();
          });
    }

    @Override
    public void cancel() {
      steps.run(() -> end(Optional.empty()));
    }

    @Override
    public void onConnectFailed(String reason) {
      steps.run(
          () -> {
            if (!over) {
              listener.onConnectFailed(reason);
            }
          });
    }

    @Override
    public void onBytes(int bytes) {
      listener.onBytes(bytes);
    }

    @Override
    public void onMessage(PeerMessage message) {
      steps.run(
          () -> {
            if (over) {
              return;
            }
            askedBelow--;
            if (line.offer(message)) {
              advance();
            } else {
              end(Optional.of("a message was lost on purpose"));
            }
          });
    }

    @Override
    public void onClosed(Optional<String> reason) {
      steps.run(
          () -> {
            closedBelow = Optional.of(reason.orElse("closed"));
            advance();
          });
    }
  }
}
