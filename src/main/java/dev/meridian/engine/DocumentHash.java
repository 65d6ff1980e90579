package dev.meridian.engine;

import dev.meridian.document.DocumentId;

/**
 * What one document hashes to.
 *
 * @param leaf its leaf in a large {@link MerkleTree}
 * @param sum of the hashes of its versions that no other one has seen
 */
public record DocumentHash(DocumentId id, int leaf, long sum) {}
