package dev.meridian.cluster.http;

import dev.meridian.cluster.MalformedMessageException;
import dev.meridian.cluster.PeerMessage;
import dev.meridian.cluster.PeerMessageReader;
import dev.meridian.cluster.SerialQueue;
import dev.meridian.cluster.Transport;
import dev.meridian.env.WallClock;
import io.smallrye.faulttolerance.api.TypedGuard;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.RequestOptions;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * One stream being read over HTTP. When nothing is requested the connection is not read, which
 * holds the sender back. All steps run one after another in a queue of its own.
 */
final class StreamSubscription implements Transport.Subscription {

  private final Vertx vertx;
  private final WallClock clock;
  private final HttpSettings settings;
  private final HttpClient client;
  private final RequestOptions options;
  private final Transport.ChangeListener listener;
  private final SerialQueue steps = new SerialQueue();
  private final PeerMessageReader reader = new PeerMessageReader();
  private Optional<HttpClientResponse> response = Optional.empty();
  private boolean paused = true;
  private int requested;
  private long lastBytesNanos;
  private long watch = -1;
  private volatile boolean over;

  /** Ends the attempts to connect. */
  static final class Cancelled extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Cancelled() {
      super("the subscription was cancelled", null, false, false);
    }
  }

  StreamSubscription(
      Vertx vertx,
      WallClock clock,
      HttpSettings settings,
      HttpClient client,
      RequestOptions options,
      Transport.ChangeListener listener) {
    this.vertx = vertx;
    this.clock = clock;
    this.settings = settings;
    this.client = client;
    this.options = options;
    this.listener = listener;
  }

  void start(TypedGuard<CompletionStage<HttpClientResponse>> connecting) {
    connecting
        .get(this::attempt)
        .whenComplete(
            (answer, failure) ->
                steps.run(
                    () -> {
                      if (failure == null) {
                        opened(answer);
                      } else {
                        end(Optional.of(HttpTransport.reason(failure)));
                      }
                    }));
  }

  /** One attempt to connect; the answer comes paused. */
  private CompletionStage<HttpClientResponse> attempt() {
    CompletableFuture<HttpClientResponse> result = new CompletableFuture<>();
    if (over) {
      result.completeExceptionally(new Cancelled());
      return result;
    }
    var connection = client.request(options);
    long timer =
        vertx.setTimer(
            settings.answerTimeout().toMillis(),
            id -> {
              result.completeExceptionally(new PeerAnswerException("no answer in time"));
              connection.onSuccess(HttpClientRequest::reset);
            });
    connection
        // Within the step that sends: an answer must be paused before its first bytes are handed
        // out.
        .compose(request -> request.send().onSuccess(answer -> taken(answer, result)))
        .onFailure(result::completeExceptionally);
    result.whenComplete(
        (answer, failure) -> {
          vertx.cancelTimer(timer);
          if (failure != null) {
            steps.run(() -> connectFailed(HttpTransport.reason(failure)));
          }
        });
    return result;
  }

  private static void taken(
      HttpClientResponse answer, CompletableFuture<HttpClientResponse> result) {
    answer.pause();
    answer.exceptionHandler(failed -> {}); // until someone takes the answer
    if (answer.statusCode() != 200) {
      answer.request().reset();
      result.completeExceptionally(
          new PeerAnswerException("the peer answered " + answer.statusCode()));
    } else if (!result.complete(answer)) {
      answer.request().reset();
    }
  }

  private void connectFailed(String reason) {
    if (!over) {
      listener.onConnectFailed(reason);
    }
  }

  private void opened(HttpClientResponse answer) {
    if (over) {
      answer.request().reset();
      return;
    }
    response = Optional.of(answer);
    lastBytesNanos = clock.nanos();
    answer.exceptionHandler(
        failure -> steps.run(() -> end(Optional.of(HttpTransport.reason(failure)))));
    answer.endHandler(end -> steps.run(() -> end(Optional.of("the peer ended the stream"))));
    answer.handler(bytes -> steps.run(() -> received(bytes)));
    long period = Math.max(1, settings.silence().toMillis() / 4);
    watch = vertx.setPeriodic(period, id -> steps.run(this::watch));
    advance();
  }

  private void received(Buffer bytes) {
    if (over) {
      return;
    }
    lastBytesNanos = clock.nanos();
    listener.onBytes(bytes.length());
    byte[] chunk = bytes.getBytes();
    reader.feed(chunk, 0, chunk.length);
    advance();
  }

  /** Delivers what was requested; reads the connection while more is. */
  private void advance() {
    try {
      while (requested > 0 && !over) {
        Optional<PeerMessage> message = reader.next();
        if (message.isEmpty()) {
          break;
        }
        requested--;
        listener.onMessage(message.get());
      }
    } catch (MalformedMessageException malformed) {
      end(Optional.of(malformed.getMessage()));
    }
    boolean pause = requested == 0;
    if (response.isPresent() && !over && pause != paused) {
      paused = pause;
      if (pause) {
        response.get().pause();
      } else {
        lastBytesNanos = clock.nanos();
        response.get().resume();
      }
    }
  }

  private void watch() {
    boolean silent = clock.nanos() - lastBytesNanos > settings.silence().toNanos();
    if (!over && !paused && silent) {
      end(Optional.of("no byte came for " + settings.silence().toMillis() + " ms"));
    }
  }

  private void end(Optional<String> reason) {
    if (over) {
      return;
    }
    over = true;
    if (watch >= 0) {
      vertx.cancelTimer(watch);
    }
    response.ifPresent(answer -> answer.request().reset());
    listener.onClosed(reason);
  }

  @Override
  public void request(int messages) {
    steps.run(
        () -> {
          requested += messages;
          if (!over) {
            advance();
          }
        });
  }

  @Override
  public void cancel() {
    steps.run(() -> end(Optional.empty()));
  }
}
