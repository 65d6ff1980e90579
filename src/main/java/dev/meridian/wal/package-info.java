/**
 * Durable, ordered, checksummed bytes: the log of one node. What it holds is the database;
 * everything else can be made from it again. It knows nothing about what its records mean.
 *
 * <h2>In and out</h2>
 *
 * <pre>
 * engine (writer thread) -- append, append, … force --&gt; WriteAheadLog --&gt; SegmentWriter --&gt; LogFile
 *                                                            |                              |
 *                                          SegmentSupply (zeros ahead)      LogDirectory (disk seam)
 *                                                            |                              |
 * engine, feeds (any thread) &lt;-- LogReader.next ------ DurablePoint &lt;-- published by force  |
 * engine (at start) &lt;-- replay ------------------------ LogRecovery, LogTail &lt;--------------+
 * </pre>
 *
 * The log is a row of segment files named {@code <20 digit first LSN>.wal}. A file is a header
 * ({@link dev.meridian.wal.SegmentHeaderV1} draws it), then frames ({@link
 * dev.meridian.wal.RecordCodecV1} draws them), then zeros up to its full size.
 *
 * <pre>
 * 00000000000000000001.wal                        00000000000000041233.wal
 * +--------+---------+---------+- -+---------+    +--------+---------+---------+---------------
 * | header | frame 1 | frame 2 | … | 0000000 |    | header | 41233   | 41234   | 00000000000…
 * +--------+---------+---------+- -+---------+    +--------+---------+---------+---------------
 *          '--- one batch ---' '- next batch …                       ^ batchOffset = length of 41233,
 *                                                                      if both are of one batch
 * </pre>
 *
 * The zeros are really written when a file is made, so that a force has only data to write and no
 * change of the file's size or blocks: that halves its time.
 *
 * <h2>Torn or damaged?</h2>
 *
 * A <i>batch</i> is what is written between two forces. When the power goes, the pages of the open
 * batch are on disk or not in any combination; whole frames may follow a hole. Nobody was told that
 * this batch is durable, so leaving it behind is right. The same picture in an earlier batch is
 * damage to what somebody was promised, and going on would lose it silently.
 *
 * <p>They are told apart by what each frame says about the time of its writing: {@code
 * batchOffset}, its distance from the point up to which the file had been forced by then. A frame
 * that can be read at position <i>q</i> proves that all bytes before <i>q - batchOffset</i> were
 * once durable. At the first place <i>p</i> that cannot be read, {@link dev.meridian.wal.LogTail}
 * looks for whole frames at every later byte. If one of them proves that <i>p</i> was durable, the
 * log is refused with file, offset and LSN. If none does, <i>p</i> is the end.
 *
 * <p>The last batch has nothing behind it to vouch for it, so damage to it looks like a torn batch.
 * An orderly close therefore adds a <i>mark</i>, a frame without a record, after its last force.
 *
 * <h2>Refused or passed over?</h2>
 *
 * Whoever opens the log decides by a {@link dev.meridian.wal.GapPolicy}. If a gap is allowed,
 * reading goes on at the next frame whose check is right ({@link dev.meridian.wal.FrameSearch}). A
 * plain reader never passes over records it was asked for.
 *
 * <h2>Invariants</h2>
 *
 * <ul>
 *   <li>LSNs have no gap, within a segment and across segments. Headers name the segment before, so
 *       a missing file is found without reading.
 *   <li>Only the newest segment can end in an open batch: a roll forces the old one before the new
 *       one gets its name. Unreadable bytes in an older segment are always damage.
 *   <li>A file with a segment's name has its full size and a whole header: both are durable under a
 *       temporary name before the rename, and the rename is durable before the first frame.
 *       Temporary files are deleted at open.
 *   <li>Bytes that were written are never written over. After a torn batch, appending goes on in a
 *       new segment, whose first LSN says where the old one ends. Clearing the remains instead
 *       would trust one more force: if that one fails, zeros are read while the disk keeps old
 *       frames.
 *   <li>What {@code open} replays is durable when it returns. It writes the last batch again before
 *       forcing, and forces the directory, because the last run may have stopped over a failed
 *       force, after which the operating system reads bytes back that it will never write.
 *   <li>Readers see durable records only, checked again at each reading, and never a record twice
 *       or out of order.
 * </ul>
 *
 * <h2>States</h2>
 *
 * <pre>
 *              append: LogFullException (no room for a segment; nothing appended, nothing lost)
 *              .----.
 *              |    v
 *  open ----&gt; usable ----- IOException from append or force ----&gt; failed ---- close ----&gt; closed
 *              '------------------------- close -------------------------------------------^
 * </pre>
 *
 * A failed log only reads. What was appended since the last force has an unknown outcome, decided
 * when the log is opened again; then it is there as a whole up to some record, or not at all.
 *
 * <h2>Threads</h2>
 *
 * One writer thread owns {@code append}, {@code force} and {@code close}. Readers take the volatile
 * {@code DurablePoint} and read their own open files up to it. One short-lived worker fills the
 * next segment with zeros once the newest is half full; the writer waits for it only if it gets to
 * the end first. {@code segments}, {@code bytes} and {@code forceStats} may be asked by any thread.
 *
 * <h2>Hazards</h2>
 *
 * <ul>
 *   <li><b>A disk that lies about a force.</b> After a power cut, acknowledged records are missing.
 *       If a later batch survived, the log is refused; if not, the loss looks like a torn batch and
 *       is found only by comparing with the peers.
 *   <li><b>Decay of the newest batch after kill -9.</b> No mark was written, so it looks like a
 *       torn batch. Peers that already have the records give them back.
 *   <li><b>A device that damages neighbouring bytes when the power goes in a write.</b> Frames are
 *       not aligned to sectors, so a batch may rewrite the page in which the one before ended. The
 *       bytes are the same; a device that leaves neither old nor new ones causes a refusal.
 *   <li><b>The writer thread is interrupted.</b> The JDK closes its file: the log fails.
 *   <li><b>Two processes on one directory.</b> They would write over each other. Whoever owns the
 *       data directory locks it.
 *   <li><b>A client that puts frames into documents,</b> hoping that they are found behind a torn
 *       place. The check of a frame contains the segment's salt, which no client sees.
 *   <li><b>A context that runs ahead or behind.</b> The header's context is asked within the append
 *       that starts the segment. If it does not reflect exactly the records before, its reader is
 *       misled; the log cannot tell.
 * </ul>
 */
@NullMarked
package dev.meridian.wal;

import org.jspecify.annotations.NullMarked;
