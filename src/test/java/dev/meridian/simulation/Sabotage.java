package dev.meridian.simulation;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.VersionVector;
import dev.meridian.clock.Watermark;
import dev.meridian.cluster.PeerMessage;
import dev.meridian.document.Change;
import dev.meridian.document.ChangeCodecV1;
import dev.meridian.document.ChangeKind;
import dev.meridian.engine.Manifest;

/**
 * Bugs made on purpose, at the edges of production code: a simulation that does not notice one
 * would not notice its like within.
 */
public enum Sabotage {
  /** Nothing is wrong. */
  NONE,
  /** The disk says that bytes are forced and keeps them in its cache. */
  FORCES_ARE_FORGOTTEN,
  /** Clients are answered when a write is decided, before it is forced. */
  ANSWERS_BEFORE_FORCE,
  /** A region takes some changes from the link and never applies them. */
  CHANGES_ARE_SWALLOWED,
  /** Changes come without what they depend on: the causal gate lets all of them in. */
  CAUSES_ARE_FORGOTTEN,
  /** Changes come without what their writer had seen of the document. */
  CONTEXT_IS_FORGOTTEN,
  /** One region does not hear of other settings. */
  SETTINGS_ARE_IGNORED,
  /** Each region takes what it has for what all have. */
  EVERYTHING_SEEMS_STABLE,
  /** Tables lose the records of how documents stand. */
  TABLES_LOSE_CONFLICTS,
  /** Tables lose the recorded states of CRDT fields. */
  TABLES_LOSE_FIELDS,
  /** Tables lose deletions. */
  TABLES_LOSE_TOMBSTONES,
  /** Manifests claim that tables hold more of the log than they do. */
  CHECKPOINTS_CLAIM_TOO_MUCH,
  /** Repairs compare hash trees without a look at the data. */
  REPAIRS_DO_NOT_LOOK,
  /** A region that lost its disk writes before it has its own past back. */
  DOTS_ARE_USED_AGAIN,
  /** A region that lost its disk stamps as if it had never promised anything. */
  PROMISES_ARE_FORGOTTEN,
  /** A region that lost its disk answers before it has what its peers have. */
  FILLING_IS_NOT_AWAITED,
  /** A region with a gap in its log answers before it knows what it had. */
  GAPS_ARE_NOT_FILLED,
  /** Promises are of a time that has not come yet. */
  PROMISES_ARE_TOO_HIGH,
  /** Promises are passed on as if they had just been made. */
  PROMISES_DO_NOT_AGE,
  /** Reads of a session are answered without a look at what it has seen. */
  SESSIONS_ARE_FORGOTTEN,
  /** Bounded reads are answered whatever the age of what is here. */
  BOUNDED_READS_DO_NOT_WAIT,
  /** Quorum reads are answered by one region. */
  QUORUM_READS_ASK_NOBODY,
  /** Quorum writes are acknowledged before a majority has them. */
  QUORUM_WRITES_DO_NOT_WAIT;

  private static final int SWALLOWED_ONE_IN = 50;
  private static final long TOO_HIGH_MILLIS = 300;

  boolean swallows(Change change) {
    return this == CHANGES_ARE_SWALLOWED && change.dot().sequence() % SWALLOWED_ONE_IN == 0;
  }

  /** What a region gets of a change that another one made. */
  Change brought(Change change) {
    if (this == CAUSES_ARE_FORGOTTEN) {
      return with(change, change.context(), VersionVector.EMPTY);
    }
    return this == CONTEXT_IS_FORGOTTEN
        ? with(change, VersionVector.EMPTY, change.dependencies())
        : change;
  }

  private static Change with(Change change, VersionVector context, VersionVector dependencies) {
    int flags =
        (change.isResolution() ? ChangeCodecV1.RESOLUTION : 0)
            | (change.kind() == ChangeKind.PUT && change.hasFields() ? ChangeCodecV1.FIELDED : 0);
    return ChangeCodecV1.encode(
        change.dot(),
        change.hlc(),
        change.kind(),
        change.collection(),
        change.id(),
        context,
        dependencies,
        change.traceparent(),
        change.placement(),
        change.body(),
        flags);
  }

  /** What a region finds of the manifest that it wrote. */
  Manifest remembered(Manifest written) {
    return this == CHECKPOINTS_CLAIM_TOO_MUCH
        ? new Manifest(
            written.region(),
            written.tableNumber(),
            written.checkpoint().next().next(),
            written.vector(),
            written.clockFloor(),
            written.tables(),
            written.collections())
        : written;
  }

  /** What a region promises of the changes it is going to make. */
  Watermark promised(Watermark promise) {
    return this == PROMISES_ARE_TOO_HIGH
        ? new Watermark(
            promise.origin(),
            HlcTimestamp.of(promise.hlc().millis() + TOO_HIGH_MILLIS, 0),
            promise.sequence())
        : promise;
  }

  /** What a region sends to another one. */
  PeerMessage sent(PeerMessage message) {
    return this == PROMISES_DO_NOT_AGE && message instanceof PeerMessage.Heartbeat heartbeat
        ? new PeerMessage.Heartbeat(
            heartbeat.wallMillis(),
            heartbeat.now(),
            heartbeat.vector(),
            heartbeat.promises().stream()
                .map(each -> new PeerMessage.Promised(each.watermark(), 0))
                .toList())
        : message;
  }

  /** Whether a table that is written loses an entry. */
  boolean loses(ChangeKind kind) {
    return switch (kind) {
      case HEADS -> this == TABLES_LOSE_CONFLICTS;
      case FIELDS -> this == TABLES_LOSE_FIELDS;
      case DELETE -> this == TABLES_LOSE_TOMBSTONES;
      case PUT, OPERATIONS, SETTINGS, DROP, TREE -> false;
    };
  }
}
