/**
 * Finds what regions should both have and do not, and puts it back: whatever a bug, a disk or a
 * lost log took, and replication cannot know of.
 *
 * <p><b>In:</b> {@link dev.meridian.repair.AntiEntropy#repair} compares with one peer, when its
 * time has come or somebody asks; what peers ask goes to {@link
 * dev.meridian.repair.AntiEntropy#desk}. <b>Out:</b> versions that are lacking go through the same
 * door as everything, {@link dev.meridian.engine.StorageEngine#apply}, as {@link
 * dev.meridian.engine.Mutation.Repaired}: they keep their dots, and no vector moves.
 *
 * <pre>
 *  AskRoots   all collections: one hash each            2 KB for 50 of them
 *  AskSums    256 parts of one that differs, then 256 parts of each of those
 *  AskHashes  the documents of the leaves that differ, in pages, side by side with ours
 *  Compare    the versions of documents that differ -&gt; what either lacks
 *  Take       what the peer lacks
 * </pre>
 *
 * <h2>What is a difference</h2>
 *
 * Two regions are compared while both write. A version counts as lost where the region's version
 * vector says that it is there, and it is not; one that the vector does not have is on its way.
 * That is exact for every version at every moment, so changes in flight are no false alarm, and
 * nothing has to stand still. History that a merge of tables may have taken in one of them is no
 * difference. What a proof says of a moment is another matter: {@link dev.meridian.repair.Proof}
 * compares as of a time up to which every region has all there is.
 *
 * <h2>Beneath the trees</h2>
 *
 * Hash trees are kept up to date with what is written, without looking at what is stored. So before
 * trees tell anything about damaged data the data has to be looked at ({@link
 * dev.meridian.repair.LocalCheck}); a repair that is asked for does that in both regions, scheduled
 * ones do it now and then.
 *
 * <p>Of two copies of a version with other bytes the right one is that which the region's log has;
 * where it does not have it, the copy of the region that made the version.
 *
 * <p>States of CRDT fields do not tell that they lack an operation, so they go only from a copy of
 * a document that lacks nothing to one that does. Where both lack some, versions are put back and
 * states are left as they are.
 *
 * <h2>Bounds</h2>
 *
 * One repair with a peer at a time, one question of it at a time, bytes per second, 256 documents
 * or 8 MiB in a message, 300 versions of a document, four open questions of each peer, 50 reports.
 * Neither side keeps anything between two questions: a repair that is cancelled, or dies, leaves
 * what it has mended, and the next one goes on with what is left.
 *
 * <h2>Hazards</h2>
 *
 * <ul>
 *   <li><b>Only versions that no other has seen are hashed.</b> A lost version that has been
 *       replaced is history; it comes back only with a document that differs.
 *   <li><b>What all regions lost is lost</b>, and what every region but one never had comes from
 *       that one.
 * </ul>
 */
@NullMarked
package dev.meridian.repair;

import org.jspecify.annotations.NullMarked;
