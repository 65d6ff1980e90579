package dev.meridian.cluster;

import dev.meridian.clock.ReplicaId;
import dev.meridian.env.WallClock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * One direction of one stream, as its faults let it through: messages wait in it for their time, in
 * order, and not at all once it is cut. For one thread at a time; the users bound what they put in.
 */
final class FaultLine {

  private final LinkFaults faults;
  private final ReplicaId peer;
  private final LinkFault.Direction direction;
  private final WallClock clock;
  private final RandomGenerator random;
  private final Deque<Held> held = new ArrayDeque<>();
  private long lastDueNanos;

  private record Held(PeerMessage message, long dueNanos, boolean delayed) {}

  FaultLine(
      LinkFaults faults,
      ReplicaId peer,
      LinkFault.Direction direction,
      WallClock clock,
      RandomGenerator random) {
    this.faults = faults;
    this.peer = peer;
    this.direction = direction;
    this.clock = clock;
    this.random = random;
  }

  /** Takes a message in. False when it was lost, and the stream with it. */
  boolean offer(PeerMessage message) {
    Optional<LinkFault> fault = faults.active(peer, direction);
    long now = clock.nanos();
    if (fault.isEmpty()) {
      held.add(new Held(message, now, false));
      return true;
    }
    if (fault.get().lossPercent() > random.nextInt(100)) {
      return false;
    }
    long jitter = fault.get().jitter().toNanos();
    long due = now + fault.get().delay().toNanos() + (jitter > 0 ? random.nextLong(jitter + 1) : 0);
    if (held.isEmpty() || due - lastDueNanos > 0) {
      lastDueNanos = due;
    }
    held.add(new Held(message, lastDueNanos, true));
    return true;
  }

  /** The next message whose time has come. */
  Optional<PeerMessage> poll() {
    return waitNanos() == 0 ? Optional.of(held.remove().message()) : Optional.empty();
  }

  boolean isCut() {
    return faults.cut(peer, direction);
  }

  int size() {
    return held.size();
  }

  /**
   * How long until {@link #poll} has something; 0 for now, -1 when only a change of faults helps.
   */
  long waitNanos() {
    Held first = held.peek();
    if (first == null || isCut()) {
      return -1;
    }
    // A delay that was lifted holds up nothing any more.
    boolean free = !first.delayed() || faults.active(peer, direction).isEmpty();
    return free ? 0 : Math.max(0, first.dueNanos() - clock.nanos());
  }
}
