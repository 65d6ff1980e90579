package dev.meridian.repair;

import dev.meridian.document.CollectionName;

/**
 * What a repair found and did in one collection.
 *
 * @param leaves of the hash tree that were compared
 * @param differing of them
 * @param keys documents, or settings, that were not the same
 * @param underWay of them, those that replication is about to bring
 * @param sent versions that the peer lacked
 * @param received versions that this region lacked
 * @param bytesOut over the wire, packed as they are
 * @param bytesIn over the wire, packed as they are
 */
public record CollectionReport(
    CollectionName name,
    int leaves,
    int differing,
    long keys,
    long underWay,
    long sent,
    long received,
    long bytesOut,
    long bytesIn) {}
