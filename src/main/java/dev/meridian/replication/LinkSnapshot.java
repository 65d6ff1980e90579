package dev.meridian.replication;

import dev.meridian.clock.ReplicaId;

/**
 * A link that ends here, at one moment.
 *
 * @param from the peer it reads from
 * @param to this region
 * @param pendingChanges what the peer has and would send, as far as it said
 * @param pendingBytes the same in bytes, estimated by the average change of the link
 * @param lag of its changes: when readable here minus the origin's wall time, corrected by the
 *     measured offset of the clocks
 * @param stalenessMillis how old this region's picture of the peer's own changes may be; -1 while
 *     the peer has promised nothing yet
 * @param appliedSeq how far the peer's own changes are applied here
 * @param lastChangeAtMillis wall time when the last change of the link was applied; 0 when none was
 * @param bytesIn bytes of changes received
 * @param retries attempts to connect that failed, and streams that broke
 * @param reason why it is not streaming, for a person; empty when it is
 * @param clockOffsetMillis the peer's wall clock minus ours, as measured
 */
public record LinkSnapshot(
    ReplicaId from,
    ReplicaId to,
    LinkState state,
    long pendingChanges,
    long pendingBytes,
    LagWindows lag,
    long stalenessMillis,
    long appliedSeq,
    long lastChangeAtMillis,
    long bytesIn,
    long retries,
    String reason,
    long clockOffsetMillis,
    LinkFigures figures) {}
