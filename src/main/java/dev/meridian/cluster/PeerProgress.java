package dev.meridian.cluster;

import dev.meridian.clock.VersionVector;

/**
 * How far a region is.
 *
 * @param applied the changes it has
 * @param known what all changes know that it makes after those
 */
public record PeerProgress(VersionVector applied, VersionVector known) {}
