package dev.meridian.cluster.http;

import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionVector;
import dev.meridian.cluster.PeerPast;
import dev.meridian.cluster.PeerProgress;
import dev.meridian.cluster.Region;
import dev.meridian.cluster.ReplicaEndpoint;
import dev.meridian.cluster.Transport;
import dev.meridian.cluster.UnsentException;
import dev.meridian.document.Bytes;
import dev.meridian.env.WallClock;
import io.smallrye.faulttolerance.api.TypedGuard;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import jakarta.enterprise.util.TypeLiteral;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.eclipse.microprofile.faulttolerance.exceptions.BulkheadException;

/**
 * Reaches peers over HTTP. Connecting to a stream is tried again for ever with growing, spread
 * pauses; reports and questions are not repeated, but stop for a second after several failed, so
 * that a peer in trouble is left alone. Thread-safe.
 */
public final class HttpTransport implements Transport, AutoCloseable {

  private static final TypeLiteral<CompletionStage<HttpClientResponse>> RESPONSE =
      new TypeLiteral<>() {
        private static final long serialVersionUID = 1L;
      };
  private static final TypeLiteral<CompletionStage<Bytes>> BYTES =
      new TypeLiteral<>() {
        private static final long serialVersionUID = 1L;
      };

  /** Streams to one address at once: one, and those it replaces while they end. */
  private static final int MAX_STREAMS_PER_PEER = 8;

  private static final int MAX_CALLS_PER_PEER = 4;

  /** Connections for questions to one peer, and questions that may wait for one. */
  private static final int MAX_ASKS_PER_PEER = 64;

  private static final int MAX_WAITING_ASKS_PER_PEER = 512;

  private static final int BREAKER_CALLS = 8;
  private static final double BREAKER_FAILED_SHARE = 0.75;
  private static final long BREAKER_PAUSE_MILLIS = 1000;

  private final Vertx vertx;
  private final ReplicaId self;
  private final WallClock clock;
  private final HttpSettings settings;
  private final HttpClient streams;
  private final HttpClient calls;
  private final HttpClient asks;
  private final TypedGuard<CompletionStage<HttpClientResponse>> connecting;
  private final Map<ReplicaId, TypedGuard<CompletionStage<Bytes>>> calling =
      new ConcurrentHashMap<>();
  private final Map<ReplicaId, TypedGuard<CompletionStage<Bytes>>> asking =
      new ConcurrentHashMap<>();

  public HttpTransport(Vertx vertx, ReplicaId self, WallClock clock, HttpSettings settings) {
    this.vertx = vertx;
    this.self = self;
    this.clock = clock;
    this.settings = settings;
    HttpClientOptions options =
        new HttpClientOptions().setConnectTimeout((int) settings.connectTimeout().toMillis());
    streams = client(vertx, options, MAX_STREAMS_PER_PEER);
    calls = client(vertx, options, MAX_CALLS_PER_PEER);
    asks = client(vertx, options, MAX_ASKS_PER_PEER);
    connecting = connectingGuard(settings);
  }

  /** What breaks a connection is told to the requests on it; nobody else needs to hear of it. */
  private static HttpClient client(Vertx vertx, HttpClientOptions options, int maxPerPeer) {
    return vertx
        .httpClientBuilder()
        .with(new HttpClientOptions(options))
        .with(new PoolOptions().setHttp1MaxSize(maxPerPeer))
        .withConnectHandler(connection -> connection.exceptionHandler(broken -> {}))
        .build();
  }

  private static TypedGuard<CompletionStage<HttpClientResponse>> connectingGuard(
      HttpSettings settings) {
    long minMillis = settings.minBackoff().toMillis();
    return TypedGuard.create(RESPONSE)
        .withDescription("peer stream")
        .withRetry()
        .maxRetries(-1)
        .maxDuration(0, ChronoUnit.MILLIS)
        .delay(minMillis, ChronoUnit.MILLIS)
        .jitter(minMillis, ChronoUnit.MILLIS)
        .abortOn(StreamSubscription.Cancelled.class)
        .withExponentialBackoff()
        .maxDelay(settings.maxBackoff().toMillis(), ChronoUnit.MILLIS)
        .done()
        .done()
        .build();
  }

  private static TypedGuard<CompletionStage<Bytes>> callingGuard(ReplicaId peer) {
    return TypedGuard.create(BYTES)
        .withDescription("peer call to " + peer)
        .withBulkhead()
        .limit(MAX_CALLS_PER_PEER)
        .queueSize(MAX_CALLS_PER_PEER)
        .done()
        .withCircuitBreaker()
        .requestVolumeThreshold(BREAKER_CALLS)
        .failureRatio(BREAKER_FAILED_SHARE)
        .delay(BREAKER_PAUSE_MILLIS, ChronoUnit.MILLIS)
        .done()
        .build();
  }

  /** Questions are part of requests: none is held back because others failed. */
  private static TypedGuard<CompletionStage<Bytes>> askingGuard(ReplicaId peer) {
    return TypedGuard.create(BYTES)
        .withDescription("questions to " + peer)
        .withBulkhead()
        .limit(MAX_ASKS_PER_PEER)
        .queueSize(MAX_WAITING_ASKS_PER_PEER)
        .done()
        .build();
  }

  @Override
  public Subscription subscribe(
      Region peer, VersionVector since, Set<ReplicaId> except, ChangeListener listener) {
    RequestOptions options =
        options(HttpMethod.GET, PeerWire.changesUri(peer.url(), since, except));
    StreamSubscription subscription =
        new StreamSubscription(vertx, clock, settings, streams, options, listener);
    subscription.start(connecting);
    return subscription;
  }

  @Override
  public CompletionStage<PeerProgress> reportProgress(Region peer, VersionVector applied) {
    RequestOptions options = options(HttpMethod.POST, PeerWire.uri(peer.url(), PeerWire.PROGRESS));
    options.putHeader("Content-Type", PeerWire.VECTOR_TYPE);
    Buffer body = Buffer.buffer(PeerWire.bytes(applied));
    return guarded(peer, () -> call(calls, options, body, reports()))
        .thenApply(answer -> PeerWire.progress(answer.toArray()));
  }

  @Override
  public CompletionStage<PeerPast> askPast(Region peer) {
    RequestOptions options = options(HttpMethod.POST, PeerWire.uri(peer.url(), PeerWire.PAST));
    Limits limits = new Limits(settings.pastTimeout(), settings.maxStatusBytes());
    // Not guarded: whether the peer can be reached is what has to be known.
    return call(calls, options, Buffer.buffer(), limits)
        .thenApply(answer -> PeerWire.past(answer.toArray()));
  }

  @Override
  public CompletionStage<Bytes> fetchStatus(Region peer) {
    RequestOptions options = options(HttpMethod.GET, PeerWire.uri(peer.url(), PeerWire.STATUS));
    return guarded(peer, () -> call(calls, options, Buffer.buffer(), reports()));
  }

  @Override
  public CompletionStage<Bytes> ask(Region peer, Bytes question, Duration timeout) {
    RequestOptions options = options(HttpMethod.POST, PeerWire.uri(peer.url(), PeerWire.ASK));
    options.putHeader("Content-Type", PeerWire.QUESTION_TYPE);
    Buffer body =
        Buffer.buffer().appendBytes(question.array(), question.offset(), question.length());
    Limits limits = new Limits(timeout, ReplicaEndpoint.MAX_ANSWER_BYTES);
    try {
      return asking
          .computeIfAbsent(peer.id(), HttpTransport::askingGuard)
          .get(() -> call(asks, options, body, limits))
          .exceptionallyCompose(failure -> CompletableFuture.failedFuture(unsentIfHeld(failure)));
    } catch (RuntimeException refused) {
      return CompletableFuture.failedFuture(refused);
    }
  }

  /** What the guard holds back did not get as far as the peer. */
  private static Throwable unsentIfHeld(Throwable failure) {
    return cause(failure) instanceof BulkheadException
        ? new UnsentException("too many questions to the peer are open")
        : failure;
  }

  /** How long to wait for an answer, and how much of one to take. */
  private record Limits(Duration timeout, int maxBytes) {}

  private Limits reports() {
    return new Limits(settings.callTimeout(), settings.maxStatusBytes());
  }

  private RequestOptions options(HttpMethod method, String uri) {
    return new RequestOptions()
        .setMethod(method)
        .setAbsoluteURI(uri)
        .putHeader(PeerWire.REGION_HEADER, self.value());
  }

  private CompletionStage<Bytes> guarded(Region peer, Supplier<CompletionStage<Bytes>> call) {
    try {
      return calling.computeIfAbsent(peer.id(), HttpTransport::callingGuard).get(call);
    } catch (RuntimeException refused) {
      return CompletableFuture.failedFuture(refused);
    }
  }

  private CompletionStage<Bytes> call(
      HttpClient client, RequestOptions options, Buffer body, Limits limits) {
    CompletableFuture<Bytes> result = new CompletableFuture<>();
    Future<HttpClientRequest> requested = client.request(options);
    long timer =
        vertx.setTimer(
            Math.max(1, limits.timeout().toMillis()),
            id -> {
              result.completeExceptionally(
                  requested.isComplete()
                      ? new PeerAnswerException("no answer in time")
                      : new UnsentException("no connection in time"));
              requested.onSuccess(HttpClientRequest::reset);
            });
    requested.onFailure(
        failure -> result.completeExceptionally(new UnsentException(reason(failure))));
    requested
        // Within the step that sends: an answer cannot have ended before its handlers are set.
        .compose(
            request -> request.send(body).onSuccess(response -> collect(response, limits, result)))
        .onFailure(result::completeExceptionally);
    result.whenComplete((answer, failure) -> vertx.cancelTimer(timer));
    return result;
  }

  private static void collect(
      HttpClientResponse response, Limits limits, CompletableFuture<Bytes> result) {
    Buffer body = Buffer.buffer();
    response.exceptionHandler(result::completeExceptionally);
    response.handler(
        part -> {
          if (body.length() + part.length() > limits.maxBytes()) {
            result.completeExceptionally(
                new PeerAnswerException("an answer of more than " + limits.maxBytes() + " bytes"));
            response.request().reset();
          } else {
            body.appendBuffer(part);
          }
        });
    response.endHandler(
        end -> {
          if (response.statusCode() / 100 == 2) {
            result.complete(new Bytes(body.getBytes()));
          } else {
            result.completeExceptionally(
                new PeerAnswerException("the peer answered " + response.statusCode()));
          }
        });
  }

  /** What went wrong below the wrappers of futures. */
  static Throwable cause(Throwable failure) {
    Throwable cause = failure;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }

  /** The message of it. */
  static String reason(Throwable failure) {
    Throwable cause = cause(failure);
    String message = cause.getMessage();
    return message == null ? cause.getClass().getSimpleName() : message;
  }

  @Override
  public void close() {
    streams.close();
    calls.close();
    asks.close();
  }
}
