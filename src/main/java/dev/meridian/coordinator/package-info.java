/**
 * Keeps the promise of each consistency level. The interfaces {@link
 * dev.meridian.coordinator.Documents}, {@link dev.meridian.coordinator.Collections}, {@link
 * dev.meridian.coordinator.ClusterView} and {@link dev.meridian.coordinator.Chaos} are all that the
 * API and the console see, so neither can do what the other cannot.
 *
 * <h2>Reads</h2>
 *
 * {@code eventual} is answered at once; changes apply in causal order, so it is a consistent
 * prefix. {@code session} waits until the region's vector covers the token. {@code bounded} waits
 * until the safe time is young enough. When the time is up: 503, or with {@code degrade} an answer
 * that says what it is. What a collection cannot offer is refused, never weakened.
 *
 * <h2>Threads</h2>
 *
 * Nothing here blocks. Reads that may touch the disk run on virtual threads; writes complete on the
 * engine's writer, so what follows a stage must be short.
 *
 * <h2>Hazards</h2>
 *
 * <ul>
 *   <li><b>A forged session token</b> can name a change that will never come: the wait ends with
 *       the request's own time limit, and the number of waiting requests is bounded.
 *   <li><b>Staleness compares clocks</b>: a peer whose wall clock is behind makes answers look
 *       older than they are, one ahead makes them look younger, by at most the allowed drift.
 * </ul>
 */
@NullMarked
package dev.meridian.coordinator;

import org.jspecify.annotations.NullMarked;
