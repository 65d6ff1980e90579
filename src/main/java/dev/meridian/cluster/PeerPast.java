package dev.meridian.cluster;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.VersionVector;

/**
 * What a region knows when another one begins anew and asks for what it had done.
 *
 * @param applied the changes that are here, those of the one that asks among them
 * @param promised the one that asks promised to make no more changes up to this; zero when it never
 *     did
 */
public record PeerPast(VersionVector applied, HlcTimestamp promised) {}
