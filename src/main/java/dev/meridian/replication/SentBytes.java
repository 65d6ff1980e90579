package dev.meridian.replication;

/**
 * What a peer was sent by the streams of this region since the start of this node.
 *
 * @param changes bytes of changes, in their encoded form
 * @param wire bytes of the streams as they went, packed
 * @param wireChanges those of {@code wire} that hold changes; the rest are heartbeats and
 *     acknowledgements
 */
public record SentBytes(long changes, long wire, long wireChanges) {}
