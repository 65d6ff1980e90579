package dev.meridian.engine;

import dev.meridian.document.Bytes;
import dev.meridian.document.Change;
import dev.meridian.document.CollectionName;
import dev.meridian.document.DocumentId;
import dev.meridian.document.Placement;
import dev.meridian.document.Precondition;

/** What enters the store by its one door, told apart by where it comes from. */
public sealed interface Mutation {

  /** Bytes of a document, of settings or of a change that it carries. */
  default int payloadBytes() {
    return 0;
  }

  /** Asked for by a client of this region; becomes a change with this region's next dot. */
  sealed interface Local extends Mutation {
    CollectionName collection();

    /** W3C trace context that travels with the change, or empty. */
    String traceparent();
  }

  /**
   * Creates or replaces a document. {@code body} is checked and compact JSON.
   *
   * @param placement the regions that hold it, among them this one
   * @param resolution a client ends a conflict with it
   * @param fielded the body has places for CRDT fields
   */
  record Put(
      CollectionName collection,
      DocumentId id,
      Bytes body,
      Precondition precondition,
      Placement placement,
      String traceparent,
      boolean resolution,
      boolean fielded)
      implements Local {

    @Override
    public int payloadBytes() {
      return body.length();
    }

    /** An ordinary one. */
    public Put(
        CollectionName collection,
        DocumentId id,
        Bytes body,
        Precondition precondition,
        Placement placement,
        String traceparent) {
      this(collection, id, body, precondition, placement, traceparent, false, false);
    }

    /** In every region. */
    public Put(
        CollectionName collection,
        DocumentId id,
        Bytes body,
        Precondition precondition,
        String traceparent) {
      this(collection, id, body, precondition, Placement.EVERYWHERE, traceparent);
    }
  }

  /**
   * Writes a tombstone, where there is a live document.
   *
   * @param placement the regions that held it
   * @param resolution a client ends a conflict with it
   */
  record Delete(
      CollectionName collection,
      DocumentId id,
      Precondition precondition,
      Placement placement,
      String traceparent,
      boolean resolution)
      implements Local {

    /** An ordinary one. */
    public Delete(
        CollectionName collection,
        DocumentId id,
        Precondition precondition,
        Placement placement,
        String traceparent) {
      this(collection, id, precondition, placement, traceparent, false);
    }

    /** In every region. */
    public Delete(
        CollectionName collection, DocumentId id, Precondition precondition, String traceparent) {
      this(collection, id, precondition, Placement.EVERYWHERE, traceparent);
    }
  }

  /**
   * Changes CRDT fields of a live document.
   *
   * @param delta as {@code FieldDelta} encodes it
   */
  record Operate(
      CollectionName collection,
      DocumentId id,
      Bytes delta,
      Precondition precondition,
      String traceparent)
      implements Local {

    @Override
    public int payloadBytes() {
      return delta.length();
    }
  }

  /** Writes a collection's settings. */
  record Configure(CollectionName collection, Bytes settings, String traceparent) implements Local {

    @Override
    public int payloadBytes() {
      return settings.length();
    }
  }

  /** Drops a collection. */
  record Drop(CollectionName collection, String traceparent) implements Local {}

  /** Made elsewhere (or here, in an earlier life of this region) and brought by a peer. */
  record Replicated(Change change) implements Mutation {

    @Override
    public int payloadBytes() {
      return change.encoded().length();
    }
  }

  /**
   * A version that the vector says is here, and that is not: brought by a repair. Blocked while the
   * vector does not say so: replication brings what is under way.
   *
   * @param instead it takes the place of a copy with other bytes, if there is one
   */
  record Repaired(Change change, boolean instead) implements Mutation {

    @Override
    public int payloadBytes() {
      return change.encoded().length();
    }
  }
}
