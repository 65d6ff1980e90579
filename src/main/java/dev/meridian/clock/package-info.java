/**
 * Every way we order events: locally by {@link dev.meridian.clock.Lsn}, globally by {@link
 * dev.meridian.clock.HlcTimestamp}, causally by {@link dev.meridian.clock.VersionVector}.
 *
 * <p>All types are immutable values but the {@link dev.meridian.clock.HybridLogicalClock}, which is
 * lock-free.
 *
 * <h2>Invariants</h2>
 *
 * <ul>
 *   <li>A clock never issues the same timestamp twice and never an earlier one, across kill -9 and
 *       a wall clock set back. The engine logs a ceiling before it issues beyond it and restarts
 *       the clock from there.
 *   <li>If change B was made by someone who had seen change A, B's timestamp is later. So the
 *       highest timestamp among versions of a document is never one that another of them replaced.
 * </ul>
 *
 * <h2>Hazards</h2>
 *
 * <ul>
 *   <li><b>A wall clock far ahead.</b> Timestamps seen from it drag every region's clock along.
 *       Those beyond {@code meridian.clock.max-drift} are refused without advancing anything;
 *       within the bound, time runs ahead by at most the drift until wall time catches up.
 *   <li><b>A wall clock far behind.</b> Its region's writes lose against concurrent writes
 *       elsewhere, though never against what it has already seen.
 *   <li><b>A sequence used twice</b> (a region restored from an old disk image). Others would take
 *       the second use for a duplicate and ignore it. The node asks its peers how far they know it
 *       before it takes its first write.
 * </ul>
 */
@NullMarked
package dev.meridian.clock;

import org.jspecify.annotations.NullMarked;
