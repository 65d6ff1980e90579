/**
 * Values that merge without asking anyone (Shapiro et al., "Conflict-free Replicated Data Types",
 * 2011): counters, sets, registers, and text or lists.
 *
 * <p>A document may have such values at places of its own: its CRDT fields, all in one {@link
 * dev.meridian.crdt.FieldStates}. What a client does to them becomes one change of its region, with
 * the dot of that change. The change carries a {@link dev.meridian.crdt.FieldDelta}, not a state.
 *
 * <pre>
 *  operations -&gt; FieldStates.translate -&gt; FieldDelta --change--&gt; FieldStates.apply, in every region
 * </pre>
 *
 * <h2>Invariants</h2>
 *
 * <ul>
 *   <li>States that hold the same changes are the same bytes, whatever the order in which they
 *       came.
 *   <li>A change is applied once: a state knows which changes it holds ({@code included}), one
 *       number for each origin. So an origin's changes of one document must come in their order,
 *       and a change after those it was based on; the store's causal gate sees to that.
 *   <li>{@code included} is the causal context of all fields (Almeida, Shoker and Baquero, "Delta
 *       state replicated data types", 2018): what one state holds and the other lacks was removed
 *       there if that one includes it, and is news if not. So sets need no tombstones (Bieniusa et
 *       al., "An optimized conflict-free replicated set", 2012).
 *   <li>Text and lists are trees in the manner of Fugue (Weidner and Kleppmann, "The Art of the
 *       Fugue", 2023): runs typed at one place at once do not interleave, forwards or backwards.
 * </ul>
 *
 * <p>What is inside a value is JSON as compact text, compared as text and never parsed here.
 *
 * <h2>Threads</h2>
 *
 * A {@link dev.meridian.crdt.FieldStates} belongs to one thread at a time; deltas are immutable.
 *
 * <h2>Bounds</h2>
 *
 * Operations of one change: {@link dev.meridian.crdt.FieldDelta#MAX_OPERATIONS}. A deleted element
 * of a text loses its content at once and keeps its place: a run of them costs a few bytes. Once
 * all regions know of the deletion, the end of a run that nothing hangs from is forgotten as well
 * ({@link dev.meridian.crdt.FieldStates#collect}), and so are fields that nobody can see again.
 * Where something is put does not depend on what was forgotten: {@code RgaPlace} chooses the same
 * neighbour with and without it, so regions may collect at different times. What stays: deleted
 * elements that living ones were typed beside. A list used as a queue grows by about 19 bytes for
 * each element that went through it.
 *
 * <h2>Hazard</h2>
 *
 * Two changes with the same dot and other contents would make regions differ for ever. The store
 * never reuses a dot of which anybody may have heard.
 */
@NullMarked
package dev.meridian.crdt;

import org.jspecify.annotations.NullMarked;
