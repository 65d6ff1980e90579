/**
 * Puts a region together, starts it and stops it: the only place that builds objects, and with
 * {@code env} the only one that may reach the process's own clock, threads and randomness.
 *
 * <h2>Start</h2>
 *
 * Lock the data directory, read manifest and log, wire replication, coordinator and routes, ask the
 * peers how many of this region's own changes they know, fetch back what is missing here, and only
 * then let requests in. A peer that cannot be reached is not waited for.
 *
 * <h2>Lives</h2>
 *
 * One that was cut off for longer than its peers keep their logs closes its data and goes through
 * its start again, in the same process: its data is moved aside, it is filled anew, and what only
 * it had is brought back. Routes, metrics and what is injected outlast that; they always tell of
 * the present life.
 *
 * <h2>Stop</h2>
 *
 * Turn new requests away, end the streams both ways, finish what was accepted, force the log.
 *
 * <h2>Hazard</h2>
 *
 * A region that lost its disk while no peer can be reached starts as if it were new, and its first
 * changes take sequences that peers know already. They go on refusing its promises, and it says so
 * in its log; bring back a peer before a wiped region.
 */
@NullMarked
package dev.meridian.node;

import org.jspecify.annotations.NullMarked;
