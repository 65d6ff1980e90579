/**
 * Brings every region what is new in the others.
 *
 * <p><b>In:</b> {@link dev.meridian.replication.Replication} subscribes to every peer through a
 * {@link dev.meridian.cluster.Transport}, decodes and checks what comes, and brings it to {@link
 * dev.meridian.engine.StorageEngine#apply}, the same door as everything else. <b>Out:</b> {@link
 * dev.meridian.replication.Replication#endpoint} reads the log from where a peer is and sends it
 * on, with heartbeats. The reader's cursor is its own version vector: the log persists it with each
 * change, so it can neither be lost nor be ahead of the data.
 *
 * <h2>Who sends what</h2>
 *
 * A region's log holds all changes it applied, so any peer could send everything. To send each
 * change once, a link leaves out the origins whose own <em>direct</em> links work. When a direct
 * link was silent for {@code relayAfter}, the others subscribe anew without leaving its origin out:
 * a broken link A–C heals through B. When it worked again for as long, they leave it out again. An
 * origin that is no peer (a region that left) is never left out. This region's own changes are,
 * unless the peer knows more of them than are here: after a loss of its disk it gets its own past
 * back from its peers.
 *
 * <h2>Bodies that live elsewhere</h2>
 *
 * A change with a placement is sent whole to the regions of it, and without its body to all others.
 * A region of the placement never takes it without: it waits for one that has it whole, and with it
 * waits all that comes after it in the causal order. While its origin is away such a change comes
 * from the other regions of the placement, or from one that holds a hint of it ({@link
 * dev.meridian.replication.HintedHandoff}), which puts it in its place in the stream.
 *
 * <h2>Acknowledgements</h2>
 *
 * Writers may wait until their change is elsewhere ({@link
 * dev.meridian.replication.Acknowledgements}). While somebody does, a region sends {@code
 * AcksWanted} behind the changes it is about, and the reader answers with an {@code Ack} on the
 * stream of the other direction as soon as it has received them, and again when a batch is forced
 * and applied. Nothing is sent when nobody waits, and one acknowledgement serves all it covers.
 * Heartbeats and progress reports acknowledge too, so one that was lost with its stream costs a
 * heartbeat's time. A peer is not believed to have more than was made.
 *
 * <h2>Why nothing waits for ever</h2>
 *
 * A change names all that its origin had applied before it, and the store applies it only where all
 * of that is (the causal gate). Streams run beside each other, so the head of one may wait for a
 * change that comes by another. Suppose the heads of all streams waited. Take one, h. It waits for
 * some y before it in the causal order. y stands before h in the log of h's sender, which is a
 * causal order, and is not in that stream any more; so y was left out there, so y's origin q has a
 * direct link. y is in q's log at or after the head h' of that link's stream, and q had applied h'
 * when it made y or y is h' itself: h' is before h in the causal order. But h' waits, too. Going on
 * like this gives an endless descent among finitely many changes. So some head can always be
 * applied, as long as a link that counts as direct works; when it does not, it stops counting
 * within {@code relayAfter}. A stream that does not keep to this (a log with a gap, a peer that
 * errs) is noticed by {@code blockedLimit} and started anew.
 *
 * <h2>What every region knows</h2>
 *
 * Answers about progress say, besides what a region has applied, what it knows others to have.
 * Their common part, once what the peer made before it said so is here, is the {@link
 * dev.meridian.replication.StableCut}: below it no region will send anything that has not seen it.
 * What is deleted below it can be forgotten; versions above it are kept for merging. A region that
 * is away holds the cut where it is: nothing is lost by that but space.
 *
 * <h2>Invariants</h2>
 *
 * <ul>
 *   <li>Nothing is skipped: a change the store refuses (clock drift, disk full) is kept and tried
 *       again, and the link shows {@code paused} and why. It holds back its own stream only.
 *   <li>A link takes bounded memory: {@code window} messages were requested and not finished; a
 *       peer that sends more is not read. At most {@code maxInFlightBatches} are at the store.
 *   <li>A promise (watermark) counts from when the changes it speaks of are applied here, whoever
 *       passed it on. The lowest over all regions of the topology is the safe time; it never goes
 *       back.
 *   <li>Applying again what is here already changes nothing, so streams may overlap.
 * </ul>
 *
 * <h2>Threads</h2>
 *
 * None is owned. Transport, store and timers bring steps to one {@link
 * dev.meridian.cluster.SerialQueue}; the links are touched in it only. Decoding happens before, on
 * the transport's thread. Served streams are read by the adapter's threads, one at a time each.
 *
 * <h2>Hazards</h2>
 *
 * <ul>
 *   <li><b>A sequence used twice</b> by a region that lost its disk and wrote before it had its own
 *       past back: the second change is taken for the first. The node asks its peers before it
 *       writes, and they take nothing more of its former life before they answer ({@link
 *       dev.meridian.replication.PastInquiry}). A peer that cannot be reached is not waited for
 *       while no other knows of a former life: or no region could ever begin alone. Until it has
 *       its own past back it makes no promises: it would promise to have made nothing. A region set
 *       back to an old image of its disk is found out from its peers' hellos only.
 *   <li><b>Placement narrows the ways round a cut link.</b> When nobody who can be reached has a
 *       body, the region that needs it goes on alone, but stands still as to what depends on it.
 *   <li><b>A wall clock far ahead</b> at one region pauses its links everywhere, and the streams
 *       that relay its changes while its own links are down; also changes made after having seen
 *       its own wait.
 *   <li><b>Lag is measured with two clocks.</b> See {@link dev.meridian.replication.ClockOffset}
 *       for the error, at most half of the shortest round trip while there and back are alike.
 *   <li><b>Staleness</b> is an upper bound as far as steady clocks run evenly. A promise's time
 *       does not tell its age, since an origin that heard of a faster clock, or that crashed, runs
 *       ahead of its own. So each promise comes with the age that its speaker measured by a steady
 *       clock, and what the message travelled is added by {@link
 *       dev.meridian.replication.PeerSteadyClock}. A host that is suspended as a whole, its steady
 *       clock with it, does not notice: it takes all it has for younger until the next heartbeats.
 *   <li><b>A log that does not reach back</b> to where a reader is has a gap: the reader stays
 *       stuck, shows it, and needs a repair.
 * </ul>
 */
@NullMarked
package dev.meridian.replication;

import org.jspecify.annotations.NullMarked;
