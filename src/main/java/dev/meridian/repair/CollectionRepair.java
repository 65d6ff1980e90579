package dev.meridian.repair;

import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionId;
import dev.meridian.clock.VersionVector;
import dev.meridian.document.CollectionName;
import dev.meridian.document.DocumentId;
import dev.meridian.engine.CopyStore;
import dev.meridian.engine.DocumentHash;
import dev.meridian.engine.HashPage;
import dev.meridian.engine.MerkleTree;
import dev.meridian.engine.StoredKey;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Compares one collection with a peer and puts back what either lacks: down the hash trees to the
 * leaves that differ, through the documents of these side by side in the order of their ids, and
 * for each that differs its versions. Both directions are mended.
 *
 * <p>One thread at a time.
 */
final class CollectionRepair {

  private final CollectionName name;
  private final ReplicaId peer;
  private final CopyStore store;
  private final Versions versions;
  private final Steps steps;
  private final Wire wire;
  private final RepairSettings settings;
  private final long bytesOutBefore;
  private final long bytesInBefore;
  private final Deque<DocumentHash> ours = new ArrayDeque<>();
  private Optional<DocumentId> oursAfter = Optional.empty();
  private boolean oursEnded;
  private BitSet leaves = new BitSet();
  private volatile int compared;
  private volatile int differing;
  private volatile long keys;
  private volatile long underWay;
  private volatile long sent;
  private volatile long received;

  CollectionRepair(
      CollectionName name,
      ReplicaId peer,
      CopyStore store,
      Versions versions,
      Steps steps,
      Wire wire,
      RepairSettings settings) {
    this.name = name;
    this.peer = peer;
    this.store = store;
    this.versions = versions;
    this.steps = steps;
    this.wire = wire;
    this.settings = settings;
    this.bytesOutBefore = wire.bytesOut();
    this.bytesInBefore = wire.bytesIn();
  }

  /** How far it is. Any thread. */
  CollectionReport report() {
    return new CollectionReport(
        name,
        compared,
        differing,
        keys,
        underWay,
        sent,
        received,
        wire.bytesOut() - bytesOutBefore,
        wire.bytesIn() - bytesInBefore);
  }

  /**
   * @param settingsDiffer the settings are to be compared, too
   */
  CompletionStage<Void> run(boolean settingsDiffer) {
    CompletionStage<Void> first =
        settingsDiffer
            ? steps.begin(() -> mend(List.of(StoredKey.settings(name))))
            : CompletableFuture.completedFuture(null);
    return first.thenCompose(done -> descend()).thenCompose(done -> pages(Optional.empty()));
  }

  private CompletionStage<Void> descend() {
    return store
        .hashed(name)
        .thenCompose(
            hashed ->
                wire.ask(
                        new RepairMessage.AskSums(name, Optional.empty()), RepairMessage.Sums.class)
                    .thenCompose(theirs -> descend(hashed.tree(), theirs)));
  }

  private CompletionStage<Void> descend(MerkleTree tree, RepairMessage.Sums theirs) {
    BitSet uppers = Parts.differing(tree.upper(), theirs.sums());
    compared = MerkleTree.FAN_OUT;
    if (uppers.isEmpty() || !tree.isLarge() || !theirs.large()) {
      differing = uppers.cardinality();
      leaves = Parts.leaves(uppers);
      return CompletableFuture.completedFuture(null);
    }
    return wire.ask(new RepairMessage.AskSums(name, Optional.of(uppers)), RepairMessage.Sums.class)
        .thenAccept(
            lower -> {
              BitSet found = Parts.differing(Parts.lower(tree, uppers), lower.sums());
              compared = MerkleTree.MAX_LEAVES;
              differing = found.cardinality();
              leaves = Parts.leaves(uppers, found);
            });
  }

  private CompletionStage<Void> pages(Optional<DocumentId> after) {
    if (leaves.isEmpty()) {
      return CompletableFuture.completedFuture(null);
    }
    return steps
        .run(this::lookAhead)
        .thenCombine(
            wire.ask(
                new RepairMessage.AskHashes(name, leaves, after, Optional.empty()),
                RepairMessage.Hashes.class),
            (own, theirs) -> theirs)
        .thenCompose(
            theirs ->
                steps
                    .run(() -> differing(theirs.page()))
                    .thenCompose(this::mendAll)
                    .thenCompose(
                        done ->
                            theirs.page().last().isPresent()
                                ? pages(theirs.page().last())
                                : CompletableFuture.completedFuture(null)));
  }

  /** The documents up to the end of a page that do not hash to the same here. */
  private List<StoredKey> differing(HashPage theirs) {
    List<StoredKey> found = new ArrayList<>();
    Deque<DocumentHash> others = new ArrayDeque<>(theirs.documents());
    while (true) {
      Optional<DocumentHash> own = ours(theirs.last());
      DocumentHash other = others.peek();
      if (own.isEmpty() && other == null) {
        return found;
      }
      int order = own.isEmpty() ? 1 : other == null ? -1 : Ids.compare(own.get().id(), other.id());
      boolean same = order == 0 && own.get().sum() == other.sum();
      if (!same) {
        found.add(StoredKey.document(name, order <= 0 ? own.get().id() : other.id()));
      }
      if (order <= 0) {
        ours.remove();
      }
      if (order >= 0) {
        others.remove();
      }
    }
  }

  /** While the peer looks, too. */
  private boolean lookAhead() {
    if (ours.isEmpty() && !oursEnded) {
      HashPage page =
          store.hashes(
              name,
              new CopyStore.Walk(
                  leaves::get,
                  oursAfter,
                  Optional.empty(),
                  settings.pageDocuments(),
                  settings.examineDocuments()));
      ours.addAll(page.documents());
      oursAfter = page.last();
      oursEnded = page.last().isEmpty();
    }
    return oursEnded;
  }

  /** The next document here, unless it comes after {@code last}. */
  private Optional<DocumentHash> ours(Optional<DocumentId> last) {
    while (ours.isEmpty() && !oursEnded) {
      lookAhead();
    }
    return Optional.ofNullable(ours.peek())
        .filter(own -> last.isEmpty() || Ids.compare(own.id(), last.get()) <= 0);
  }

  private CompletionStage<Void> mendAll(List<StoredKey> documents) {
    if (documents.isEmpty()) {
      return CompletableFuture.completedFuture(null);
    }
    int count = Math.min(documents.size(), RepairCodecV1.MAX_DOCUMENTS);
    List<StoredKey> rest = documents.subList(count, documents.size());
    return steps.begin(() -> mend(documents.subList(0, count))).thenCompose(done -> mendAll(rest));
  }

  private CompletionStage<Void> mend(List<StoredKey> documents) {
    VersionVector vector = store.vector();
    List<RepairMessage.Known> known = documents.stream().map(versions::known).toList();
    return wire.ask(new RepairMessage.Compare(vector, known), RepairMessage.Compared.class)
        .thenCompose(compared -> steps.begin(() -> settle(documents, compared.documents())));
  }

  private CompletionStage<Void> settle(
      List<StoredKey> asked, List<RepairMessage.Difference> differences) {
    if (differences.isEmpty() || differences.size() > asked.size()) {
      throw new IllegalArgumentException(
          differences.size() + " documents compared instead of " + asked.size());
    }
    List<RepairMessage.Given> takes = new ArrayList<>();
    Deque<Wanted> gives = new ArrayDeque<>();
    for (int i = 0; i < differences.size(); i++) {
      RepairMessage.Difference difference = differences.get(i);
      keys++;
      if (difference.versions().isEmpty() && difference.wanted().isEmpty()) {
        underWay++;
        continue;
      }
      StoredKey key = asked.get(i);
      Versions.Judgement whole = versions.judge(peer, key, difference);
      takes.add(
          new RepairMessage.Given(
              key,
              difference.versions(),
              whole.theirsAreWhole() ? difference.fields() : Optional.empty()));
      if (!difference.wanted().isEmpty()) {
        gives.add(new Wanted(key, difference.wanted(), whole.oursAreWhole()));
      }
    }
    return versions
        .take(peer, takes)
        .thenCompose(
            taken -> {
              received += taken;
              return steps.begin(() -> give(gives));
            })
        .thenCompose(
            given ->
                differences.size() < asked.size()
                    ? steps.begin(() -> mend(asked.subList(differences.size(), asked.size())))
                    : CompletableFuture.completedFuture(null));
  }

  /** A document that the peer wants versions of, which are read when their turn comes. */
  private record Wanted(StoredKey key, List<VersionId> versions, boolean withFields) {}

  private CompletionStage<Void> give(Deque<Wanted> documents) {
    List<RepairMessage.Given> message = new ArrayList<>();
    long bytes = 0;
    while (!documents.isEmpty() && message.size() < RepairCodecV1.MAX_DOCUMENTS) {
      Wanted next = documents.peek();
      Optional<RepairMessage.Given> given =
          versions.given(peer, next.key(), next.versions(), next.withFields());
      long more = given.map(each -> Versions.bytes(each.versions(), each.fields())).orElse(0L);
      if (!message.isEmpty() && bytes + more > Versions.MAX_BYTES) {
        break;
      }
      documents.remove();
      bytes += more;
      given.ifPresent(message::add);
    }
    if (message.isEmpty()) {
      return CompletableFuture.completedFuture(null);
    }
    return wire.ask(new RepairMessage.Take(message), RepairMessage.Taken.class)
        .thenCompose(
            taken -> {
              sent += taken.versions();
              return steps.begin(() -> give(documents));
            });
  }
}
