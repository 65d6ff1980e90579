package dev.meridian.replication;

/**
 * What passes over a link, at one moment; counts are since the start of this node.
 *
 * @param bytesOut bytes of changes that this region sent to the peer, by its own streams
 * @param changesIn changes received
 * @param appliedPerSecond changes applied in the last minute, a second
 * @param queued changes received and not yet applied; bounded by the settings of replication
 * @param clockErrorMillis how far the measured offset of the clocks may be off; -1 while unknown
 * @param lastError why the link failed last, also when it works again; empty when it never did
 * @param lastErrorAtMillis wall time of that; 0 when it never did
 */
public record LinkFigures(
    long bytesOut,
    long changesIn,
    double appliedPerSecond,
    long queued,
    long clockErrorMillis,
    String lastError,
    long lastErrorAtMillis) {}
