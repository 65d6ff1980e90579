package dev.meridian.replication;

import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionVector;
import dev.meridian.cluster.OutboundStream;
import dev.meridian.cluster.PeerMessage;
import dev.meridian.cluster.StreamBrokenException;
import dev.meridian.document.Bytes;
import dev.meridian.document.ChangeCodecV1;
import dev.meridian.engine.ChangeFeed;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One stream to one reader: a hello, then changes in the order of the log, with heartbeats in
 * between. Wakes its reader's adapter when the log grew or a heartbeat is due, and never looks by
 * itself.
 */
final class ChangeStream implements OutboundStream {

  private static final System.Logger LOG = System.getLogger(ChangeStream.class.getName());

  private final ChangeSource source;
  private final ReplicaId reader;
  private final VersionVector since;
  private final Set<ReplicaId> except;
  private final Runnable wake;
  private final ChangeFeed.Registration registration;
  private Optional<ChangeFeed.Cursor> cursor = Optional.empty();
  private boolean sentChanges;
  private long askedReceived;
  private long askedApplied;
  private volatile boolean heartbeatDue;

  ChangeStream(
      ChangeSource source,
      ReplicaId reader,
      VersionVector since,
      Set<ReplicaId> except,
      Runnable wake) {
    this.source = source;
    this.reader = reader;
    this.since = since;
    this.except = Set.copyOf(except);
    this.wake = wake;
    this.registration = source.engine().changes().onAppend(wake);
  }

  ReplicaId reader() {
    return reader;
  }

  /** A heartbeat is due. Any thread. */
  void beat() {
    heartbeatDue = true;
    wake.run();
  }

  /** There may be something to send. Any thread. */
  void wake() {
    wake.run();
  }

  @Override
  public List<PeerMessage> next() {
    if (source.stopped()) {
      throw new StreamBrokenException("the region is stopping");
    }
    List<PeerMessage> messages = new ArrayList<>(5);
    try {
      if (cursor.isEmpty()) {
        PeerMessage hello = new PeerMessage.Hello(source.self(), source.engine().vector());
        cursor = Optional.of(source.engine().changes().open(since, except));
        messages.add(hello);
        heartbeatDue = true;
      }
      // Taken down before the log is read: a promise made by then speaks of nothing after it.
      boolean beat = heartbeatDue;
      heartbeatDue = false;
      changes(cursor.get()).ifPresent(messages::add);
      acksWanted().ifPresent(messages::add);
      source.ackFor(reader).ifPresent(messages::add);
      if (beat) {
        messages.add(source.heartbeat());
      }
    } catch (ChangeFeed.TruncatedException older) {
      // Another region has them; the reader asks it once this one has been silent for a while.
      throw new StreamBrokenException(String.valueOf(older.getMessage()));
    } catch (UncheckedIOException unreadable) {
      LOG.log(System.Logger.Level.ERROR, "event=log-unreadable reader=" + reader, unreadable);
      throw new StreamBrokenException("the log cannot be read");
    }
    return messages;
  }

  private Optional<PeerMessage> changes(ChangeFeed.Cursor from) {
    ReplicationSettings settings = source.settings();
    List<Bytes> changes =
        forReader(from.next(settings.maxBatchChanges(), settings.maxBatchBytes()));
    if (changes.isEmpty()) {
      if (sentChanges) {
        sentChanges = false;
        source.wantPromise();
      }
      return Optional.empty();
    }
    sentChanges = true;
    if (source.isPeer(reader)) {
      source.sent(reader, changes.stream().mapToLong(Bytes::length).sum());
    }
    return Optional.of(new PeerMessage.Changes(changes));
  }

  /** The usual case is the list itself: nothing of it is placed. */
  private List<Bytes> forReader(List<Bytes> changes) {
    return changes.stream().anyMatch(ChangeCodecV1::isPlaced)
        ? changes.stream().map(each -> source.forReader(reader, each)).toList()
        : changes;
  }

  @Override
  public void sent(int bytes, int changeBytes) {
    if (source.isPeer(reader)) {
      source.sentOnWire(reader, bytes, changeBytes);
    }
  }

  /** After the changes it is about, while somebody waits for them to be elsewhere. */
  private Optional<PeerMessage> acksWanted() {
    long received = source.acks().wanted(Acknowledgements.Kind.RECEIVED);
    long applied = source.acks().wanted(Acknowledgements.Kind.APPLIED);
    if (received <= askedReceived && applied <= askedApplied) {
      return Optional.empty();
    }
    askedReceived = Math.max(askedReceived, received);
    askedApplied = Math.max(askedApplied, applied);
    return Optional.of(new PeerMessage.AcksWanted(askedReceived, askedApplied));
  }

  @Override
  public void close() {
    registration.cancel();
    source.closed(this);
    cursor.ifPresent(ChangeFeed.Cursor::close);
    cursor = Optional.empty();
  }
}
