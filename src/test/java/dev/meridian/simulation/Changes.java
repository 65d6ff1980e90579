package dev.meridian.simulation;

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

/** Makes changes for tests, without saying more than the test is about. */
public final class Changes {

  private Changes() {}

  public static Change put(String origin, long sequence, long hlc, String id, String body) {
    return change(ChangeKind.PUT, origin, sequence, hlc, "c", id, body);
  }

  public static Change delete(String origin, long sequence, long hlc, String id) {
    return change(ChangeKind.DELETE, origin, sequence, hlc, "c", id, "");
  }

  public static Change drop(String origin, long sequence, long hlc, String collection) {
    return change(ChangeKind.DROP, origin, sequence, hlc, collection, collection, "");
  }

  public static Change change(
      ChangeKind kind,
      String origin,
      long sequence,
      long hlc,
      String collection,
      String id,
      String body) {
    return ChangeCodecV1.encode(
        new Dot(new ReplicaId(origin), sequence),
        new HlcTimestamp(hlc),
        kind,
        new CollectionName(collection),
        new DocumentId(id),
        VersionVector.EMPTY,
        VersionVector.EMPTY,
        "",
        Bytes.utf8(body));
  }
}
