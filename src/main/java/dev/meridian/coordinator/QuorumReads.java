package dev.meridian.coordinator;

import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionVector;
import dev.meridian.cluster.Region;
import dev.meridian.document.CollectionName;
import dev.meridian.document.DocumentId;
import dev.meridian.document.StoredDocument;
import dev.meridian.env.Scheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Reads that a majority of the replicas stands behind.
 *
 * <p>A document is read here in full, and its newest version's name and checksum from as many
 * others as make a majority. When they differ, the newest is brought here, and to as many others as
 * a majority needs, <em>before</em> the answer; so a later quorum read, whose majority shares a
 * region with this one, never sees less (Attiya, Bar-Noy and Dolev, 1995, section 3). The rest are
 * mended after the answer. A region counts as holding a change when its vector covers it, since
 * what a region has applied decides what it shows.
 *
 * <p>Anything larger than a document, as a list, is read between two such rounds about vectors
 * instead of versions.
 */
final class QuorumReads {

  private static final System.Logger LOG = System.getLogger(QuorumReads.class.getName());

  private final Copy copy;
  private final ReplicaClient peers;
  private final Polls polls;
  private final CatchUp catchUp;
  private final Mender mender;
  private final Scheduler scheduler;
  private final LongAdder repairs = new LongAdder();
  private final LongAdder divergences = new LongAdder();

  /** What a quorum read gave. */
  record Read<T>(T value, VersionVector seen, Receipt receipt) {}

  QuorumReads(
      Copy copy,
      ReplicaClient peers,
      Polls polls,
      CatchUp catchUp,
      Mender mender,
      Scheduler scheduler) {
    this.copy = copy;
    this.peers = peers;
    this.polls = polls;
    this.catchUp = catchUp;
    this.mender = mender;
    this.scheduler = scheduler;
  }

  /** Reads that found replicas differing and made a majority hold the newest first. */
  long repairs() {
    return repairs.sum();
  }

  /** Replicas that showed the same version with other bytes. */
  long divergences() {
    return divergences.sum();
  }

  /** The newest version of a document that a majority holds when this completes. */
  CompletionStage<Read<Optional<StoredDocument>>> document(
      CollectionName collection, DocumentId id, ReplicaSet set, ReadOptions options) {
    Run run = new Run(List.of(set), options);
    CompletionStage<Copy.State> local = copy.state(collection, id);
    ReplicaQuestion.Digest question = new ReplicaQuestion.Digest(collection, id);
    CompletionStage<List<Ballot.Reply<ReplicaAnswer.Digest>>> others =
        run.ballot(
            set.majority() - set.own(),
            set.candidates(),
            peer -> peers.digest(peer, question, run.left()),
            digest -> true);
    return run.within(
        local
            .thenCombine(others, (here, digests) -> new Merge(here, digests))
            .thenCompose(merge -> settle(collection, id, merge, set, run)));
  }

  private CompletionStage<Read<Optional<StoredDocument>>> settle(
      CollectionName collection, DocumentId id, Merge merge, ReplicaSet set, Run run) {
    report(merge, id);
    if (merge.agreed()) {
      return CompletableFuture.completedFuture(
          new Read<>(
              merge.local().stored(),
              merge.must(),
              run.receipt(merge.regions(), "replicas agreed")));
    }
    repairs.increment();
    return brought(merge.missing(), run)
        .thenCompose(
            reached -> {
              if (!reached) {
                throw new Ballot.TooFew("the newest version could not be fetched in time");
              }
              return copy.state(collection, id);
            })
        .thenCompose(now -> confirm(set, merge, now, run));
  }

  /** Brings here what others have; false when it could not be had in time. */
  private CompletionStage<Boolean> brought(List<Ballot.Reply<VersionVector>> missing, Run run) {
    CompletionStage<Boolean> all = CompletableFuture.completedFuture(true);
    for (Ballot.Reply<VersionVector> each : missing) {
      all =
          all.thenCompose(
              reached ->
                  reached
                      ? catchUp.to(each.answer(), each.from(), run.left())
                      : CompletableFuture.completedFuture(false));
    }
    return all;
  }

  /** What is to be answered is decided; a majority has to hold it. */
  private CompletionStage<Read<Optional<StoredDocument>>> confirm(
      ReplicaSet set, Merge merge, Copy.State now, Run run) {
    VersionVector must =
        now.stored().map(stored -> stored.heads().seen()).orElse(now.vector()).merge(merge.must());
    return majority(set, merge.vectors(), must, run)
        .thenApply(
            holders -> {
              mend(merge, holders, must);
              return new Read<>(
                  now.stored(), must, run.receipt(holders, "replicas hold the newest, repaired"));
            });
  }

  private void mend(Merge merge, List<Region> holders, VersionVector must) {
    for (Ballot.Reply<ReplicaAnswer.Digest> reply : merge.others()) {
      if (!holders.contains(reply.from()) && !reply.answer().vector().covers(must)) {
        mender.mend(reply.from(), must);
      }
    }
  }

  /**
   * Completes with the other regions of a majority that have {@code must}, which this one has.
   *
   * @param known what some said they have
   */
  private CompletionStage<List<Region>> majority(
      ReplicaSet set, List<Ballot.Reply<VersionVector>> known, VersionVector must, Run run) {
    List<Region> holders = new ArrayList<>();
    for (Ballot.Reply<VersionVector> each : known) {
      if (set.peers().contains(each.from()) && each.answer().covers(must)) {
        holders.add(each.from());
      }
    }
    int lacking = set.majority() - set.own() - holders.size();
    if (lacking <= 0) {
      return CompletableFuture.completedFuture(holders);
    }
    List<Region> rest = set.candidates().stream().filter(peer -> !holders.contains(peer)).toList();
    return run.ballot(
            lacking,
            rest,
            peer -> peers.cover(peer, must, run.left()),
            vector -> vector.covers(must))
        .thenApply(
            replies -> {
              replies.forEach(reply -> holders.add(reply.from()));
              return holders;
            });
  }

  /**
   * Reads anything from this copy so that a majority holds what was read, and it holds what any
   * majority had when this began.
   */
  <T> CompletionStage<Read<T>> barrier(
      List<ReplicaSet> sets, ReadOptions options, Supplier<T> read) {
    Run run = new Run(sets, options);
    CompletionStage<List<Ballot.Reply<VersionVector>>> before =
        ofEach(
            sets,
            set ->
                run.ballot(
                    set.majority() - set.own(),
                    set.candidates(),
                    peer -> peers.cover(peer, VersionVector.EMPTY, run.left()),
                    vector -> true));
    return run.within(
        before.thenCompose(
            vectors ->
                arrived(vectors, run)
                    .thenCompose(here -> copy.onVirtualThread(read))
                    .thenCompose(value -> held(sets, vectors, value, run))));
  }

  private <T> CompletionStage<Read<T>> held(
      List<ReplicaSet> sets, List<Ballot.Reply<VersionVector>> vectors, T value, Run run) {
    VersionVector must = copy.store().vector();
    return ofEach(sets, set -> majority(set, vectors, must, run))
        .thenApply(
            holders ->
                new Read<>(value, must, run.receipt(holders, "replicas hold what was read")));
  }

  /** What all sets give, together. */
  private static <A> CompletionStage<List<A>> ofEach(
      List<ReplicaSet> sets, Function<ReplicaSet, CompletionStage<List<A>>> ask) {
    CompletionStage<List<A>> all = CompletableFuture.completedFuture(List.of());
    for (ReplicaSet set : sets) {
      all =
          all.thenCombine(
              ask.apply(set),
              (before, more) -> Stream.concat(before.stream(), more.stream()).distinct().toList());
    }
    return all;
  }

  private CompletionStage<Boolean> arrived(List<Ballot.Reply<VersionVector>> vectors, Run run) {
    CompletionStage<Boolean> all = CompletableFuture.completedFuture(true);
    for (Ballot.Reply<VersionVector> each : vectors) {
      all =
          all.thenCompose(before -> catchUp.to(each.answer(), each.from(), run.left()))
              .thenApply(
                  reached -> {
                    if (!reached) {
                      throw new Ballot.TooFew(
                          "this region is behind: "
                              + Missing.text(each.answer(), copy.store().vector()));
                    }
                    return true;
                  });
    }
    return all;
  }

  private void report(Merge merge, DocumentId id) {
    if (merge.diverged()) {
      divergences.increment();
      LOG.log(
          System.Logger.Level.ERROR,
          "event=replicas-diverge id={0} regions={1} the same version has different bytes",
          id,
          merge.regions());
    }
  }

  /** One request: the regions that decide, and its time. */
  private final class Run {
    private final List<ReplicaSet> sets;
    private final ReadOptions options;
    private final long start = copy.clock().nanos();

    Run(List<ReplicaSet> sets, ReadOptions options) {
      this.sets = sets;
      this.options = options;
    }

    Duration left() {
      long spent = copy.clock().nanos() - start;
      return Duration.ofNanos(Math.max(1_000_000, options.timeout().toNanos() - spent));
    }

    <A> CompletionStage<List<Ballot.Reply<A>>> ballot(
        int wanted,
        List<Region> candidates,
        Function<Region, CompletionStage<A>> ask,
        Predicate<A> accept) {
      return polls.hold(wanted, candidates, ask, accept);
    }

    Receipt receipt(List<Region> others, String what) {
      List<ReplicaId> ids = others.stream().map(Region::id).toList();
      List<ReplicaId> regions = sets.stream().anyMatch(set -> set.own() == 1) ? with(ids) : ids;
      int need = sets.stream().mapToInt(ReplicaSet::majority).max().orElse(1);
      long spent = others.isEmpty() ? 0 : copy.clock().nanos() - start;
      String count = sets.size() == 1 ? " of " + sets.getFirst().count() : " of all";
      return new Receipt(
          "quorum",
          "quorum",
          regions.size() + count + " " + what,
          regions,
          regions.size(),
          need,
          new Receipt.Times(HereNanos.NONE, spent, spent));
    }

    private List<ReplicaId> with(List<ReplicaId> others) {
      List<ReplicaId> all = new ArrayList<>();
      all.add(copy.self());
      all.addAll(others);
      return all;
    }

    /** Ends with {@link Ballot.TooFew} when the time is up. */
    <T> CompletionStage<T> within(CompletionStage<T> stage) {
      CompletableFuture<T> result = new CompletableFuture<>();
      Scheduler.Timer timer =
          scheduler.after(
              options.timeout(),
              () ->
                  result.completeExceptionally(
                      new Ballot.TooFew("not enough replicas answered in time")));
      stage.whenComplete(
          (value, failure) -> {
            timer.cancel();
            if (failure == null) {
              result.complete(value);
            } else {
              result.completeExceptionally(RegionDocuments.cause(failure));
            }
          });
      return result;
    }
  }
}
