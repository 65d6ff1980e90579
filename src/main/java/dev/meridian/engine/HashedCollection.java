package dev.meridian.engine;

import dev.meridian.clock.VersionVector;

/**
 * What a collection hashed to at one moment.
 *
 * @param vector of all changes that the tree knows
 * @param state of the collection then
 * @param tree nobody changes it
 */
public record HashedCollection(VersionVector vector, CollectionState state, MerkleTree tree) {}
