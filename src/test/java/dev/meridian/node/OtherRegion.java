package dev.meridian.node;

import dev.meridian.clock.Dot;
import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionId;
import dev.meridian.clock.VersionVector;
import dev.meridian.document.Bytes;
import dev.meridian.document.Change;
import dev.meridian.document.ChangeCodecV1;
import dev.meridian.document.ChangeKind;
import dev.meridian.document.CollectionName;
import dev.meridian.document.DocumentId;
import dev.meridian.document.StoredDocument;
import dev.meridian.engine.LogStructuredEngine;
import dev.meridian.engine.Mutation;
import dev.meridian.engine.Outcome;
import dev.meridian.engine.StorageEngine;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Writes what a peer of the region under test would have written, and brings it there. */
public final class OtherRegion {

  private final LogStructuredEngine engine;
  private final ReplicaId region;

  public OtherRegion(Node node, String region) {
    this.engine = node.engine();
    this.region = new ReplicaId(region);
  }

  /** What a writer has seen who knows a document as it is now. */
  public VersionVector seen(String collection, String id) {
    Optional<StoredDocument> now = find(collection, id);
    return now.map(each -> each.change().vector()).orElse(VersionVector.EMPTY);
  }

  private Optional<StoredDocument> find(String collection, String id) {
    return engine.find(new CollectionName(collection), new DocumentId(id));
  }

  /** A document written by one who had seen this much. */
  public VersionId put(String collection, String id, VersionVector seen, String body) {
    return apply(ChangeKind.PUT, collection, id, seen, Bytes.utf8(body));
  }

  public VersionId delete(String collection, String id, VersionVector seen) {
    return apply(ChangeKind.DELETE, collection, id, seen, Bytes.EMPTY);
  }

  private VersionId apply(
      ChangeKind kind, String collection, String id, VersionVector seen, Bytes body) {
    HlcTimestamp now = engine.clock().tick();
    Change change =
        ChangeCodecV1.encode(
            new Dot(region, engine.vector().get(region) + 1),
            now,
            kind,
            new CollectionName(collection),
            new DocumentId(id),
            seen,
            VersionVector.EMPTY,
            "",
            body);
    CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    engine.apply(
        List.of(new Mutation.Replicated(change)),
        StorageEngine.Sync.FORCED,
        outcomes -> outcome.complete(outcomes.getFirst()));
    if (!(outcome.join() instanceof Outcome.Applied)) {
      throw new AssertionError(outcome.join());
    }
    return change.version();
  }
}
