package dev.meridian.replication;

import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionVector;
import dev.meridian.cluster.PeerMessage;
import dev.meridian.cluster.Transport;
import dev.meridian.document.Bytes;
import dev.meridian.document.Change;
import dev.meridian.document.ChangeCodecV1;
import dev.meridian.document.StoreFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One stream from the peer, from subscribing to its end. Whatever still arrives for a session that
 * is over is ignored, but for the outcomes of what it had brought to the store.
 */
final class LinkSession implements Transport.ChangeListener, ChangeApplier.Owner {

  private final ReplicationLink link;
  private final LinkParts parts;
  private final Set<ReplicaId> except;
  private final ChangeApplier applier;
  private Transport.Subscription subscription = NotYet.SUBSCRIBED;
  private int requested;
  private boolean connectFailed;
  private long lastMessageNanos;
  private volatile boolean greeted;
  private volatile VersionVector peerVector = VersionVector.EMPTY;

  /** Stands in until the transport answered the call. */
  private enum NotYet implements Transport.Subscription {
    SUBSCRIBED;

    @Override
    public void request(int messages) {}

    @Override
    public void cancel() {}
  }

  LinkSession(ReplicationLink link, LinkParts parts, Set<ReplicaId> except) {
    this.link = link;
    this.parts = parts;
    this.except = except;
    this.applier =
        new ChangeApplier(
            parts.engine(),
            parts.clock(),
            parts.scheduler(),
            parts.settings(),
            parts.steps(),
            this);
  }

  void open() {
    subscription = parts.transport().subscribe(link.peer(), parts.engine().vector(), except, this);
    request(parts.settings().window());
  }

  void close() {
    applier.stop();
    subscription.cancel();
  }

  Set<ReplicaId> except() {
    return except;
  }

  boolean isGreeted() {
    return greeted;
  }

  /** True when an attempt to connect failed and none has succeeded since. */
  boolean isConnecting() {
    return !greeted && connectFailed;
  }

  /** True when nothing arrives because nothing was asked for. */
  boolean heldBack() {
    return greeted && requested == 0;
  }

  /** The peer said how far it is, other than in its stream. */
  void peerIsAt(VersionVector vector) {
    if (greeted && vector.covers(peerVector)) {
      peerVector = vector;
      link.peerIsAt(vector);
    }
  }

  /** What the peer has for this region, as far as it said. Any thread. */
  long pending(VersionVector vector) {
    long[] pending = {0};
    peerVector.forEach(
        (origin, sequence) -> {
          if (!except.contains(origin)) {
            pending[0] += Math.max(0, sequence - vector.get(origin));
          }
        });
    return pending[0];
  }

  /** Changes that came and are not yet applied. Any thread. */
  long queued() {
    return applier.queued();
  }

  void tick(long now) {
    applier.tick();
    boolean silent = now - lastMessageNanos > parts.settings().silence().toNanos();
    if (greeted && requested > 0 && silent) {
      link.broken(this, "nothing came for " + parts.settings().silence().toMillis() + " ms");
    }
  }

  private void request(int messages) {
    requested += messages;
    subscription.request(messages);
  }

  private void step(Runnable step) {
    parts
        .steps()
        .run(
            () -> {
              if (link.isCurrent(this)) {
                step.run();
              }
            });
  }

  @Override
  public void onConnectFailed(String reason) {
    step(
        () -> {
          connectFailed = true;
          link.connectFailed(reason);
        });
  }

  @Override
  public void onClosed(Optional<String> reason) {
    step(() -> link.broken(this, reason.orElse("the stream was closed")));
  }

  @Override
  public void onBytes(int bytes) {
    link.cameOnWire(bytes);
  }

  @Override
  public void onMessage(PeerMessage message) {
    switch (message) {
      case PeerMessage.Hello hello -> step(() -> hello(hello));
      case PeerMessage.Heartbeat heartbeat -> step(() -> heartbeat(heartbeat));
      case PeerMessage.AcksWanted wanted -> step(() -> small(() -> link.acksWanted(wanted)));
      case PeerMessage.Ack ack -> step(() -> small(() -> link.acknowledged(ack)));
      case PeerMessage.Changes changes -> {
        try {
          // Decoded here, by the thread that brings it: steps are short.
          List<Change> decoded = decode(changes.changes());
          step(() -> changes(decoded));
        } catch (IllegalArgumentException malformed) {
          step(() -> link.broken(this, "a malformed change: " + malformed.getMessage()));
        }
      }
    }
  }

  /** Bytes that are no change are an {@link IllegalArgumentException}. */
  private static List<Change> decode(List<Bytes> encoded) {
    List<Change> changes = new ArrayList<>(encoded.size());
    for (Bytes bytes : encoded) {
      changes.add(ChangeCodecV1.decode(bytes));
    }
    return changes;
  }

  private void hello(PeerMessage.Hello hello) {
    arrived();
    if (!hello.speaker().id().equals(link.peer().id())) {
      link.broken(
          this,
          "region '"
              + hello.speaker().id()
              + "' answers at "
              + link.peer().url()
              + ", expected '"
              + link.peer().id()
              + "'");
      return;
    }
    peerVector = hello.vector();
    link.peerIsAt(peerVector);
    greeted = true;
    link.greeted();
    request(1);
  }

  private void heartbeat(PeerMessage.Heartbeat heartbeat) {
    if (inOrder()) {
      arrived();
      peerVector = heartbeat.vector();
      link.peerIsAt(peerVector);
      link.heartbeat(heartbeat);
      request(1);
    }
  }

  /** A message that is dealt with at once. */
  private void small(Runnable step) {
    if (inOrder()) {
      arrived();
      step.run();
      request(1);
    }
  }

  private void changes(List<Change> changes) {
    if (inOrder()) {
      arrived();
      link.received(changes);
      applier.add(changes);
    }
  }

  private boolean inOrder() {
    if (!greeted) {
      link.broken(this, "the stream did not begin with a hello");
    }
    return greeted;
  }

  private void arrived() {
    requested--;
    lastMessageNanos = parts.clock().nanos();
    link.heard();
  }

  @Override
  public void applied(List<Change> changes, long wallMillis) {
    link.applied(changes, wallMillis);
  }

  @Override
  public void finished(int batches) {
    if (link.isCurrent(this)) {
      request(batches);
    }
  }

  @Override
  public void refused(StoreFailure why) {
    if (link.isCurrent(this)) {
      link.refused(why);
    }
  }

  @Override
  public void accepted() {
    if (link.isCurrent(this)) {
      link.accepted();
    }
  }

  @Override
  public void stuck(VersionVector missing) {
    link.broken(this, "changes came whose causes do not come: " + missing);
  }
}
