package dev.meridian.repair;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.ReplicaId;
import dev.meridian.document.CollectionName;
import dev.meridian.document.DocumentId;
import dev.meridian.document.FailureCode;
import dev.meridian.document.StoreFailure;
import dev.meridian.engine.CollectionState;
import dev.meridian.engine.CopyStore;
import dev.meridian.engine.DocumentHash;
import dev.meridian.engine.HashPage;
import dev.meridian.engine.MerkleTree;
import dev.meridian.env.Scheduler;
import dev.meridian.env.WallClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Has every region hash each collection as it was at one moment, and compares. What is written
 * meanwhile changes nothing of that. Where something differs, the documents are told.
 */
public final class Proof {

  /** So many documents that differ are told of a collection. */
  public static final int MAX_DIFFERING = 100;

  private static final Duration ASK_AGAIN = Duration.ofMillis(100);

  private final ReplicaId self;
  private final CopyStore store;
  private final Steps steps;
  private final RepairSettings settings;
  private final WallClock clock;
  private final Scheduler scheduler;
  private final Supplier<HlcTimestamp> safeTime;
  private final Map<ReplicaId, Wire> peers;
  private final HlcTimestamp asOf;
  private final long startedMillis;
  private final long startedNanos;
  private final List<ProofReport.Compared> collections = new CopyOnWriteArrayList<>();
  private final CompletableFuture<ProofReport> done = new CompletableFuture<>();
  private volatile String doing = "asking the peers";

  /** What a region says of a collection. */
  private static final class Told {
    private final long[] sums = new long[MerkleTree.FAN_OUT];
    private long count;
    private long untold;

    void add(RepairMessage.Past page) {
      for (int i = 0; i < sums.length; i++) {
        sums[i] += page.sums()[i];
      }
      count += page.count();
      untold += page.untold();
    }

    long checksum() {
      return sum(new BitSet());
    }

    /** Of all parts but those. */
    long sum(BitSet without) {
      long sum = 0;
      for (int i = 0; i < sums.length; i++) {
        sum += without.get(i) ? 0 : sums[i];
      }
      return sum;
    }
  }

  /** A walk through the documents of some parts in one region, as far as it came. */
  private static final class Side {

    /** Who has not begun is behind all others. */
    private static final Comparator<Side> BY_PLACE =
        Comparator.comparing(side -> side.upTo, Side::order);

    private final NavigableMap<DocumentId, DocumentHash> documents = new TreeMap<>(Ids::compare);
    private final NavigableSet<DocumentId> untold = new TreeSet<>(Ids::compare);
    private Optional<DocumentId> upTo = Optional.empty();
    private boolean ended;

    /** Of the documents that every region could tell. */
    private long sum;

    private static int order(Optional<DocumentId> a, Optional<DocumentId> b) {
      return a.isPresent() && b.isPresent()
          ? Ids.compare(a.get(), b.get())
          : Boolean.compare(a.isPresent(), b.isPresent());
    }

    void add(HashPage page) {
      page.documents().forEach(each -> documents.put(each.id(), each));
      untold.addAll(page.untold());
      upTo = page.last();
      ended = page.last().isEmpty();
    }

    Stream<DocumentId> next() {
      return Stream.of(documents.keySet(), untold)
          .filter(ids -> !ids.isEmpty())
          .map(Collection::iterator)
          .map(Iterator::next);
    }
  }

  /**
   * @param safeTime up to here nothing new comes to be known in this region
   * @param asOf the moment of the comparison, which waits until this region is safe to tell it
   */
  Proof(
      ReplicaId self,
      CopyStore store,
      Steps steps,
      RepairSettings settings,
      WallClock clock,
      Scheduler scheduler,
      Supplier<HlcTimestamp> safeTime,
      Map<ReplicaId, Wire> peers,
      HlcTimestamp asOf) {
    this.self = self;
    this.store = store;
    this.steps = steps;
    this.settings = settings;
    this.clock = clock;
    this.scheduler = scheduler;
    this.safeTime = safeTime;
    this.peers = new LinkedHashMap<>(peers);
    this.asOf = asOf;
    this.startedMillis = clock.millis();
    this.startedNanos = clock.nanos();
  }

  /** Never fails; the report says what did. */
  CompletionStage<ProofReport> done() {
    return done;
  }

  void start() {
    names()
        .thenCombine(patiently(this::safe), (names, safe) -> names)
        .thenCompose(names -> next(new ArrayList<>(names)))
        .whenComplete(
            (nothing, failure) ->
                done.complete(
                    failure == null
                        ? report(ProofReport.State.DONE, Optional.empty())
                        : report(
                            ProofReport.State.FAILED, Optional.of(words(Steps.cause(failure))))));
  }

  private static String words(Throwable failure) {
    return failure.getMessage() == null ? failure.toString() : failure.getMessage();
  }

  /** The collections that any region knows. */
  private CompletionStage<Set<CollectionName>> names() {
    Set<CollectionName> names = new TreeSet<>();
    store.everyCollection().stream().map(CollectionState::name).forEach(names::add);
    CompletionStage<Set<CollectionName>> all = CompletableFuture.completedFuture(names);
    for (Map.Entry<ReplicaId, Wire> peer : peers.entrySet()) {
      all =
          all.thenCombine(
              of(
                  peer,
                  wire -> wire.ask(new RepairMessage.AskRoots(false), RepairMessage.Roots.class)),
              (known, roots) -> {
                roots.roots().forEach(root -> known.add(root.name()));
                return known;
              });
    }
    return all;
  }

  private interface Asking<T> {
    CompletionStage<T> ask(Wire wire);
  }

  /** Asks again while the peer cannot now, and says which peer it was that could not. */
  private <T> CompletionStage<T> of(Map.Entry<ReplicaId, Wire> peer, Asking<T> asking) {
    return patiently(() -> asking.ask(peer.getValue()))
        .exceptionallyCompose(
            failure ->
                CompletableFuture.failedFuture(
                    new IllegalStateException(
                        "region '" + peer.getKey() + "': " + words(Steps.cause(failure)))));
  }

  /** Fails while a change stamped before the moment may still come to be known here. */
  private CompletionStage<Void> safe() {
    return asOf.isAfter(safeTime.get())
        ? CompletableFuture.failedFuture(
            new StoreFailure.Unavailable(
                FailureCode.NOT_READY,
                "this region does not know yet all that was written up to "
                    + Instant.ofEpochMilli(asOf.millis())))
        : CompletableFuture.completedFuture(null);
  }

  private CompletionStage<Void> after(Duration pause) {
    CompletableFuture<Void> over = new CompletableFuture<>();
    scheduler.after(pause, () -> over.complete(null));
    return over;
  }

  private <T> CompletionStage<T> patiently(Supplier<CompletionStage<T>> question) {
    return question
        .get()
        .exceptionallyCompose(
            failure -> {
              boolean passes =
                  Steps.cause(failure) instanceof StoreFailure
                      && clock.nanos() - startedNanos < settings.patience().toNanos();
              return passes
                  ? after(ASK_AGAIN).thenCompose(over -> patiently(question))
                  : CompletableFuture.failedFuture(Steps.cause(failure));
            });
  }

  private CompletionStage<Void> next(List<CollectionName> names) {
    if (names.isEmpty()) {
      return CompletableFuture.completedFuture(null);
    }
    CollectionName name = names.getFirst();
    doing = "hashing '" + name + "' in every region";
    Map<ReplicaId, Told> told = new TreeMap<>();
    CompletionStage<Void> all =
        here(name, Optional.empty(), told.computeIfAbsent(self, id -> new Told()));
    for (Map.Entry<ReplicaId, Wire> peer : peers.entrySet()) {
      Told theirs = told.computeIfAbsent(peer.getKey(), id -> new Told());
      all = all.thenCombine(there(peer, name, Optional.empty(), theirs), (a, b) -> a);
    }
    return all.thenCompose(hashed -> judge(name, told))
        .thenCompose(
            compared -> {
              collections.add(compared);
              return next(names.subList(1, names.size()));
            });
  }

  private CompletionStage<Void> here(CollectionName name, Optional<DocumentId> after, Told told) {
    return steps
        .run(() -> RepairDesk.past(store, new RepairMessage.AskPast(name, asOf, after), settings))
        .thenCompose(
            page -> {
              told.add(page);
              return page.last().isPresent()
                  ? here(name, page.last(), told)
                  : CompletableFuture.completedFuture(null);
            });
  }

  private CompletionStage<Void> there(
      Map.Entry<ReplicaId, Wire> peer, CollectionName name, Optional<DocumentId> after, Told told) {
    return of(
            peer,
            wire ->
                wire.ask(new RepairMessage.AskPast(name, asOf, after), RepairMessage.Past.class))
        .thenCompose(
            page -> {
              told.add(page);
              return page.last().isPresent()
                  ? there(peer, name, page.last(), told)
                  : CompletableFuture.completedFuture(null);
            });
  }

  private CompletionStage<ProofReport.Compared> judge(
      CollectionName name, Map<ReplicaId, Told> told) {
    Told own = told.get(self);
    BitSet parts = new BitSet();
    told.values().forEach(each -> parts.or(Parts.differing(own.sums, each.sums)));
    Map<ReplicaId, Long> checksums = new TreeMap<>();
    told.forEach((region, each) -> checksums.put(region, each.checksum()));
    long untold = told.values().stream().mapToLong(each -> each.untold).max().orElse(0);
    if (parts.isEmpty()) {
      return CompletableFuture.completedFuture(
          new ProofReport.Compared(name, own.count, checksums, untold, List.of()));
    }
    doing = "looking for what differs in '" + name + "'";
    Search search = new Search(name, Parts.leaves(parts));
    return search
        .run()
        .thenApply(
            over ->
                new ProofReport.Compared(
                    name,
                    own.count,
                    search.isComplete() ? search.checksums(own.sum(parts)) : checksums,
                    Math.max(untold, search.untold),
                    List.copyOf(search.found)));
  }

  /**
   * Goes through the documents of parts that differ side by side, in all regions at once and a page
   * at a time, until enough is found. What some region cannot tell any more is left out.
   */
  private final class Search {
    private final CollectionName name;
    private final BitSet leaves;
    private final Map<ReplicaId, Side> sides = new TreeMap<>();
    private final List<ProofReport.Differing> found = new ArrayList<>();
    private long untold;

    Search(CollectionName name, BitSet leaves) {
      this.name = name;
      this.leaves = leaves;
      sides.put(self, new Side());
      peers.keySet().forEach(peer -> sides.put(peer, new Side()));
    }

    boolean isComplete() {
      return sides.values().stream().allMatch(side -> side.ended) && found.size() < MAX_DIFFERING;
    }

    /**
     * Of the whole collection, without what could not be told.
     *
     * @param rest of the parts that are the same everywhere
     */
    Map<ReplicaId, Long> checksums(long rest) {
      Map<ReplicaId, Long> checksums = new TreeMap<>();
      sides.forEach((region, side) -> checksums.put(region, rest + side.sum));
      return checksums;
    }

    /** Those that came least far go on, then what all have passed is compared. */
    CompletionStage<Void> run() {
      Optional<Side> last = last();
      if (last.isEmpty() || found.size() >= MAX_DIFFERING) {
        return CompletableFuture.completedFuture(null);
      }
      CompletionStage<Void> all = CompletableFuture.completedFuture(null);
      for (Map.Entry<ReplicaId, Side> each : sides.entrySet()) {
        Side side = each.getValue();
        if (!side.ended && Side.BY_PLACE.compare(side, last.get()) == 0) {
          CompletionStage<Void> page = page(each.getKey(), side.upTo).thenAccept(side::add);
          all = all.thenCombine(page, (a, b) -> a);
        }
      }
      return all.thenCompose(came -> steps.run(this::compare)).thenCompose(compared -> run());
    }

    private Optional<Side> last() {
      return sides.values().stream().filter(side -> !side.ended).min(Side.BY_PLACE);
    }

    private CompletionStage<HashPage> page(ReplicaId region, Optional<DocumentId> after) {
      if (region.equals(self)) {
        return steps.run(
            () ->
                store.hashes(
                    name,
                    new CopyStore.Walk(
                        leaves::get,
                        after,
                        Optional.of(asOf),
                        settings.pageDocuments(),
                        settings.examineDocuments())));
      }
      return of(
              Map.entry(region, peers.get(region)),
              wire ->
                  wire.ask(
                      new RepairMessage.AskHashes(name, leaves, after, Optional.of(asOf)),
                      RepairMessage.Hashes.class))
          .thenApply(RepairMessage.Hashes::page);
    }

    private boolean compare() {
      Optional<DocumentId> passed = last().flatMap(side -> side.upTo);
      for (Optional<DocumentId> next = next(); next.isPresent(); next = next()) {
        boolean isPassed = passed.isEmpty() || Ids.compare(next.get(), passed.get()) <= 0;
        if (!isPassed || found.size() >= MAX_DIFFERING) {
          return false;
        }
        compare(next.get());
      }
      return true;
    }

    private Optional<DocumentId> next() {
      return sides.values().stream().flatMap(Side::next).min(Ids::compare);
    }

    private void compare(DocumentId id) {
      Map<ReplicaId, Long> checksums = new TreeMap<>();
      int leaf = 0;
      boolean isUntold = false;
      for (Map.Entry<ReplicaId, Side> each : sides.entrySet()) {
        isUntold |= each.getValue().untold.remove(id);
        DocumentHash hash = each.getValue().documents.remove(id);
        if (hash != null) {
          checksums.put(each.getKey(), hash.sum());
          leaf = hash.leaf();
        }
      }
      if (isUntold) {
        untold++;
        return;
      }
      checksums.forEach((region, sum) -> sides.get(region).sum += sum);
      boolean same = checksums.size() == sides.size() && Set.copyOf(checksums.values()).size() == 1;
      if (!same) {
        found.add(new ProofReport.Differing(id.value(), leaf / MerkleTree.FAN_OUT, checksums));
      }
    }
  }

  /** How far it is. Any thread. */
  ProofReport report() {
    return report(ProofReport.State.RUNNING, Optional.empty());
  }

  private ProofReport report(ProofReport.State state, Optional<String> failure) {
    boolean over = state != ProofReport.State.RUNNING;
    List<ReplicaId> regions = new ArrayList<>(List.of(self));
    regions.addAll(peers.keySet());
    return new ProofReport(
        state,
        asOf,
        regions,
        startedMillis,
        over ? clock.millis() : 0,
        over ? "" : doing,
        failure,
        List.copyOf(collections));
  }
}
