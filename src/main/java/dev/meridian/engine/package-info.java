/**
 * The store of one region: log first, then memtable and tables. All that enters does so by one
 * door, {@link dev.meridian.engine.StorageEngine#apply}, and all that leaves is derived from the
 * log.
 *
 * <pre>
 *  apply -&gt; WriterQueue -&gt; Writer: decide (Sequencer), log, force, make readable, answer
 *                                     |                        |
 *                              WriteAheadLog            View: memtable, tables
 *                                     |                        |
 *                     LogFeed (changes for peers)     Checkpointer: memtable -&gt; table -&gt; manifest
 * </pre>
 *
 * <h2>Invariants</h2>
 *
 * <ul>
 *   <li>A mutation is answered after its change is forced, and readable before it is answered.
 *       Nobody reads a change that is not forced.
 *   <li>Sequences of this region are dense; a change of another region is applied only when the one
 *       before it and all its dependencies are.
 *   <li>The version that wins does not depend on the order of arrival: keys sort newest first, so
 *       the highest version of a document is simply the first.
 *   <li>A table counts once the manifest names it. What a crash leaves unnamed is removed at start.
 *   <li>A timestamp is never issued above the ceiling that the log holds on disk, and a start
 *       begins above it: the clock does not go back, whatever the wall does.
 * </ul>
 *
 * <h2>Threads</h2>
 *
 * One writer changes the state; one checkpointer swaps memtables for tables; any number of readers
 * take no lock. Readers take one {@code View} and work on that.
 *
 * <h2>Bounds</h2>
 *
 * The queue ({@code maxQueuedMutations}), a batch, two memtables, the number of tables, and the
 * waiting readers ({@code Arrivals.MAX_WAITING}). A checkpoint that cannot keep up makes the writer
 * wait; one that cannot be written at all makes writes {@code storage-full} once memory is used.
 *
 * <h2>Hazards</h2>
 *
 * <ul>
 *   <li><b>The log is never trimmed.</b> A peer that was away, or lost its disk, finds everything
 *       in it. Trimming comes with repair, which can bring what the log no longer has.
 *   <li><b>Tombstones are never dropped</b>, for the same reason.
 *   <li><b>A merge rewrites tables as a whole</b> while reads go on; it runs at the same priority
 *       as everything else.
 *   <li><b>A late drop of a collection</b> with younger documents counts them again on the writer's
 *       thread: writes wait for that scan.
 * </ul>
 */
@NullMarked
package dev.meridian.engine;

import org.jspecify.annotations.NullMarked;
