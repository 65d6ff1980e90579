package dev.meridian.cluster;

import dev.meridian.clock.VersionVector;

/**
 * How far a region is.
 *
 * @param applied the changes it has
 * @param known what all changes know that it makes after those
 * @param now when it said so: between the question and the answer
 */
public record PeerProgress(VersionVector applied, VersionVector known, SteadyTime now) {}
