/**
 * The peer protocol over HTTP, with the stack's own server and client. The only place of the room
 * with Vert.x and SmallRye types.
 *
 * <pre>
 *  GET  /peer/v1/changes?since=&lt;vector&gt;&amp;except=&lt;region,region&gt;    200, frames for ever
 *                       &amp;pack=lz4         the reader can unpack (may be missing)
 *  POST /peer/v1/progress                   body: a vector    200, two vectors and the steady time
 *  POST /peer/v1/past                       the asker begins anew: 200, a vector and a promise
 *  POST /peer/v1/ask                        body: a question  200, an answer
 *  GET  /v1/cluster                         the public status 200, JSON
 *  all with  Meridian-Region: &lt;the region that asks&gt;
 *  vector = bytes as in ChangeCodecV1; in the query as base64url without padding
 *  refused: 400 malformed, 403 no peer of this region, as problem+json
 * </pre>
 *
 * <p><b>Questions</b> are part of clients' requests: reads that another region must answer or
 * confirm. Each has its own time limit; at most {@code MAX_ASKS_PER_PEER} are under way to a peer
 * and a bounded number waits. What they say is the {@code coordinator}'s business.
 *
 * <p><b>Back-pressure.</b> A reader that requested nothing does not read its connection. A server
 * stops reading the log for a stream when {@code maxUnsentBytes} are written and not taken.
 *
 * <p><b>Threads.</b> Clients run on Vert.x event loops and hand messages on from there; nothing on
 * them waits. A served stream reads the log on a virtual thread, one at a time.
 *
 * <p><b>Hazard: Fault Tolerance from outside of a container</b> needs its stand-alone
 * implementation on the class path, as the tests have it.
 */
@NullMarked
package dev.meridian.cluster.http;

import org.jspecify.annotations.NullMarked;
