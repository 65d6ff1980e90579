package dev.meridian.coordinator;

/**
 * What the guarantees of requests cost, since the start but for what waits now.
 *
 * @param requestsWaiting requests that wait for what their level asks for now
 * @param writesWaiting writes that wait for other regions now
 * @param acksIgnored acknowledgements of more than was made
 * @param writesRefused refused since too few regions were known to be up
 * @param writesUnknown writes whose time ran out before enough regions had confirmed
 * @param hedges questions asked of one more region because another was slow
 * @param repairsBefore quorum reads that made a majority hold the newest before their answer
 * @param repairsAfter replicas mended after the answer
 * @param repairsSkipped replicas left to replication, because of the rate limit or in vain
 * @param divergences replicas that showed the same version with other bytes; never but for damage
 * @param changesFetched changes fetched from a peer because the links had not brought them
 * @param questionsOpen questions of peers being dealt with now
 * @param writesForwarded writes made by a region where the document lives, in the place of this one
 * @param bodiesFetched bodies that were read from regions where they live
 * @param bodiesMissed reads that failed as no region gave the body
 */
public record GuaranteeStats(
    int requestsWaiting,
    int writesWaiting,
    long acksIgnored,
    long writesRefused,
    long writesUnknown,
    long hedges,
    long repairsBefore,
    long repairsAfter,
    long repairsSkipped,
    long divergences,
    long changesFetched,
    int questionsOpen,
    long writesForwarded,
    long bodiesFetched,
    long bodiesMissed) {}
