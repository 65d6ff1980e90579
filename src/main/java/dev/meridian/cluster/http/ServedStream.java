package dev.meridian.cluster.http;

import dev.meridian.cluster.OutboundStream;
import dev.meridian.cluster.PeerMessage;
import dev.meridian.cluster.PeerMessageCodecV1;
import dev.meridian.cluster.StreamBrokenException;
import dev.meridian.env.Threads;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One stream being served over HTTP: each wake starts a virtual thread, unless one is at it
 * already, that sends what there is until the reader's connection takes no more. The response's
 * head goes out with the first message.
 */
final class ServedStream {

  private static final System.Logger LOG = System.getLogger(ServedStream.class.getName());

  private final HttpServerResponse response;
  private final Threads threads;
  private final long maxUnsentBytes;
  private final boolean packs;
  private final AtomicInteger wakes = new AtomicInteger();
  private final AtomicLong unsentBytes = new AtomicLong();
  private volatile boolean closing;
  private volatile State state = new State.Opening();

  private sealed interface State {
    record Opening() implements State {}

    record Open(OutboundStream stream) implements State {}

    record Closed() implements State {}
  }

  /**
   * @param packs whether the reader can unpack
   */
  ServedStream(HttpServerResponse response, Threads threads, long maxUnsentBytes, boolean packs) {
    this.response = response;
    this.threads = threads;
    this.maxUnsentBytes = maxUnsentBytes;
    this.packs = packs;
  }

  void start(OutboundStream stream) {
    state = new State.Open(stream);
    wake();
  }

  /** There may be something to send. Any thread; does not block. */
  void wake() {
    if (wakes.getAndIncrement() == 0) {
      threads.startVirtual("meridian-stream", this::run);
    }
  }

  /** Ends the stream; idempotent. */
  void close() {
    closing = true;
    wake();
  }

  private void run() {
    int seen;
    do {
      seen = wakes.get();
      if (state instanceof State.Open(OutboundStream stream)) {
        advance(stream);
      }
    } while (!wakes.compareAndSet(seen, 0));
  }

  private void advance(OutboundStream stream) {
    try {
      while (!closing && unsentBytes.get() < maxUnsentBytes) {
        List<PeerMessage> messages = stream.next();
        if (messages.isEmpty()) {
          return;
        }
        write(messages, stream);
      }
    } catch (StreamBrokenException over) {
      closing = true;
    } catch (RuntimeException fault) {
      LOG.log(System.Logger.Level.ERROR, "a stream to a peer failed", fault);
      closing = true;
    }
    if (closing) {
      state = new State.Closed();
      stream.close();
      response.reset();
    }
  }

  /** In one go: what is sent together arrives together. */
  private void write(List<PeerMessage> messages, OutboundStream stream) {
    Buffer frames = Buffer.buffer();
    int changeBytes = 0;
    for (PeerMessage message : messages) {
      byte[] frame = encode(message);
      frames.appendBytes(frame);
      changeBytes += message instanceof PeerMessage.Changes ? frame.length : 0;
    }
    int length = frames.length();
    stream.sent(length, changeBytes);
    unsentBytes.addAndGet(length);
    response
        .write(frames)
        .onComplete(
            written -> {
              long before = unsentBytes.getAndAdd(-length);
              if (written.failed()) {
                close();
              } else if (before >= maxUnsentBytes) {
                wake();
              }
            });
  }

  private byte[] encode(PeerMessage message) {
    return packs ? PeerMessageCodecV1.encodePacked(message) : PeerMessageCodecV1.encode(message);
  }
}
