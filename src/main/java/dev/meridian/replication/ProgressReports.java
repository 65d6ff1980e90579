package dev.meridian.replication;

import dev.meridian.clock.VersionVector;
import dev.meridian.cluster.PeerProgress;
import dev.meridian.cluster.Region;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Tells a peer how far this region is, one report at a time: after each change of it, and every
 * second anyway, since the answer tells how far the peer is and how long the way to it.
 */
final class ProgressReports {

  private static final Duration AT_LEAST_EVERY = Duration.ofSeconds(1);

  private final LinkParts parts;
  private final Region peer;
  private final Listener listener;
  private boolean underWay;
  private long askedNanos;
  private VersionVector reported = VersionVector.EMPTY;

  /** Hears the answers. */
  interface Listener {
    void answered(PeerProgress theirs, long askedNanos, long roundTripNanos);
  }

  ProgressReports(LinkParts parts, Region peer, Listener listener) {
    this.parts = parts;
    this.peer = peer;
    this.listener = listener;
    this.askedNanos = parts.clock().nanos() - AT_LEAST_EVERY.toNanos();
  }

  /** Called every heartbeat. */
  void tick(long now) {
    VersionVector ours = parts.engine().vector();
    boolean due = !ours.equals(reported) || now - askedNanos >= AT_LEAST_EVERY.toNanos();
    if (underWay || !due) {
      return;
    }
    underWay = true;
    askedNanos = now;
    parts
        .transport()
        .reportProgress(peer, ours)
        .whenComplete(
            (theirs, failure) -> {
              long roundTrip = parts.clock().nanos() - now;
              parts.steps().run(() -> done(ours, failure == null, theirs, now, roundTrip));
            });
  }

  private void done(
      VersionVector ours,
      boolean arrived,
      @Nullable PeerProgress theirs,
      long asked,
      long roundTripNanos) {
    underWay = false;
    if (arrived && theirs != null) {
      reported = ours;
      listener.answered(theirs, asked, roundTripNanos);
    }
  }
}
