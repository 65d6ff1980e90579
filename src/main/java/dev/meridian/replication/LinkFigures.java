package dev.meridian.replication;

/**
 * What passes over a link, at one moment; counts are since the start of this node.
 *
 * @param sent what this region sent to the peer, by its own streams
 * @param wireBytesIn bytes of the peer's streams as they came, packed and with all that is not a
 *     change
 * @param changesIn changes received
 * @param appliedPerSecond changes applied in the last minute, a second
 * @param queued changes received and not yet applied; bounded by the settings of replication
 * @param clockErrorMillis how far the measured offset of the clocks may be off; -1 while unknown
 * @param lastError why the link failed last, also when it works again; empty when it never did
 * @param lastErrorAtMillis wall time of that; 0 when it never did
 * @param pausedSinceMillis wall time when an operator paused it; 0 when none did
 */
public record LinkFigures(
    SentBytes sent,
    long wireBytesIn,
    long changesIn,
    double appliedPerSecond,
    long queued,
    long clockErrorMillis,
    String lastError,
    long lastErrorAtMillis,
    long pausedSinceMillis) {}
