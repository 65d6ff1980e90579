/**
 * REST: parse, call, render. The contract that clients see; nothing here knows how data is kept.
 *
 * <h2>In and out</h2>
 *
 * Headers become {@code ReadOptions} and {@code WriteOptions} ({@link
 * dev.meridian.api.RequestOptions}), bodies are checked once and handed on as bytes, answers are
 * put together from bytes. A document is never parsed on its way out.
 *
 * <h2>Threads</h2>
 *
 * Resources run on the event loop and never block; a stage completes on a thread of the store, and
 * the framework carries the answer back to the event loop; those of writes go in batches ({@link
 * dev.meridian.api.AnswerBatch}). Bulk reads its body on a virtual thread, and so are large
 * patches.
 *
 * <h2>Invariants</h2>
 *
 * <ul>
 *   <li>What is not understood is refused with a problem (RFC 9457): headers, query parameters,
 *       fields. Nothing is accepted and ignored.
 *   <li>Every failure has a stable code; {@link dev.meridian.api.Problems} alone maps codes to
 *       statuses.
 *   <li>All input is bounded: {@link dev.meridian.api.BodyLimits}, lines and buffers of bulk
 *       requests.
 * </ul>
 *
 * <h2>Hazard</h2>
 *
 * A blocking call on the event loop stalls every request of the node. Whatever may touch the disk
 * belongs behind the coordinator, which knows how to leave the event loop.
 */
@NullMarked
package dev.meridian.api;

import org.jspecify.annotations.NullMarked;
