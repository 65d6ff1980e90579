package dev.meridian.coordinator;

import dev.meridian.clock.Dot;
import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionVector;
import dev.meridian.cluster.Region;
import dev.meridian.document.Bytes;
import dev.meridian.document.Change;
import dev.meridian.document.ChangeCodecV1;
import dev.meridian.document.CollectionName;
import dev.meridian.document.FailureCode;
import dev.meridian.document.Placement;
import dev.meridian.document.StoreFailure;
import dev.meridian.document.StoredDocument;
import dev.meridian.document.StoredDocument.LiveDocument;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.LongAdder;

/**
 * Fetches the bodies of versions that this region has without them. Every region knows every
 * version, so which one is read, and with which guarantee, is decided here; the body follows from
 * that, and is checked against the version's checksum. What was fetched is answered and not kept.
 */
final class Bodies {

  /** The most versions asked for at once. */
  static final int MAX_VERSIONS = 256;

  private static final int MAX_MOVES = 2;

  private final Copy copy;
  private final Replicas replicas;
  private final ReplicaClient peers;
  private final LongAdder fetched = new LongAdder();
  private final LongAdder missed = new LongAdder();

  /**
   * What was made whole.
   *
   * @param from the regions that gave bodies; none when all was here
   */
  record Whole<T>(T value, List<ReplicaId> from, long nanos) {

    static <T> Whole<T> here(T value) {
      return new Whole<>(value, List.of(), 0);
    }

    /** What is said of the answer now. */
    Receipt on(Receipt receipt) {
      return from.isEmpty() ? receipt : receipt.fetched(from, nanos);
    }
  }

  Bodies(Copy copy, Replicas replicas, ReplicaClient peers) {
    this.copy = copy;
    this.replicas = replicas;
    this.peers = peers;
  }

  /** Bodies that came from other regions. */
  long fetched() {
    return fetched.sum();
  }

  /** Reads that failed as no region gave a body. */
  long missed() {
    return missed.sum();
  }

  /** The newest version: this one or, where the bodies are, one that came after it. */
  CompletionStage<Whole<Optional<StoredDocument>>> newest(
      CollectionName collection, Optional<StoredDocument> here, Duration timeout) {
    if (here.isEmpty() || !(here.get() instanceof StoredDocument.Withheld withheld)) {
      return CompletableFuture.completedFuture(Whole.here(here));
    }
    long start = copy.clock().nanos();
    return newest(new Quest(collection, timeout, MAX_MOVES), withheld)
        .thenApply(
            found ->
                new Whole<>(
                    Optional.of(found.document()),
                    List.of(found.from()),
                    copy.clock().nanos() - start));
  }

  private record Found(StoredDocument document, ReplicaId from) {}

  /**
   * @param moves how often the document may turn out to have moved to other regions meanwhile
   */
  private record Quest(CollectionName collection, Duration timeout, int moves) {}

  private CompletionStage<Found> newest(Quest quest, StoredDocument.Withheld withheld) {
    return newest(quest, withheld, candidates(withheld.change().placement()));
  }

  private CompletionStage<Found> newest(
      Quest quest, StoredDocument.Withheld withheld, List<Region> candidates) {
    if (candidates.isEmpty()) {
      return failed(unreachable(withheld.change()));
    }
    Region peer = candidates.getFirst();
    ReplicaQuestion.Fresh need =
        new ReplicaQuestion.Fresh(VersionVector.EMPTY.with(withheld.change().dot()), -1);
    return peers
        .ask(
            peer,
            new ReplicaQuestion.Read(quest.collection(), withheld.id(), need),
            quest.timeout())
        .handle(
            (answer, failure) ->
                failure == null ? document(answer, withheld) : Optional.<StoredDocument>empty())
        .thenCompose(
            found -> {
              if (found.isEmpty()) {
                return newest(quest, withheld, candidates.subList(1, candidates.size()));
              }
              if (!(found.get() instanceof StoredDocument.Withheld moved)) {
                fetched.increment();
                return CompletableFuture.completedFuture(new Found(found.get(), peer.id()));
              }
              return quest.moves() == 0
                  ? failed(unreachable(moved.change()))
                  : newest(
                      new Quest(quest.collection(), quest.timeout(), quest.moves() - 1), moved);
            });
  }

  /** Empty when the region has it not. A later version may live elsewhere again. */
  private static Optional<StoredDocument> document(
      ReplicaAnswer answer, StoredDocument.Withheld withheld) {
    if (!(answer instanceof ReplicaAnswer.Document document) || document.change().isEmpty()) {
      return Optional.empty();
    }
    Change change = ChangeCodecV1.decode(document.change().get());
    boolean right =
        ChangeCodecV1.completes(withheld.change(), change)
            || change.id().equals(withheld.id())
                && change.collection().equals(withheld.change().collection())
                && change.version().compareTo(withheld.version()) > 0;
    return right ? Optional.of(StoredDocument.of(change)) : Optional.empty();
  }

  /** These very versions. Fails when one of them is not kept any more where it lived. */
  CompletionStage<Whole<List<StoredDocument>>> versions(
      List<StoredDocument> versions, Duration timeout) {
    Map<Placement, Set<StoredDocument>> lacking = new LinkedHashMap<>();
    for (StoredDocument version : versions) {
      if (version instanceof StoredDocument.Withheld) {
        lacking
            .computeIfAbsent(version.change().placement(), unused -> new LinkedHashSet<>())
            .add(version);
      }
    }
    if (lacking.isEmpty()) {
      return CompletableFuture.completedFuture(Whole.here(versions));
    }
    Fetch fetch = new Fetch(timeout);
    CompletionStage<Void> all = CompletableFuture.completedFuture(null);
    for (Map.Entry<Placement, Set<StoredDocument>> each : lacking.entrySet()) {
      CompletionStage<Void> group =
          fetch.from(candidates(each.getKey()), List.copyOf(each.getValue()));
      all = all.thenCombine(group, (a, b) -> a);
    }
    return all.thenApply(nothing -> fetch.fill(versions));
  }

  private List<Region> candidates(Placement placement) {
    return replicas.of(placement).candidates();
  }

  private <T> CompletionStage<T> failed(StoreFailure failure) {
    missed.increment();
    return CompletableFuture.failedFuture(failure);
  }

  private static StoreFailure unreachable(Change withheld) {
    return new StoreFailure.Unavailable(
        FailureCode.CONSISTENCY_UNAVAILABLE,
        "version "
            + withheld.version()
            + " of document '"
            + withheld.id().value()
            + "' lives in "
            + withheld.placement()
            + " only, and no region there gave it; try again");
  }

  /** The bodies of one answer. */
  private final class Fetch {
    private final Duration timeout;
    private final long start = copy.clock().nanos();
    private final Map<Dot, Change> whole = new HashMap<>();
    private final Set<ReplicaId> givers = new LinkedHashSet<>();

    Fetch(Duration timeout) {
      this.timeout = timeout;
    }

    /** Asks for as many as one answer takes, until all are there; then another region. */
    CompletionStage<Void> from(List<Region> candidates, List<StoredDocument> lacking) {
      if (lacking.isEmpty()) {
        return CompletableFuture.completedFuture(null);
      }
      if (candidates.isEmpty()) {
        return failed(unreachable(lacking.getFirst().change()));
      }
      Region peer = candidates.getFirst();
      List<StoredDocument> part = lacking.subList(0, Math.min(lacking.size(), MAX_VERSIONS));
      List<ReplicaQuestion.VersionOf> wanted = new ArrayList<>();
      for (StoredDocument each : part) {
        Change change = each.change();
        wanted.add(
            new ReplicaQuestion.VersionOf(change.collection(), change.id(), change.version()));
      }
      return peers
          .ask(peer, new ReplicaQuestion.Versions(wanted), timeout)
          .handle((answer, failure) -> failure == null ? take(peer, answer, part) : 0)
          .thenCompose(
              got ->
                  from(
                      got > 0 ? candidates : candidates.subList(1, candidates.size()),
                      lacking.stream().filter(each -> !has(each)).toList()));
    }

    private synchronized boolean has(StoredDocument version) {
      return whole.containsKey(version.change().dot());
    }

    /** How many of those that were lacking came. */
    private synchronized int take(Region peer, ReplicaAnswer answer, List<StoredDocument> lacking) {
      if (!(answer instanceof ReplicaAnswer.Changes(List<Bytes> changes))) {
        return 0;
      }
      Map<Dot, Change> wanted = new HashMap<>();
      lacking.forEach(each -> wanted.put(each.change().dot(), each.change()));
      int took = 0;
      for (Bytes bytes : changes) {
        Change change = ChangeCodecV1.decode(bytes);
        Change withheld = wanted.remove(change.dot());
        if (withheld != null && ChangeCodecV1.completes(withheld, change)) {
          whole.put(change.dot(), change);
          took++;
        }
      }
      if (took > 0) {
        givers.add(peer.id());
        fetched.add(took);
      }
      return took;
    }

    synchronized Whole<List<StoredDocument>> fill(List<StoredDocument> versions) {
      List<StoredDocument> filled = new ArrayList<>(versions.size());
      for (StoredDocument version : versions) {
        boolean lacks = version instanceof StoredDocument.Withheld;
        filled.add(lacks ? new LiveDocument(whole.get(version.change().dot())) : version);
      }
      return new Whole<>(filled, List.copyOf(givers), copy.clock().nanos() - start);
    }
  }
}
