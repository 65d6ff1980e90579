package dev.meridian.repair;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.ReplicaId;
import dev.meridian.cluster.ReplicaEndpoint;
import dev.meridian.document.Bytes;
import dev.meridian.document.ChangeCodecV1;
import dev.meridian.document.CollectionName;
import dev.meridian.document.StoreFailure;
import dev.meridian.engine.CollectionState;
import dev.meridian.engine.CopyStore;
import dev.meridian.engine.DocumentHash;
import dev.meridian.engine.HashPage;
import dev.meridian.engine.HashedCollection;
import dev.meridian.engine.MerkleTree;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Answers what peers ask to compare and mend their data and this region's. Keeps nothing between
 * two questions, so a repair that ends anywhere leaves nothing behind; at most {@link #MAX_OPEN}
 * questions of each peer are dealt with at once. Thread-safe.
 */
final class RepairDesk implements ReplicaEndpoint {

  static final int MAX_OPEN = 4;

  /** Of a page of a copy, and one entry more. */
  private static final int PAGE_BYTES = 4 << 20;

  private final CopyStore store;
  private final Versions versions;
  private final Steps steps;
  private final RepairSettings settings;
  private final Supplier<HlcTimestamp> safeTime;
  private final Predicate<ReplicaId> isBusyWith;
  private final Checks checks;
  private final BooleanSupplier isWhole;
  private final Map<ReplicaId, AtomicInteger> open = new ConcurrentHashMap<>();

  /**
   * @param safeTime up to here nothing new comes to be known in this region
   * @param isBusyWith whether this region repairs with a peer itself
   * @param isWhole false while this region lacks what it had, and can fill no other
   */
  RepairDesk(
      CopyStore store,
      Versions versions,
      Steps steps,
      RepairSettings settings,
      Supplier<HlcTimestamp> safeTime,
      Predicate<ReplicaId> isBusyWith,
      Checks checks,
      BooleanSupplier isWhole) {
    this.store = store;
    this.versions = versions;
    this.steps = steps;
    this.settings = settings;
    this.safeTime = safeTime;
    this.isBusyWith = isBusyWith;
    this.checks = checks;
    this.isWhole = isWhole;
  }

  @Override
  public CompletionStage<Bytes> answer(ReplicaId asker, Bytes bytes) {
    RepairMessage.Question question;
    try {
      question = RepairCodecV1.question(bytes);
    } catch (IllegalArgumentException malformed) {
      return CompletableFuture.failedFuture(malformed);
    }
    AtomicInteger ofAsker = open.computeIfAbsent(asker, unused -> new AtomicInteger());
    if (ofAsker.incrementAndGet() > MAX_OPEN) {
      ofAsker.decrementAndGet();
      return CompletableFuture.completedFuture(
          RepairCodecV1.encode(
              new RepairMessage.NotNow("more than " + MAX_OPEN + " questions are open")));
    }
    return steps
        .begin(() -> answer(asker, question))
        .exceptionally(RepairDesk::notNow)
        .thenApply(RepairCodecV1::encode)
        .whenComplete((answer, failure) -> ofAsker.decrementAndGet());
  }

  /** What cannot be answered for now; anything else is the asker's mistake, or ours. */
  private static RepairMessage.Answer notNow(Throwable thrown) {
    Throwable cause = Steps.cause(thrown);
    if (cause instanceof StoreFailure failure) {
      return new RepairMessage.NotNow(String.valueOf(failure.getMessage()));
    }
    throw cause instanceof RuntimeException known ? known : new IllegalStateException(cause);
  }

  private CompletionStage<RepairMessage.Answer> answer(
      ReplicaId asker, RepairMessage.Question question) {
    return switch (question) {
      case RepairMessage.AskRoots(boolean starts) -> now(roots(asker, starts));
      case RepairMessage.AskSums(CollectionName collection, Optional<BitSet> uppers) ->
          store.hashed(collection).thenApply(hashed -> sums(hashed, uppers));
      case RepairMessage.AskHashes ask -> now(hashes(ask));
      case RepairMessage.AskPast ask -> now(past(ask));
      case RepairMessage.Compare compare -> now(compared(asker, compare));
      case RepairMessage.Take(List<RepairMessage.Given> documents) ->
          versions.take(asker, documents).thenApply(RepairMessage.Taken::new);
      case RepairMessage.AskCheck(boolean start) -> now(checks.state(start));
      case RepairMessage.AskSnapshot ask -> now(snapshot());
      case RepairMessage.AskEntries(Optional<Bytes> after) -> now(entries(asker, after));
    };
  }

  private static CompletionStage<RepairMessage.Answer> now(RepairMessage.Answer answer) {
    return CompletableFuture.completedFuture(answer);
  }

  private RepairMessage.Answer roots(ReplicaId asker, boolean starts) {
    return starts && isBusyWith.test(asker)
        ? new RepairMessage.NotNow("the two regions are being compared already")
        : new RepairMessage.Roots(Roots.of(store));
  }

  private static RepairMessage.Answer sums(HashedCollection hashed, Optional<BitSet> uppers) {
    MerkleTree tree = hashed.tree();
    if (uppers.isEmpty()) {
      return new RepairMessage.Sums(tree.isLarge(), tree.upper());
    }
    return tree.isLarge()
        ? new RepairMessage.Sums(true, Parts.lower(tree, uppers.get()))
        : new RepairMessage.NotNow("a collection became smaller");
  }

  private RepairMessage.Answer hashes(RepairMessage.AskHashes ask) {
    if (ask.asOf().isPresent() && ask.asOf().get().isAfter(safeTime.get())) {
      return new RepairMessage.NotNow("not all changes up to then are here");
    }
    return new RepairMessage.Hashes(
        store.hashes(
            ask.collection(),
            new CopyStore.Walk(
                ask.leaves()::get,
                ask.after(),
                ask.asOf(),
                settings.pageDocuments(),
                settings.examineDocuments())));
  }

  private RepairMessage.Answer past(RepairMessage.AskPast ask) {
    return ask.asOf().isAfter(safeTime.get())
        ? new RepairMessage.NotNow("not all changes up to then are here")
        : past(store, ask, settings);
  }

  /** The part of the answer that one walk gives. */
  static RepairMessage.Past past(
      CopyStore store, RepairMessage.AskPast ask, RepairSettings settings) {
    HashPage page =
        store.hashes(
            ask.collection(),
            new CopyStore.Walk(
                leaf -> true,
                ask.after(),
                Optional.of(ask.asOf()),
                Integer.MAX_VALUE,
                settings.examineDocuments()));
    long[] sums = new long[MerkleTree.FAN_OUT];
    for (DocumentHash document : page.documents()) {
      sums[document.leaf() / MerkleTree.FAN_OUT] += document.sum();
    }
    return new RepairMessage.Past(sums, page.documents().size(), page.untold().size(), page.last());
  }

  private RepairMessage.Answer compared(ReplicaId asker, RepairMessage.Compare compare) {
    List<RepairMessage.Difference> documents = new ArrayList<>();
    long bytes = 0;
    for (RepairMessage.Known known : compare.documents()) {
      RepairMessage.Difference difference = versions.difference(asker, compare.vector(), known);
      bytes += Versions.bytes(difference.versions(), difference.fields());
      if (!documents.isEmpty() && bytes > Versions.MAX_BYTES) {
        break;
      }
      documents.add(difference);
    }
    return new RepairMessage.Compared(documents);
  }

  private RepairMessage.Answer snapshot() {
    return isWhole.getAsBoolean()
        ? new RepairMessage.Snapshot(
            store.vector(),
            store.changes().from(),
            store.everyCollection().stream().mapToLong(CollectionState::count).sum())
        : new RepairMessage.NotNow("the region is being filled itself");
  }

  /** Bodies go only where they belong. */
  private RepairMessage.Answer entries(ReplicaId asker, Optional<Bytes> after) {
    if (!isWhole.getAsBoolean()) {
      return new RepairMessage.NotNow("the region is being filled itself");
    }
    CopyStore.EntryPage page = store.entries(after.map(Bytes::toArray), PAGE_BYTES);
    return new RepairMessage.Entries(
        page.changes().stream()
            .map(each -> ChangeCodecV1.isPlaced(each) ? ChangeCodecV1.forRegion(asker, each) : each)
            .toList(),
        page.isLast());
  }

  /** How many questions are being dealt with. */
  int open() {
    return open.values().stream().mapToInt(AtomicInteger::get).sum();
  }
}
