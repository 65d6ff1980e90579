/**
 * Keeps the promise of each consistency level. The interfaces {@link
 * dev.meridian.coordinator.Documents}, {@link dev.meridian.coordinator.Collections}, {@link
 * dev.meridian.coordinator.Conflicts}, {@link dev.meridian.coordinator.ClusterView} and {@link
 * dev.meridian.coordinator.Chaos} are all that the API and the console see, so neither can do what
 * the other cannot. Peers ask through {@link dev.meridian.coordinator.RegionDocuments#desk}.
 *
 * <h2>Sessions</h2>
 *
 * A token is a vector: for each origin, the last change that was seen. It names the changes that
 * were read and written, not all that the region had at the time: a region applies a change only
 * when its causes are in, so the change stands for all it came after, and a client may go to
 * another region even if the one it comes from is gone with what it had not passed on yet. Lists
 * name the whole vector, since what they leave out was read, too.
 *
 * <h2>Reads</h2>
 *
 * <ul>
 *   <li>{@code eventual} is answered at once; changes apply in causal order, so it is a consistent
 *       prefix. A token is carried on and not waited for.
 *   <li>{@code session} waits until the region's vector covers the token.
 *   <li>{@code bounded} waits until the safe time is young enough, and for the token.
 *   <li>{@code quorum} reads here in full and elsewhere by digest, and makes a majority hold the
 *       newest before the answer; see {@link dev.meridian.coordinator.QuorumReads}. It covers the
 *       token, too. A majority of writers and a majority of readers share a region, so it sees
 *       every write that was confirmed with durability {@code quorum}. There is no compare-and-set
 *       in that: two writers may both succeed.
 * </ul>
 *
 * When this region cannot serve a read it waits, at most half of the request's time, then asks
 * regions that can, the most promising first, to serve it in its place (documents and lists; what
 * else there is waits on). When the time is up: 503, or with {@code degrade} an answer that says
 * what it is. What a collection cannot offer is refused, never weakened.
 *
 * <h2>Writes</h2>
 *
 * A write first waits until what its session saw is here, so that it follows it in every region
 * (monotonic writes, writes follow reads). Then it is refused if it is known that its durability
 * cannot be had; then it is made here; then it waits for {@link
 * dev.meridian.replication.Acknowledgements}. If the time runs out the write stays, and the answer
 * says that its outcome is unknown. A write that asks for {@code none} or {@code local} touches
 * nothing of this.
 *
 * <h2>Patches</h2>
 *
 * A patch is read, changed and written on the condition that what was read is still the newest
 * ({@link dev.meridian.coordinator.Patches}). It is forwarded as a patch to where the document
 * lives, and takes its turn there among the patches of the same document. So those of one region
 * follow each other; those of two regions that both hold the document are concurrent writes, and
 * the later one wins whole.
 *
 * <h2>Placement</h2>
 *
 * A collection, a prefix of ids or the value of a field may say that documents live in some regions
 * only ({@link dev.meridian.document.PlacementRules}). Every region still knows every version: id,
 * time, causes, length and checksum travel everywhere, bodies do not. So sequences stay dense, the
 * causal gate and session tokens work as everywhere, and any region decides which version a read
 * gives, and fetches just that body ({@link dev.meridian.coordinator.Bodies}). A write is made by a
 * region of the set with the client's guarantees ({@link
 * dev.meridian.coordinator.ForwardedWrites}); where it belongs is decided by the settings known
 * where the client asked, and travels with the change.
 *
 * <p>Quorums are of the regions of the set. Where a field decides, a document may move with every
 * write, and two sets need not share a region: then a write is also known to a majority of all
 * regions before it is confirmed, and that is what quorum reads ask.
 *
 * <p>Where {@code hints} are allowed and too few of a set are up, other regions hold the change for
 * those that are down, and count. Such a quorum is sloppy, and named so in the receipt: until the
 * hint is handed over a quorum read may miss the write.
 *
 * <h2>Repair</h2>
 *
 * A replica that is behind is told what it should have ({@code Cover}). It waits a moment for its
 * links, then fetches what it lacks from the asker, causes first ({@link
 * dev.meridian.coordinator.CatchUp}), and applies it at the ordinary door. So nothing is ever
 * written past the log, and a repair is never out of order. Before an answer as many are waited for
 * as make a majority; the rest are mended after it, at a bounded rate.
 *
 * <h2>Conflicts</h2>
 *
 * The engine remembers where versions collided; what that made of the document follows from the
 * versions and the settings in force, so the log keeps no outcomes, and the same answers what other
 * settings would have made of it ({@link dev.meridian.coordinator.Conflicts}). A resolution is an
 * ordinary write with the condition that exactly the versions it knows stand side by side ({@code
 * Precondition.Resolves}); whoever resolves the same conflict in a region that cannot be reached
 * makes a new one. Which conflicts wait for a client is counted in the background.
 *
 * <p>With siblings, a write that does not say what it replaces is refused: it would lose a version
 * that nobody looked at. Siblings, merging and CRDT fields need all bodies, so they are refused in
 * collections with a placement. Operations on fields are refused as not ready while a region lacks
 * what its peers had when it first heard of them ({@code FieldWrites}): it would put things beside
 * neighbours that everyone else has forgotten.
 *
 * <h2>Limits</h2>
 *
 * Requests that wait: {@code WaitingRoom.MAX_WAITING}, {@code Acknowledgements.MAX_WAITING};
 * questions of peers: {@code ReplicaDesk.MAX_OPEN}; fetching: {@code CatchUp.MAX_FETCHING} and
 * {@code MAX_BATCHES}; mending: {@code Mender.MAX_PER_SECOND}; patches that wait for their turn:
 * {@code WaitingRoom.MAX_WAITING}, tries of each: {@code Patches.MAX_ATTEMPTS}. Most are in {@link
 * dev.meridian.coordinator.GuaranteeStats}.
 *
 * <h2>Threads</h2>
 *
 * Nothing here blocks. Reads that may touch the disk run on virtual threads; writes complete on the
 * engine's writer or where an acknowledgement arrives, so what follows a stage must be short.
 *
 * <h2>Hazards</h2>
 *
 * <ul>
 *   <li><b>A forged session token</b> can name a change that will never come. Where its origin can
 *       be asked it is refused; else the wait ends with the request's own time limit. The number of
 *       waiting requests is bounded.
 *   <li><b>A region that lost its disk</b> lost what it had acknowledged: until it has its own past
 *       back it answers no questions, but a quorum that counted on it for changes of others does
 *       not hold any more.
 *   <li><b>Staleness is measured by steady clocks</b>, those of the peers too; see {@link
 *       dev.meridian.replication.Replication#staleness}. What wall clocks show does not matter. Of
 *       a host that was suspended as a whole it is too low until it has heard of its peers again.
 *   <li><b>New placement rules are not known everywhere at once.</b> A region that has not heard of
 *       them still writes everywhere; settings with durability {@code all} leave no such region.
 *       What was written before stays where it was until it is written again and its history has
 *       expired.
 *   <li><b>A body that only a lost disk had</b> is lost. Its version is still known; reads say
 *       where it lived.
 *   <li><b>Who is up</b> is a guess. A wrong one costs a refusal or a wait, never a guarantee.
 * </ul>
 */
@NullMarked
package dev.meridian.coordinator;

import org.jspecify.annotations.NullMarked;
