package dev.meridian.simulation;

import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionVector;
import dev.meridian.cluster.MalformedMessageException;
import dev.meridian.cluster.OutboundStream;
import dev.meridian.cluster.PeerEndpoint;
import dev.meridian.cluster.PeerMessage;
import dev.meridian.cluster.PeerMessageCodecV1;
import dev.meridian.cluster.PeerMessageReader;
import dev.meridian.cluster.PeerPast;
import dev.meridian.cluster.PeerProgress;
import dev.meridian.cluster.Region;
import dev.meridian.cluster.ReplicaEndpoint;
import dev.meridian.cluster.StreamBrokenException;
import dev.meridian.cluster.Transport;
import dev.meridian.cluster.UnsentException;
import dev.meridian.document.Bytes;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;

/**
 * Carries messages between the regions of one process as real bytes, cut anywhere, after random
 * delays. Each direction of each link can be cut: what is under way then stalls, or breaks. Beyond
 * what a stream may do, batches of changes can come twice or overtake each other. One thread.
 */
public final class SimulatedNetwork {

  private static final int MAX_UNREAD = 4;

  /** A report that is repeated comes again at most so much later. */
  private static final Duration REPEATED_WITHIN = Duration.ofSeconds(1);

  /** Whoever asks for its past waits no longer. */
  private static final Duration NO_ANSWER = Duration.ofSeconds(2);

  private final SimulatedTime time;
  private final RandomGenerator random;
  private final Map<ReplicaId, PeerEndpoint> endpoints = new HashMap<>();
  private final Map<ReplicaId, ReplicaEndpoint> replicas = new HashMap<>();
  private final Set<Way> cuts = new HashSet<>();
  private final List<Stream> streams = new ArrayList<>();
  private final Map<Way, VersionVector> lastSince = new HashMap<>();

  private final UnaryOperator<PeerMessage> altered;
  private int disorderPercent;

  /** What {@code from} sends to {@code to}. */
  public record Way(ReplicaId from, ReplicaId to) {}

  /**
   * @param altered what becomes of the messages of streams
   */
  SimulatedNetwork(SimulatedTime time, RandomGenerator random, UnaryOperator<PeerMessage> altered) {
    this.time = time;
    this.random = random;
    this.altered = altered;
  }

  public void attach(ReplicaId region, PeerEndpoint endpoint) {
    endpoints.put(region, endpoint);
  }

  /** What a region answers about its data, until it is detached. */
  public void attach(ReplicaId region, ReplicaEndpoint replica) {
    replicas.put(region, replica);
  }

  /** The region's process is gone; so are its connections. */
  public void detach(ReplicaId region) {
    endpoints.remove(region);
    replicas.remove(region);
    lastSince.keySet().removeIf(way -> way.to().equals(region));
    List.copyOf(streams).stream()
        .filter(stream -> stream.way.from().equals(region) || stream.way.to().equals(region))
        .forEach(stream -> stream.close(Optional.of("connection reset")));
  }

  /** Nothing gets from one to the other; streams stall, or break at once. */
  public void cut(Way way, boolean breaks) {
    cuts.add(way);
    if (breaks) {
      breakStreams(way);
    }
  }

  public void heal(Way way) {
    cuts.remove(way);
    List.copyOf(streams).forEach(Stream::wake);
  }

  public void healAll() {
    cuts.clear();
    List.copyOf(streams).forEach(Stream::wake);
  }

  /** So many of the batches come twice or overtake the one before; so many reports come again. */
  public void disorder(int percent) {
    disorderPercent = percent;
  }

  private boolean disorders() {
    return disorderPercent > 0 && random.nextInt(100) < disorderPercent;
  }

  /** Connections break; new ones are possible. */
  public void breakStreams(Way way) {
    List.copyOf(streams).stream()
        .filter(stream -> stream.way.equals(way))
        .forEach(stream -> stream.close(Optional.of("connection reset")));
  }

  /** How {@code self} reaches the others. */
  public Transport transport(ReplicaId self) {
    return new Transport() {
      @Override
      public Subscription subscribe(
          Region peer, VersionVector since, Set<ReplicaId> except, ChangeListener listener) {
        Stream stream = new Stream(new Way(peer.id(), self), since, except, listener);
        VersionVector before = lastSince.put(stream.way, since);
        if (before != null && !since.covers(before)) {
          throw new AssertionError("the cursor went back from " + before + " to " + since);
        }
        streams.add(stream);
        time.after(delay(), stream::connect);
        return stream;
      }

      @Override
      public CompletionStage<PeerProgress> reportProgress(Region peer, VersionVector applied) {
        CompletableFuture<PeerProgress> done = new CompletableFuture<>();
        time.after(
            delay(),
            () -> {
              PeerEndpoint endpoint = endpoints.get(peer.id());
              if (endpoint == null || cuts.contains(new Way(self, peer.id()))) {
                done.completeExceptionally(new IOException("unreachable"));
              } else {
                PeerProgress theirs = endpoint.progress(self, applied);
                if (disorders()) {
                  reportAgain(peer.id(), applied);
                }
                time.after(delay(), () -> done.complete(theirs));
              }
            });
        return done;
      }

      @Override
      public CompletionStage<PeerPast> askPast(Region peer) {
        CompletableFuture<PeerPast> done = new CompletableFuture<>();
        time.after(
            NO_ANSWER, () -> done.completeExceptionally(new IOException("no answer in time")));
        time.after(
            delay(),
            () -> {
              PeerEndpoint endpoint = endpoints.get(peer.id());
              if (endpoint == null || cuts.contains(new Way(self, peer.id()))) {
                done.completeExceptionally(new UnsentException("unreachable"));
              } else {
                endpoint
                    .past(self)
                    .thenAccept(past -> time.after(delay(), () -> answered(peer.id(), past, done)));
              }
            });
        return done;
      }

      private void answered(ReplicaId peer, PeerPast past, CompletableFuture<PeerPast> done) {
        if (!cuts.contains(new Way(peer, self))) {
          done.complete(past);
        }
      }

      private void reportAgain(ReplicaId peer, VersionVector applied) {
        time.after(
            Duration.ofNanos(random.nextLong(REPEATED_WITHIN.toNanos())),
            () -> {
              PeerEndpoint endpoint = endpoints.get(peer);
              if (endpoint != null) {
                endpoint.progress(self, applied);
              }
            });
      }

      @Override
      public CompletionStage<Bytes> ask(Region peer, Bytes question, Duration timeout) {
        CompletableFuture<Bytes> done = new CompletableFuture<>();
        time.after(timeout, () -> done.completeExceptionally(new IOException("no answer in time")));
        time.after(delay(), () -> question(peer.id(), question, done));
        return done;
      }

      private void question(ReplicaId peer, Bytes question, CompletableFuture<Bytes> done) {
        ReplicaEndpoint endpoint = replicas.get(peer);
        if (endpoint == null || cuts.contains(new Way(self, peer))) {
          return; // lost: the asker's time runs out
        }
        endpoint
            .answer(self, question)
            .whenComplete(
                (answer, failure) ->
                    time.after(
                        delay(),
                        () -> {
                          if (cuts.contains(new Way(peer, self))) {
                            return;
                          }
                          if (failure == null) {
                            done.complete(answer);
                          } else {
                            done.completeExceptionally(failure);
                          }
                        }));
      }

      @Override
      public CompletionStage<Bytes> fetchStatus(Region peer) {
        return CompletableFuture.failedFuture(new IOException("no status here"));
      }
    };
  }

  private Duration delay() {
    return Duration.ofNanos(100_000 + random.nextLong(5_000_000));
  }

  private final class Stream implements Transport.Subscription {
    private final Way way;
    private final VersionVector since;
    private final Set<ReplicaId> except;
    private final Transport.ChangeListener listener;
    private final PeerMessageReader reader = new PeerMessageReader();
    private final Deque<byte[]> underWay = new ArrayDeque<>();
    private final Deque<PeerMessage> arrived = new ArrayDeque<>();
    private Optional<OutboundStream> source = Optional.empty();
    private int requested;
    private boolean closed;
    private boolean waking;
    private long lastArrivalNanos;

    Stream(Way way, VersionVector since, Set<ReplicaId> except, Transport.ChangeListener listener) {
      this.way = way;
      this.since = since;
      this.except = except;
      this.listener = listener;
    }

    void connect() {
      if (closed) {
        return;
      }
      PeerEndpoint endpoint = endpoints.get(way.from());
      if (endpoint == null || cuts.contains(way)) {
        listener.onConnectFailed("unreachable");
        time.after(Duration.ofMillis(50 + random.nextInt(200)), this::connect);
        return;
      }
      source = Optional.of(endpoint.openStream(way.to(), since, except, this::wake));
      wake();
    }

    void wake() {
      if (!waking && !closed) {
        waking = true;
        time.after(
            Duration.ofNanos(random.nextLong(200_000)),
            () -> {
              waking = false;
              pump();
            });
      }
    }

    private void pump() {
      if (closed || source.isEmpty() || cuts.contains(way)) {
        return;
      }
      try {
        while (arrived.size() + underWay.size() < MAX_UNREAD) {
          List<PeerMessage> messages = source.get().next();
          if (messages.isEmpty()) {
            break;
          }
          messages.forEach(this::send);
        }
      } catch (StreamBrokenException over) {
        close(Optional.of("connection reset"));
      }
      deliver();
    }

    private void send(PeerMessage message) {
      byte[] frame = PeerMessageCodecV1.encode(altered.apply(message));
      underWay.add(frame);
      long at = Math.max(lastArrivalNanos, time.nanos() + delay().toNanos());
      lastArrivalNanos = at;
      time.after(Duration.ofNanos(at - time.nanos()), this::arrive);
    }

    private void arrive() {
      if (closed || underWay.isEmpty()) {
        return;
      }
      byte[] frame = underWay.remove();
      try {
        for (int at = 0; at < frame.length; ) {
          int length = Math.min(frame.length - at, 1 + random.nextInt(200));
          reader.feed(frame, at, length);
          at += length;
          reader.next().ifPresent(this::came);
        }
      } catch (MalformedMessageException malformed) {
        throw new AssertionError(malformed);
      }
      deliver();
    }

    private void came(PeerMessage message) {
      boolean disordered = message instanceof PeerMessage.Changes && disorders();
      if (disordered && arrived.peekLast() instanceof PeerMessage.Changes before) {
        arrived.removeLast();
        arrived.add(message);
        arrived.add(before);
      } else {
        arrived.add(message);
        if (disordered) {
          arrived.add(message);
        }
      }
    }

    private void deliver() {
      while (requested > 0 && !closed && !cuts.contains(way) && !arrived.isEmpty()) {
        requested--;
        listener.onMessage(arrived.remove());
        wake();
      }
    }

    void close(Optional<String> reason) {
      if (!closed) {
        closed = true;
        streams.remove(this);
        source.ifPresent(OutboundStream::close);
        listener.onClosed(reason);
      }
    }

    @Override
    public void request(int messages) {
      requested += messages;
      time.after(Duration.ZERO, this::deliver);
    }

    @Override
    public void cancel() {
      close(Optional.empty());
    }
  }
}
