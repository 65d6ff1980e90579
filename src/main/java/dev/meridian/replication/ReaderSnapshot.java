package dev.meridian.replication;

import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionVector;

/**
 * A peer that reads from this region, at one moment.
 *
 * @param streams how many streams it has open; more than one for a moment while it changes over
 * @param reported how far it said it has applied; empty when it said nothing yet
 * @param pendingChanges changes applied here that its report does not cover
 * @param reportAgeMillis how old the report is; -1 when there is none
 */
public record ReaderSnapshot(
    ReplicaId reader,
    int streams,
    VersionVector reported,
    long pendingChanges,
    long reportAgeMillis) {}
