/**
 * The store of one region: log first, then memtable and tables. All that enters does so by one
 * door, {@link dev.meridian.engine.StorageEngine#apply}, and all that leaves is derived from the
 * log.
 *
 * <pre>
 *  apply -&gt; WriterQueue -&gt; Writer: decide (Sequencer), log, force, make readable, answer
 *                                     |                        |
 *                              WriteAheadLog            View: memtable, tables, RowCache
 *                                     |                        |
 *                     LogFeed (changes for peers)     Checkpointer: memtable -&gt; table
 *                     TableRebuild (damaged tables)   TableMaintenance: tables -&gt; table
 *                                                              |
 *                                                      TableCatalog: manifest, then View
 * </pre>
 *
 * <h2>Invariants</h2>
 *
 * <ul>
 *   <li>A mutation is answered after its change is forced, and readable before it is answered,
 *       unless it asked for less. Nobody reads a change that is not forced.
 *   <li>Sequences of this region are dense; a change of another region is applied only when the one
 *       before it and all its dependencies are.
 *   <li>The version that wins does not depend on the order of arrival: keys sort newest first, so
 *       the highest version of a document is simply the first.
 *   <li>A table counts once the manifest names it. What a crash leaves unnamed is removed at start.
 *   <li>A table says which part of the log it stands for, so that part can make it again.
 *   <li>A timestamp is never issued above the ceiling that the log holds on disk, and a start
 *       begins above it: the clock does not go back, whatever the wall does.
 *   <li>What merging may drop is what readers treat as expired ({@link
 *       dev.meridian.engine.Retention}): a past that cannot be told is refused, never guessed.
 *   <li>What a document shows follows from its versions and the settings, not from when a region
 *       merged tables: while some region may lack a version, or versions stand side by side, merges
 *       leave what is older ({@link dev.meridian.engine.TableMerge}).
 *   <li>A drop undoes what is older than it, in whatever order both come. Operations on a document
 *       that it took away make none.
 * </ul>
 *
 * <h2>Versions side by side</h2>
 *
 * A version carries what its writer had seen of the document (a dotted version vector). As long as
 * each has seen the one before, the newest is all there is, and finding it is all a read costs.
 * Once two have not seen each other ({@link dev.meridian.engine.Standings}) the writer derives a
 * {@link dev.meridian.engine.ConflictRecord} (kind {@code HEADS}): which versions stand side by
 * side, what they come from, and where versions collided until now. It is written to the log with
 * the change, not replicated, and the same in every region that has the same versions. What the
 * policy makes of the versions is worked out when they are read, so other settings show at once.
 * Versions that a record names are not merged away. Remembered are 32 conflicts of a document, 30
 * days after they ended.
 *
 * <h2>CRDT fields</h2>
 *
 * What a client does to fields is a change of kind {@code OPERATIONS} with its deltas; it collides
 * with nothing. {@link dev.meridian.engine.FieldViews} makes the states of documents in use, and
 * after {@code operationsPerRecord} of them asks the writer to keep the state (kind {@code FIELDS},
 * derived, in the log). Merging drops the operations that a record has once no version that can
 * still be read needs them. Before it is recorded, a state is collected: what was deleted below a
 * cut that all regions are known to be above ({@link
 * dev.meridian.engine.LogStructuredEngine#collectBelow}) is forgotten.
 *
 * <h2>Threads</h2>
 *
 * One writer changes the state; one checkpointer turns memtables into tables; one maintenance
 * worker merges and rebuilds tables; a scrub runs now and then; any number of readers take no lock.
 * Readers take one {@code View} and work on that. What a write replaces is fetched into the cache
 * by its caller, so that the writer seldom reads the disk.
 *
 * <p>A memtable lies in a few large arrays, ordered by a {@link dev.meridian.engine.SkipList} of
 * ints: as an object graph it cost the collector of garbage as much as the writer did its work.
 *
 * <h2>How it is driven</h2>
 *
 * Each of the four is a {@link dev.meridian.env.Worker}: a method {@code step()} that does one
 * piece (a batch, writing a table, putting it in force, a merge, verifying a table) and says when
 * the next one is due. No step waits for another worker; who has made something possible wakes who
 * waits for it:
 *
 * <pre>
 *  WriterQueue.offer ----------------------&gt; writer       it had nothing to do
 *  Checkpointer: written, failed, stopped -&gt; writer       WriterPace held it back
 *  writer: memtable handed over -----------&gt; checkpointer
 *  TableMaintenance: fewer tables ---------&gt; checkpointer it waited for room
 *  Checkpointer: one table more -----------&gt; maintenance
 * </pre>
 *
 * In a process each worker has a thread, which sleeps in between. A simulation runs the steps of a
 * whole cluster in one thread, in an order that its seed decides, and ends a life between any two
 * of them; {@code close} does the steps that are left. What reads need is never waited for: the
 * disk answers within the step.
 *
 * <h2>Bounds</h2>
 *
 * The queue ({@code maxQueuedMutations}), a batch, two memtables, the cache ({@code cacheBytes}),
 * the number of tables, and the waiting readers ({@code Arrivals.MAX_WAITING}). While a memtable is
 * being written the writer slows, the more the fuller the next one is, and waits when that is full;
 * with four times {@code maxTables} tables, checkpoints wait for merging. One that cannot be
 * written at all makes writes {@code storage-full} once memory is used.
 *
 * <h2>Damage</h2>
 *
 * Everything read from disk is checked when it is read. A table that fails is rebuilt from the log
 * while the rest is served; reads of what cannot be told meanwhile are refused as not ready. A gap
 * in the log that tables cover is reported and passed over. One that they do not cover is refused
 * in a region without peers; with peers, {@link dev.meridian.engine.Salvage} brings what stands
 * behind it once they have filled it.
 *
 * <h2>Hazards</h2>
 *
 * <ul>
 *   <li><b>A damaged table whose part of the log was trimmed</b> ({@code keepLogBytes}), or that
 *       came with a copy of another region's data, cannot be made again here: the region has to be
 *       filled anew.
 *   <li><b>Tombstones are never dropped.</b> So a region that was away never brings back what was
 *       deleted; they take the space of their ids.
 *   <li><b>No checkpoint is made while a gap is open</b>, since only the log has what stands behind
 *       it: the memtable then grows with what the peers bring.
 *   <li><b>A table that was replaced is closed half a minute later.</b> A read that takes longer is
 *       begun again.
 *   <li><b>A pinned list is a snapshot of this region's writes.</b> Changes of other regions that
 *       were stamped before the pin and arrive after it are included when they come.
 *   <li><b>A late drop of a collection</b> with younger documents counts them again on the writer's
 *       thread: writes wait for that scan. So do other settings of whether deletions win with
 *       documents of which versions stand side by side.
 *   <li><b>A region that is away while others write a document more often than 256 times</b> and
 *       keep less history than that may bring a version whose base is merged away somewhere: then
 *       regions may merge it differently.
 * </ul>
 */
@NullMarked
package dev.meridian.engine;

import org.jspecify.annotations.NullMarked;
