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
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Fetches the bodies of versions that this region has without them. Every region knows every
 * version, so which one is read, and with which guarantee, is decided here; the body follows from
 * that, and is checked against the version's checksum. What was fetched is answered and not kept.
 */
final class Bodies {

  /** The most versions asked for at once. */
  static final int MAX_VERSIONS = 256;

  /** A body is part of what is asked for, not of its guarantee: it is given this time at least. */
  private static final Duration MIN_TIMEOUT = Duration.ofSeconds(1);

  private static final int MAX_MOVES = 2;

  private final Copy copy;
  private final Replicas replicas;
  private final ReplicaClient peers;
  private final Polls polls;
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

  Bodies(Copy copy, Replicas replicas, ReplicaClient peers, Polls polls) {
    this.copy = copy;
    this.replicas = replicas;
    this.peers = peers;
    this.polls = polls;
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
    return newest(new Quest(collection, atLeast(timeout), MAX_MOVES), withheld)
        .thenApply(
            found ->
                new Whole<>(
                    Optional.of(found.document()),
                    List.of(found.from()),
                    copy.clock().nanos() - start));
  }

  private static Duration atLeast(Duration timeout) {
    return timeout.compareTo(MIN_TIMEOUT) < 0 ? MIN_TIMEOUT : timeout;
  }

  private record Found(StoredDocument document, ReplicaId from) {}

  /**
   * @param moves how often the document may turn out to have moved to other regions meanwhile
   */
  private record Quest(CollectionName collection, Duration timeout, int moves) {}

  private CompletionStage<Found> newest(Quest quest, StoredDocument.Withheld withheld) {
    Change lacking = withheld.change();
    ReplicaQuestion.Fresh need =
        new ReplicaQuestion.Fresh(VersionVector.EMPTY.with(lacking.dot()), -1);
    ReplicaQuestion question = new ReplicaQuestion.Read(quest.collection(), lacking.id(), need);
    return from(
            lacking,
            peer ->
                peers
                    .ask(peer, question, quest.timeout())
                    .thenApply(answer -> document(answer, withheld)),
            Optional::isPresent)
        .thenCompose(
            reply -> {
              StoredDocument found = reply.answer().orElseThrow();
              if (!(found instanceof StoredDocument.Withheld moved)) {
                fetched.increment();
                return CompletableFuture.completedFuture(new Found(found, reply.from().id()));
              }
              return quest.moves() == 0
                  ? CompletableFuture.failedFuture(unreachable(moved.change()))
                  : newest(
                      new Quest(quest.collection(), quest.timeout(), quest.moves() - 1), moved);
            });
  }

  /** The first answer that is accepted, of the regions that have a body. */
  private <A> CompletionStage<Ballot.Reply<A>> from(
      Change lacking, Function<Region, CompletionStage<A>> ask, Predicate<A> accept) {
    List<Region> candidates = replicas.of(lacking.placement()).candidates();
    return polls
        .hold(1, candidates, ask, accept)
        .handle(
            (replies, failure) -> {
              if (failure != null) {
                throw unreachable(lacking);
              }
              return replies.getFirst();
            });
  }

  /** Empty when the region has it not. A later version may live elsewhere again. */
  private static Optional<StoredDocument> document(
      ReplicaAnswer answer, StoredDocument.Withheld withheld) {
    if (!(answer instanceof ReplicaAnswer.Document document) || document.shown().isEmpty()) {
      return Optional.empty();
    }
    Change change = ChangeCodecV1.decode(document.shown().get().change());
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
    Fetch fetch = new Fetch(atLeast(timeout));
    CompletionStage<Void> all = CompletableFuture.completedFuture(null);
    for (Set<StoredDocument> group : lacking.values()) {
      all = all.thenCombine(fetch.all(List.copyOf(group)), (a, b) -> a);
    }
    return all.thenApply(nothing -> fetch.fill(versions));
  }

  private StoreFailure unreachable(Change withheld) {
    missed.increment();
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

    /** Asks for as many as one answer takes, until all of these, which live together, are there. */
    CompletionStage<Void> all(List<StoredDocument> lacking) {
      if (lacking.isEmpty()) {
        return CompletableFuture.completedFuture(null);
      }
      List<StoredDocument> part = lacking.subList(0, Math.min(lacking.size(), MAX_VERSIONS));
      ReplicaQuestion question =
          new ReplicaQuestion.Versions(part.stream().map(each -> name(each.change())).toList());
      return from(
              part.getFirst().change(),
              peer ->
                  peers.ask(peer, question, timeout).thenApply(answer -> take(peer, answer, part)),
              took -> took > 0)
          .thenCompose(some -> all(lacking.stream().filter(each -> !has(each)).toList()));
    }

    private static ReplicaQuestion.VersionOf name(Change change) {
      return new ReplicaQuestion.VersionOf(change.collection(), change.id(), change.version());
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
      lacking.stream()
          .filter(each -> !has(each))
          .forEach(each -> wanted.put(each.change().dot(), each.change()));
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
