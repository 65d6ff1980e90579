package dev.meridian.cluster;

/**
 * How a peer seems, at one moment.
 *
 * @param reason in words
 * @param sinceMillis wall time since when it is in this state
 * @param phi how unlikely its silence is, as {@code -log10} of the probability
 * @param transitions how often the state has changed since the start
 */
public record PeerHealth(
    RegionState state, String reason, long sinceMillis, double phi, long transitions) {}
