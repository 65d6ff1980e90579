package dev.meridian.repair;

import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionVector;
import dev.meridian.cluster.Region;
import dev.meridian.cluster.Topology;
import dev.meridian.cluster.Transport;
import dev.meridian.document.Bytes;
import dev.meridian.document.Change;
import dev.meridian.document.ChangeCodecV1;
import dev.meridian.engine.ManifestStore;
import dev.meridian.engine.Seed;
import dev.meridian.engine.TableKey;
import dev.meridian.engine.TableStore;
import dev.meridian.env.Threads;
import dev.meridian.env.WallClock;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * Fills a region that has nothing with a copy of what the nearest peer stores; the log brings what
 * came since. When the peer goes away meanwhile, or does not go on, another one goes on where it
 * stopped; when its copy does not fit here, another one's is taken. For one thread, which waits.
 */
public final class Bootstrap {

  /** With fewer changes the log is as fast. */
  public static final long MIN_CHANGES = 10_000;

  private static final System.Logger LOG = System.getLogger(Bootstrap.class.getName());
  private static final Duration CHOICE_TIMEOUT = Duration.ofSeconds(3);
  private static final Duration PAGE_TIMEOUT = Duration.ofSeconds(30);
  private static final Duration ASK_AGAIN = Duration.ofSeconds(1);
  private static final int MAX_CHOICES = 60;

  /** A peer counts as full that has so much of what the fullest has. */
  private static final double FULL = 0.9;

  private static final long TELL_EVERY_NANOS = Duration.ofMillis(500).toNanos();

  private final Topology topology;
  private final Transport transport;
  private final WallClock clock;
  private final Threads threads;
  private final Consumer<String> progress;

  /**
   * A peer that can fill this region.
   *
   * @param vector what its copy has at least
   * @param nanos how long it took to answer
   */
  private record Source(
      Region peer, VersionVector vector, VersionVector logFrom, long documents, long nanos) {}

  /**
   * What was copied.
   *
   * @param from the peer that the last of it came from
   * @param vector what is here now at least
   * @param complete what that peer had when it was over: with that, reads miss nothing
   * @param lostOwn how many changes of this region's earlier life its peers know; 0 for a new one
   */
  public record Filled(
      ReplicaId from,
      VersionVector vector,
      VersionVector complete,
      long lostOwn,
      long entries,
      Duration took) {}

  /**
   * @param progress gets what it is doing, for a person
   */
  public Bootstrap(
      Topology topology,
      Transport transport,
      WallClock clock,
      Threads threads,
      Consumer<String> progress) {
    this.topology = topology;
    this.transport = transport;
    this.clock = clock;
    this.threads = threads;
    this.progress = progress;
  }

  /**
   * Fills an empty data directory, if there is a peer that has much.
   *
   * @return empty when there is none, or its copy does not fit here: the log brings everything then
   * @throws IOException when this region's disk fails
   */
  public Optional<Filled> fill(TableStore tables, ManifestStore manifests) throws IOException {
    progress.accept("looking for a region to be filled from");
    Set<ReplicaId> unfit = new HashSet<>();
    while (true) {
      Optional<Source> first = choose(unfit);
      if (first.isEmpty()) {
        return Optional.empty();
      }
      Optional<Filled> filled = fill(tables, manifests, first.get());
      if (filled.isPresent()) {
        return filled;
      }
      unfit.add(first.get().peer().id());
    }
  }

  /** Empty when the copy does not fit, or does not come. */
  private Optional<Filled> fill(TableStore tables, ManifestStore manifests, Source first)
      throws IOException {
    ReplicaId self = topology.self().id();
    Copy copy = new Copy(first);
    long start = clock.nanos();
    try {
      new Seed(self, tables, manifests).write(copy, copy::vector, first.documents());
    } catch (Seed.UnfitException | IllegalArgumentException | SourceLostException unfit) {
      LOG.log(
          System.Logger.Level.WARNING,
          "event=bootstrap-given-up region={0} peer={1} {2}",
          self,
          first.peer().id(),
          unfit.getMessage());
      return Optional.empty();
    }
    VersionVector complete =
        ask(copy.source.peer(), new RepairMessage.AskSnapshot(), RepairMessage.Snapshot.class)
            .map(RepairMessage.Snapshot::vector)
            .orElseGet(copy::vector);
    Filled filled =
        new Filled(
            copy.source.peer().id(),
            copy.vector(),
            complete,
            first.vector().get(self),
            copy.entries,
            Duration.ofNanos(clock.nanos() - start));
    LOG.log(
        System.Logger.Level.INFO,
        "event=bootstrapped region={0} from={1} entries={2} ms={3} vector={4}",
        self,
        filled.from(),
        Long.toString(filled.entries()),
        Long.toString(filled.took().toMillis()),
        filled.vector());
    return Optional.of(filled);
  }

  /**
   * The nearest of those that have nearly everything.
   *
   * @param except those that did not serve
   */
  private Optional<Source> choose(Set<ReplicaId> except) {
    List<Source> found =
        sources().stream().filter(each -> !except.contains(each.peer().id())).toList();
    long most = found.stream().mapToLong(each -> each.vector().total()).max().orElse(0);
    boolean logsHaveAll = found.stream().allMatch(each -> each.logFrom().size() == 0);
    long fewest = logsHaveAll ? MIN_CHANGES : 1;
    return found.stream()
        .filter(each -> each.vector().total() >= Math.max(fewest, most * FULL))
        .min(Comparator.comparingLong(Source::nanos));
  }

  /** Those that answer. */
  private List<Source> sources() {
    List<CompletableFuture<Optional<Source>>> asked =
        topology.peers().stream().map(this::ask).toList();
    List<Source> found = new ArrayList<>();
    asked.forEach(each -> each.join().ifPresent(found::add));
    return found;
  }

  /**
   * Whether a region was away for so long that no peer's log has all it lacks any more. It has to
   * be filled anew.
   *
   * @param here what it has
   * @return what its peers have; empty while it is not left behind, or nobody answers
   */
  public Optional<VersionVector> leftBehind(VersionVector here) {
    List<Source> found = sources();
    boolean helped = found.stream().anyMatch(each -> here.covers(each.logFrom()));
    return found.isEmpty() || helped
        ? Optional.empty()
        : found.stream().map(Source::vector).reduce(VersionVector::merge);
  }

  private CompletableFuture<Optional<Source>> ask(Region peer) {
    long start = clock.nanos();
    return transport
        .ask(peer, RepairCodecV1.encode(new RepairMessage.AskSnapshot()), CHOICE_TIMEOUT)
        .thenApply(
            bytes ->
                RepairCodecV1.answer(bytes) instanceof RepairMessage.Snapshot snapshot
                    ? Optional.of(
                        new Source(
                            peer,
                            snapshot.vector(),
                            snapshot.logFrom(),
                            snapshot.documents(),
                            clock.nanos() - start))
                    : Optional.<Source>empty())
        .exceptionally(unreachable -> Optional.empty())
        .toCompletableFuture();
  }

  private <T> Optional<T> ask(Region peer, RepairMessage.Question question, Class<T> expected) {
    return await(
            transport.ask(peer, RepairCodecV1.encode(question), PAGE_TIMEOUT).toCompletableFuture())
        .map(RepairCodecV1::answer)
        .filter(expected::isInstance)
        .map(expected::cast);
  }

  /** Empty when there is no answer. */
  private static Optional<Bytes> await(CompletableFuture<Bytes> answer) {
    try {
      return Optional.of(answer.get(2 * PAGE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS));
    } catch (ExecutionException | TimeoutException unreachable) {
      return Optional.empty();
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  /** Nobody is left that could go on. */
  private static final class SourceLostException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    SourceLostException(String why) {
      super(why);
    }
  }

  /** The entries of a copy; the next page is on its way while one is used. */
  private final class Copy implements Iterator<Change> {
    private final long startNanos = clock.nanos();
    private Source source;
    private VersionVector vector;
    private CompletableFuture<Bytes> coming;
    private Optional<Bytes> after = Optional.empty();
    private Iterator<Change> page = Collections.emptyIterator();
    private boolean isLast;

    /** Who did not bring the page that is wanted now. */
    private final Set<ReplicaId> failed = new HashSet<>();

    private int rounds;
    private long entries;
    private long toldNanos;

    Copy(Source source) {
      this.source = source;
      this.vector = source.vector();
      this.coming = ask();
    }

    /** What is in every page, whoever it came from. */
    VersionVector vector() {
      return vector;
    }

    private CompletableFuture<Bytes> ask() {
      return transport
          .ask(
              source.peer(),
              RepairCodecV1.encode(new RepairMessage.AskEntries(after)),
              PAGE_TIMEOUT)
          .toCompletableFuture();
    }

    @Override
    public boolean hasNext() {
      while (!page.hasNext() && !isLast) {
        turn();
      }
      return page.hasNext();
    }

    @Override
    public Change next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      entries++;
      return page.next();
    }

    private void turn() {
      Optional<RepairMessage.Answer> answer = await(coming).map(RepairCodecV1::answer);
      if (answer.isEmpty() || !(answer.get() instanceof RepairMessage.Entries received)) {
        another();
        return;
      }
      List<Change> changes = received.changes().stream().map(ChangeCodecV1::decodeStored).toList();
      isLast = received.isLast();
      if (!isLast) {
        if (changes.isEmpty()) {
          throw new IllegalArgumentException("a page of nothing");
        }
        after = Optional.of(new Bytes(TableKey.of(changes.getLast())));
        coming = ask();
      }
      page = changes.iterator();
      failed.clear();
      rounds = 0;
      tell();
    }

    /** Goes on with whoever is there now; what all pages have in common is what counts. */
    private void another() {
      failed.add(source.peer().id());
      for (; rounds < MAX_CHOICES; rounds++) {
        progress.accept(
            "waiting for a region to be filled from; '"
                + source.peer().id()
                + "' went away, or does not go on");
        Optional<Source> next = choose(failed);
        if (next.isPresent()) {
          source = next.get();
          vector = vector.meet(source.vector());
          coming = ask();
          return;
        }
        threads.pause(ASK_AGAIN);
        failed.clear();
      }
      throw new SourceLostException("no region is left to be filled from");
    }

    private void tell() {
      long now = clock.nanos();
      if (now - toldNanos < TELL_EVERY_NANOS) {
        return;
      }
      toldNanos = now;
      long expected = Math.max(source.documents(), entries);
      double seconds = (now - startNanos) / 1e9;
      long left = entries == 0 ? 0 : Math.round((expected - entries) * seconds / entries);
      progress.accept(
          "copying the data of '"
              + source.peer().id()
              + "': "
              + entries
              + " of about "
              + expected
              + " versions, about "
              + left
              + " s left");
    }
  }
}
