/**
 * Who the other regions are, and how to reach them.
 *
 * <p><b>In:</b> {@link dev.meridian.cluster.Transport} is how this region asks its peers; {@link
 * dev.meridian.cluster.PeerEndpoint} is what it offers them. Both are interfaces, so that {@code
 * replication} knows no network and a simulation needs none; {@code cluster.http} carries them over
 * HTTP. <b>Out:</b> {@link dev.meridian.cluster.PeerMessage}s, whose bytes are {@link
 * dev.meridian.cluster.PeerMessageCodecV1}.
 *
 * <h2>Invariants</h2>
 *
 * <ul>
 *   <li>Nothing here blocks, but {@link dev.meridian.cluster.OutboundStream#next}, which may read
 *       the disk and says so.
 *   <li>Nothing is delivered that was not requested, so a slow reader holds back the peer, not its
 *       own memory. A frame is at most {@link
 *       dev.meridian.cluster.PeerMessageCodecV1#MAX_FRAME_BYTES} bytes.
 *   <li>Messages of a stream keep their order, with faults too.
 *   <li>What a peer sends is checked: length, checksum, version, counts, names. A stream that fails
 *       a check ends; its reader starts a new one.
 * </ul>
 *
 * <h2>Threads</h2>
 *
 * No thread is owned here. {@link dev.meridian.cluster.FailureDetector} and {@link
 * dev.meridian.cluster.LinkFaults} are thread-safe; a subscription's steps run one after another in
 * a {@link dev.meridian.cluster.SerialQueue}.
 *
 * <h2>Faults on purpose</h2>
 *
 * {@link dev.meridian.cluster.FaultyTransport} and {@link dev.meridian.cluster.FaultyEndpoint}
 * stand around the real ones. {@code in} acts on what this region receives from the peer: the
 * stream it subscribed to, progress reports that arrive, answers. {@code out} acts on what it
 * sends: the streams it serves to the peer, its own reports and questions. The request for a stream
 * belongs to the stream's direction, so one direction can be cut while the other replicates.
 *
 * <h2>Hazards</h2>
 *
 * <ul>
 *   <li><b>A peer that is up but silent</b> looks like one that is down. Nothing is decided from
 *       that but whom to wait for and whom to relay; a wrong guess costs traffic, not data.
 *   <li><b>A peer that lies</b> about who it is is believed as far as its name is in the topology:
 *       without mTLS whoever reaches the listener is a peer.
 * </ul>
 */
@NullMarked
package dev.meridian.cluster;

import org.jspecify.annotations.NullMarked;
