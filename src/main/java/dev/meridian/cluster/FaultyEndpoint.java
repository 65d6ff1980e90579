package dev.meridian.cluster;

import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionVector;
import dev.meridian.env.Scheduler;
import dev.meridian.env.WallClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;

/**
 * An endpoint whose streams suffer from {@link LinkFaults}: they go {@code out}. A stream that is
 * cut stalls; when the cut ends it goes on at once, from where it was.
 */
public final class FaultyEndpoint implements PeerEndpoint {

  /** The most messages that wait in one delayed stream. */
  static final int MAX_DELAYED = 256;

  private final PeerEndpoint inner;
  private final LinkFaults faults;
  private final WallClock clock;
  private final Scheduler scheduler;
  private final RandomGenerator random;

  public FaultyEndpoint(
      PeerEndpoint inner,
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
  public OutboundStream openStream(
      ReplicaId reader, VersionVector since, Set<ReplicaId> except, Runnable wake) {
    return new FaultyStream(inner.openStream(reader, since, except, wake), reader, wake);
  }

  /** The adapter does not let a report of a peer that is cut off get here. */
  @Override
  public PeerProgress progress(ReplicaId reader, VersionVector applied) {
    return inner.progress(reader, applied);
  }

  @Override
  public CompletionStage<PeerPast> past(ReplicaId peer) {
    return inner.past(peer);
  }

  private final class FaultyStream implements OutboundStream {
    private final OutboundStream stream;
    private final Runnable wake;
    private final FaultLine line;
    private final LinkFaults.Registration registration;
    private final AtomicReference<Scheduler.Timer> timer = new AtomicReference<>(() -> {});

    FaultyStream(OutboundStream stream, ReplicaId reader, Runnable wake) {
      this.stream = stream;
      this.wake = wake;
      this.line = new FaultLine(faults, reader, LinkFault.Direction.OUT, clock, random);
      this.registration = faults.onChange(wake);
    }

    @Override
    public List<PeerMessage> next() {
      if (line.isCut()) {
        return List.of();
      }
      boolean more = true;
      while (more && line.size() < MAX_DELAYED && line.waitNanos() != 0) {
        more = pull();
      }
      List<PeerMessage> due = new ArrayList<>();
      for (Optional<PeerMessage> m = line.poll(); m.isPresent(); m = line.poll()) {
        due.add(m.get());
      }
      long wait = line.waitNanos();
      if (due.isEmpty() && wait >= 0) {
        timer.getAndSet(scheduler.after(Duration.ofNanos(wait), wake)).cancel();
      }
      return due;
    }

    @Override
    public void sent(int bytes, int changeBytes) {
      stream.sent(bytes, changeBytes);
    }

    private boolean pull() {
      List<PeerMessage> messages = stream.next();
      for (PeerMessage message : messages) {
        if (!line.offer(message)) {
          throw new StreamBrokenException("a message was lost on purpose");
        }
      }
      return !messages.isEmpty();
    }

    @Override
    public void close() {
      registration.cancel();
      timer.get().cancel();
      stream.close();
    }
  }
}
