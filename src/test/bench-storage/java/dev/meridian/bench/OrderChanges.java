package dev.meridian.bench;

import dev.meridian.bench.storage.Corpus;
import dev.meridian.clock.Dot;
import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionVector;
import dev.meridian.document.Bytes;
import dev.meridian.document.Change;
import dev.meridian.document.ChangeCodecV1;
import dev.meridian.document.ChangeKind;
import dev.meridian.document.CollectionName;
import dev.meridian.document.DocumentId;

/** Changes as a region makes them, of the documents of a {@link Corpus}. */
public final class OrderChanges {

  public static final CollectionName COLLECTION = new CollectionName("orders");
  private static final ReplicaId REGION = new ReplicaId("bench");
  private static final VersionVector OTHERS =
      VersionVector.EMPTY.with(new ReplicaId("eu"), 1234).with(new ReplicaId("us"), 5678);

  private OrderChanges() {}

  public static Change change(Corpus corpus, long number) {
    return ChangeCodecV1.encode(
        new Dot(REGION, number + 1),
        HlcTimestamp.of(1_800_000_000_000L + number, 0),
        ChangeKind.PUT,
        COLLECTION,
        new DocumentId(corpus.id(number)),
        VersionVector.EMPTY,
        OTHERS,
        "",
        new Bytes(corpus.body(number, 0)));
  }
}
