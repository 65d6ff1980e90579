package dev.meridian.replication;

import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionVector;
import dev.meridian.cluster.FailureDetector;
import dev.meridian.cluster.PeerMessage;
import dev.meridian.cluster.PeerProgress;
import dev.meridian.cluster.SerialQueue;
import dev.meridian.cluster.Transport;
import dev.meridian.engine.StorageEngine;
import dev.meridian.env.Scheduler;
import dev.meridian.env.WallClock;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.random.RandomGenerator;

/**
 * What all links of a region share.
 *
 * @param steps everything that changes a link's state runs in it
 * @param except which origins a link should leave out now
 * @param acks what peers acknowledge
 * @param acksWanted a peer waits for its changes to be here
 * @param said a peer says what it has applied
 * @param progressed the same, and what its changes know from then on
 * @param sent to a peer so far
 * @param offset of an origin's wall clock to ours in milliseconds, 0 when unknown
 */
record LinkParts(
    ReplicaId self,
    StorageEngine engine,
    Transport transport,
    WatermarkTable watermarks,
    FailureDetector detector,
    WallClock clock,
    Scheduler scheduler,
    RandomGenerator random,
    ReplicationSettings settings,
    SerialQueue steps,
    Function<ReplicationLink, Set<ReplicaId>> except,
    Acknowledgements acks,
    BiConsumer<ReplicaId, PeerMessage.AcksWanted> acksWanted,
    BiConsumer<ReplicaId, VersionVector> said,
    BiConsumer<ReplicaId, PeerProgress> progressed,
    ToLongFunction<ReplicaId> offset,
    Function<ReplicaId, SentBytes> sent,
    BooleanSupplier isStopped) {

  Set<ReplicaId> exceptFor(ReplicationLink link) {
    return except.apply(link);
  }

  long offsetMillis(ReplicaId origin) {
    return offset.applyAsLong(origin);
  }

  boolean stopped() {
    return isStopped.getAsBoolean();
  }
}
