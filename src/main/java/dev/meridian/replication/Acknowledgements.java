package dev.meridian.replication;

import dev.meridian.clock.ReplicaId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * How far each peer said it has this region's own changes, and who waits for that. One
 * acknowledgement serves all who wait for what it covers. Thread-safe; nothing blocks, and a write
 * that waits for nobody does not come here.
 *
 * <p>What a peer says is bounded by what this region made: more is ignored and counted. Less than
 * it said before changes nothing, since sequences are never used twice.
 */
public final class Acknowledgements {

  /** The most that may wait at once. */
  public static final int MAX_WAITING = 10_000;

  private static final Comparator<Wait> BY_SEQUENCE =
      Comparator.comparingLong((Wait wait) -> wait.sequence).thenComparingLong(wait -> wait.number);

  private final LongSupplier made;
  private final Map<ReplicaId, Marks> peers;
  private final Map<Need, NavigableSet<Wait>> waits = new ConcurrentHashMap<>();
  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicInteger wantReceived = new AtomicInteger();
  private final AtomicInteger wantApplied = new AtomicInteger();
  private final AtomicLong numbers = new AtomicLong();
  private final AtomicLong ignored = new AtomicLong();

  /** What a peer must have done with a change. */
  public enum Kind {
    /** It has arrived there; a crash of that region may lose it. */
    RECEIVED,
    /** It is forced to disk and readable there. */
    APPLIED
  }

  /**
   * What is waited for.
   *
   * @param peers how many of {@code among}, at least 1
   * @param among peers of this region
   */
  public record Need(Kind kind, int peers, Set<ReplicaId> among) {

    public Need {
      if (peers < 1 || peers > among.size()) {
        throw new IllegalArgumentException(peers + " of " + among);
      }
      among = Set.copyOf(among);
    }
  }

  private static final class Marks {
    private volatile long received;
    private volatile long applied;

    long of(Kind kind) {
      return switch (kind) {
        case RECEIVED -> received;
        case APPLIED -> applied;
      };
    }
  }

  private static final class Wait {
    private final long sequence;
    private final long number;
    private final CompletableFuture<Void> done = new CompletableFuture<>();

    Wait(long sequence, long number) {
      this.sequence = sequence;
      this.number = number;
    }
  }

  /**
   * @param made how many changes this region made, forced to its disk
   */
  Acknowledgements(Collection<ReplicaId> peers, LongSupplier made) {
    Map<ReplicaId, Marks> marks = new HashMap<>();
    peers.forEach(peer -> marks.put(peer, new Marks()));
    this.peers = Map.copyOf(marks);
    this.made = made;
  }

  /**
   * Makes room to wait, before there is anything to wait for: from now on peers are asked to
   * acknowledge at once. Empty when {@link #MAX_WAITING} wait already.
   */
  public Optional<Reservation> reserve(Need need) {
    if (waiting.incrementAndGet() > MAX_WAITING) {
      waiting.decrementAndGet();
      return Optional.empty();
    }
    wanting(need.kind()).incrementAndGet();
    return Optional.of(new Reservation(need));
  }

  /** Room to wait for one write. To be closed whatever happens; idempotent. */
  public final class Reservation implements AutoCloseable {
    private final Need need;
    private final AtomicInteger open = new AtomicInteger(1);

    Reservation(Need need) {
      this.need = need;
    }

    /** Completes once enough peers have the change of this sequence; cancel it to stop waiting. */
    public CompletionStage<Void> reached(long sequence) {
      Wait wait = new Wait(sequence, numbers.getAndIncrement());
      waits.compute(
          need,
          (same, group) -> {
            NavigableSet<Wait> all = group == null ? new TreeSet<>(BY_SEQUENCE) : group;
            all.add(wait);
            return all;
          });
      wait.done.whenComplete((nothing, failure) -> forget(wait));
      settle(need); // it may have been reached before
      return wait.done;
    }

    private void forget(Wait wait) {
      waits.computeIfPresent(
          need,
          (same, group) -> {
            group.remove(wait);
            return group.isEmpty() ? null : group;
          });
      close();
    }

    @Override
    public void close() {
      if (open.getAndSet(0) == 1) {
        wanting(need.kind()).decrementAndGet();
        waiting.decrementAndGet();
      }
    }
  }

  private AtomicInteger wanting(Kind kind) {
    return switch (kind) {
      case RECEIVED -> wantReceived;
      case APPLIED -> wantApplied;
    };
  }

  /** A peer said how far it has this region's changes. */
  void acknowledged(ReplicaId peer, long received, long applied) {
    Marks marks = peers.get(peer);
    if (marks == null) {
      return;
    }
    if (applied > made.getAsLong() || received > made.getAsLong()) {
      ignored.incrementAndGet();
      return;
    }
    synchronized (marks) {
      if (applied <= marks.applied && received <= marks.received) {
        return;
      }
      marks.applied = Math.max(marks.applied, applied);
      marks.received = Math.max(marks.received, Math.max(received, applied));
    }
    waits.keySet().forEach(this::settle);
  }

  private void settle(Need need) {
    List<Wait> served = new ArrayList<>();
    waits.computeIfPresent(
        need,
        (same, group) -> {
          long reached = reached(need);
          while (!group.isEmpty() && group.first().sequence <= reached) {
            served.add(group.pollFirst());
          }
          return group.isEmpty() ? null : group;
        });
    served.forEach(wait -> wait.done.complete(null));
  }

  /** The highest sequence that enough peers have. */
  private long reached(Need need) {
    long[] sorted = need.among().stream().mapToLong(peer -> mark(peer, need.kind())).toArray();
    Arrays.sort(sorted);
    return sorted[sorted.length - need.peers()];
  }

  private long mark(ReplicaId peer, Kind kind) {
    Marks marks = peers.get(peer);
    return marks == null ? 0 : marks.of(kind);
  }

  /** Which of these peers said that they have the change of this sequence. */
  public List<ReplicaId> holders(Kind kind, long sequence, Collection<ReplicaId> among) {
    return among.stream().filter(peer -> mark(peer, kind) >= sequence).sorted().toList();
  }

  /** Up to which sequence peers are asked to tell; 0 when nobody waits. */
  long wanted(Kind kind) {
    return wanting(kind).get() > 0 ? made.getAsLong() : 0;
  }

  /** How many wait. */
  public int waiting() {
    return waiting.get();
  }

  /** How often a peer claimed to have more than was made. */
  public long ignored() {
    return ignored.get();
  }
}
