package dev.meridian.cluster;

import dev.meridian.clock.ReplicaId;
import dev.meridian.env.Scheduler;
import dev.meridian.env.WallClock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The faults that are on, per peer and direction. A fault ends by itself. Thread-safe. Without
 * faults a look costs one read of an empty map.
 */
public final class LinkFaults {

  /** The longest a fault lasts. */
  public static final Duration MAX_DURATION = Duration.ofHours(1);

  private final WallClock clock;
  private final Scheduler scheduler;
  private final Map<ReplicaId, Entry> entries = new ConcurrentHashMap<>();
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

  /** A fault on a link, and when it ends on the steady clock. */
  private record Entry(LinkFault fault, Set<LinkFault.Direction> directions, long untilNanos) {}

  /** Undoes {@link #onChange}. */
  public interface Registration {
    void cancel();
  }

  public LinkFaults(WallClock clock, Scheduler scheduler) {
    this.clock = clock;
    this.scheduler = scheduler;
  }

  /** Puts a fault on the link with {@code peer}, instead of what was on it in either direction. */
  public void set(
      ReplicaId peer, LinkFault fault, Set<LinkFault.Direction> directions, Duration duration) {
    if (duration.isNegative() || duration.compareTo(MAX_DURATION) > 0) {
      throw new IllegalArgumentException("a fault lasts at most " + MAX_DURATION);
    }
    long until = clock.nanos() + duration.toNanos();
    entries.put(peer, new Entry(fault, Set.copyOf(directions), until));
    scheduler.after(duration.plusMillis(1), this::expire);
    changed();
  }

  /** Ends the fault on the link, if there is one. */
  public void clear(ReplicaId peer) {
    if (entries.remove(peer) != null) {
      changed();
    }
  }

  /** The fault that acts on this direction of the link now. */
  public Optional<LinkFault> active(ReplicaId peer, LinkFault.Direction direction) {
    if (entries.isEmpty()) {
      return Optional.empty();
    }
    Entry entry = entries.get(peer);
    boolean acts =
        entry != null
            && entry.directions().contains(direction)
            && clock.nanos() - entry.untilNanos() < 0;
    return acts ? Optional.of(entry.fault()) : Optional.empty();
  }

  /** True when nothing gets through. */
  public boolean cut(ReplicaId peer, LinkFault.Direction direction) {
    return active(peer, direction).map(LinkFault::drop).orElse(false);
  }

  /** Calls {@code listener} after each change of any fault, its end too. It must be short. */
  public Registration onChange(Runnable listener) {
    Runnable own = () -> listener.run();
    listeners.add(own);
    return () -> listeners.remove(own);
  }

  private void expire() {
    if (entries.values().removeIf(entry -> clock.nanos() - entry.untilNanos() >= 0)) {
      changed();
    }
  }

  private void changed() {
    listeners.forEach(Runnable::run);
  }
}
