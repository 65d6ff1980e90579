package dev.meridian.coordinator;

import dev.meridian.clock.VersionVector;
import dev.meridian.cluster.Region;
import dev.meridian.document.CollectionName;
import dev.meridian.document.DocumentId;
import dev.meridian.document.FailureCode;
import dev.meridian.document.StoreFailure;
import dev.meridian.document.StoredDocument;
import dev.meridian.document.StoredDocument.LiveDocument;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Reads that another region's copy serves in the place of this one's. Empty when that region cannot
 * give the guarantee either; fails with what the client did wrong, or when there was no answer.
 */
final class ForwardedReads {

  private final Copy copy;
  private final ReplicaClient peers;
  private final Bodies bodies;

  ForwardedReads(Copy copy, ReplicaClient peers, Bodies bodies) {
    this.copy = copy;
    this.peers = peers;
    this.bodies = bodies;
  }

  CompletionStage<Optional<Documents.Lookup>> look(
      Region peer,
      CollectionName collection,
      DocumentId id,
      ReadOptions options,
      ReplicaQuestion.Fresh need,
      Duration timeout) {
    long start = copy.clock().nanos();
    return peers
        .ask(peer, new ReplicaQuestion.Read(collection, id, need), timeout)
        .thenApply(
            answer ->
                switch (answer) {
                  case ReplicaAnswer.Document(VersionVector vector, long staleness, var shown) -> {
                    Optional<StoredDocument> stored = shown.map(Shown::document);
                    SessionToken token =
                        stored
                            .map(each -> options.session().merge(each.seen()))
                            .orElseGet(options::session);
                    yield Optional.of(
                        new Documents.Lookup(
                            collection,
                            stored,
                            Answer.of(
                                token,
                                staleness,
                                RequestCharge.read(stored),
                                elsewhere(peer, options, start))));
                  }
                  case ReplicaAnswer.Ahead(VersionVector vector) ->
                      throw aheadOf(peer, options, vector);
                  default -> Optional.empty();
                });
  }

  CompletionStage<Optional<Documents.DocumentPage>> list(
      Region peer,
      CollectionName collection,
      Documents.ListRequest request,
      ReadOptions options,
      ReplicaQuestion.Fresh need,
      Duration timeout) {
    long start = copy.clock().nanos();
    ReplicaQuestion question =
        new ReplicaQuestion.Page(
            collection, request.prefix(), request.after(), request.limit(), request.asOf(), need);
    return peers
        .ask(peer, question, timeout)
        .thenCompose(
            answer ->
                switch (answer) {
                  case ReplicaAnswer.Page page ->
                      whole(page, options, elsewhere(peer, options, start)).thenApply(Optional::of);
                  case ReplicaAnswer.Ahead(VersionVector vector) ->
                      throw aheadOf(peer, options, vector);
                  case ReplicaAnswer.Failed(FailureCode code, String detail)
                      when code == FailureCode.COLLECTION_NOT_FOUND
                          || code == FailureCode.HISTORY_EXPIRED ->
                      throw new StoreFailure.CallerMistake(code, detail);
                  default ->
                      CompletableFuture.completedFuture(Optional.<Documents.DocumentPage>empty());
                });
  }

  private CompletionStage<Documents.DocumentPage> whole(
      ReplicaAnswer.Page page, ReadOptions options, Receipt receipt) {
    List<StoredDocument> found = page.documents().stream().map(Shown::document).toList();
    return bodies
        .versions(found, options.timeout())
        .thenApply(
            whole -> {
              List<LiveDocument> documents = ReadCoordinator.live(whole.value());
              return new Documents.DocumentPage(
                  documents,
                  page.more(),
                  page.asOf(),
                  Answer.of(
                      options.session().merge(page.vector()),
                      page.stalenessMillis(),
                      RequestCharge.read(documents),
                      whole.on(receipt)));
            });
  }

  private static StoreFailure aheadOf(Region peer, ReadOptions options, VersionVector made) {
    return LevelWait.ahead(peer.id(), options.session().seen().get(peer.id()), made.get(peer.id()));
  }

  private Receipt elsewhere(Region peer, ReadOptions options, long askedNanos) {
    long took = copy.clock().nanos() - askedNanos;
    String missing = Missing.text(options.session().seen(), copy.store().vector());
    return new Receipt(
        options.level().text(),
        options.level().text(),
        copy.self()
            + (missing.isEmpty() ? " is not fresh enough" : " lacks " + missing)
            + ", "
            + peer.id()
            + " answered",
        List.of(peer.id()),
        1,
        1,
        new Receipt.Times(HereNanos.NONE, took, took));
  }
}
