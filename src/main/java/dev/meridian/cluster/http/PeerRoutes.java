package dev.meridian.cluster.http;

import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionVector;
import dev.meridian.cluster.LinkFault;
import dev.meridian.cluster.LinkFaults;
import dev.meridian.cluster.PeerEndpoint;
import dev.meridian.cluster.PeerPast;
import dev.meridian.cluster.PeerProgress;
import dev.meridian.cluster.ReplicaEndpoint;
import dev.meridian.cluster.Topology;
import dev.meridian.document.Bytes;
import dev.meridian.env.Threads;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What peers find under {@code /peer/v1}. Only regions of the topology are served; what they send
 * is checked before anything is done with it. Thread-safe.
 */
public final class PeerRoutes {

  /** A reader changes over to a new stream; one that opens more loses the oldest. */
  private static final int MAX_STREAMS_PER_READER = 3;

  /** Before other routes of the same path, after the stack's own filters (-200 and less). */
  private static final int EARLY = -50;

  private final Topology topology;
  private final PeerEndpoint endpoint;
  private final ReplicaEndpoint replica;
  private final LinkFaults faults;
  private final Threads threads;
  private final HttpSettings settings;
  private final Map<ReplicaId, Deque<ServedStream>> streams = new ConcurrentHashMap<>();
  private volatile boolean closed;

  /**
   * @param replica answers questions about this region's data
   * @param faults a peer that is cut off does not reach this region's status either
   * @param threads reading the log waits for the disk, so streams are fed by virtual threads
   */
  public PeerRoutes(
      Topology topology,
      PeerEndpoint endpoint,
      ReplicaEndpoint replica,
      LinkFaults faults,
      Threads threads,
      HttpSettings settings) {
    this.topology = topology;
    this.endpoint = endpoint;
    this.replica = replica;
    this.faults = faults;
    this.threads = threads;
    this.settings = settings;
  }

  /** Serves what there is under the peers' paths from now on. To be called once for a router. */
  public static void mount(Router router, Supplier<Optional<PeerRoutes>> present) {
    router.get(PeerWire.CHANGES).order(EARLY).handler(to(present, PeerRoutes::changes));
    router.post(PeerWire.PROGRESS).order(EARLY).handler(to(present, PeerRoutes::progress));
    router.post(PeerWire.PAST).order(EARLY).handler(to(present, PeerRoutes::past));
    router.post(PeerWire.ASK).order(EARLY).handler(to(present, PeerRoutes::ask));
    router
        .get(PeerWire.STATUS)
        .order(EARLY)
        .handler(
            context ->
                present.get().ifPresentOrElse(routes -> routes.gate(context), context::next));
    router.route("/peer/v1/*").order(EARLY + 1).handler(to(present, PeerRoutes::nothing));
  }

  /** A region that has nothing to tell yet, or for a while, is asked again. */
  private static Handler<RoutingContext> to(
      Supplier<Optional<PeerRoutes>> present, BiConsumer<PeerRoutes, RoutingContext> handler) {
    return context ->
        present
            .get()
            .filter(routes -> !routes.closed)
            .ifPresentOrElse(
                routes -> handler.accept(routes, context),
                () -> context.response().setStatusCode(503).end());
  }

  /** Serves nothing any more, and ends the streams that are open. */
  public void close() {
    closed = true;
    streams.values().forEach(open -> List.copyOf(open).forEach(ServedStream::close));
  }

  private void nothing(RoutingContext context) {
    refuse(context, 404, "not-found", "there is no such peer endpoint");
  }

  private void changes(RoutingContext context) {
    Optional<ReplicaId> reader = reader(context);
    if (reader.isEmpty()) {
      return;
    }
    VersionVector since;
    Set<ReplicaId> except;
    try {
      since = PeerWire.vector(parameter(context, PeerWire.SINCE));
      except = PeerWire.regions(parameter(context, PeerWire.EXCEPT));
    } catch (IllegalArgumentException malformed) {
      refuse(context, 400, "invalid-cursor", malformed.getMessage());
      return;
    }
    context.response().putHeader("Content-Type", PeerWire.STREAM_TYPE);
    context.response().putHeader("Cache-Control", "no-store").setChunked(true);
    boolean packs = PeerWire.LZ4.equals(context.request().getParam(PeerWire.PACK));
    ServedStream stream =
        new ServedStream(context.response(), threads, settings.maxUnsentBytes(), packs);
    context.response().closeHandler(closed -> end(reader.get(), stream));
    context.response().exceptionHandler(failed -> end(reader.get(), stream));
    begin(reader.get(), stream);
    stream.start(endpoint.openStream(reader.get(), since, except, stream::wake));
  }

  private void begin(ReplicaId reader, ServedStream stream) {
    streams.compute(
        reader,
        (id, open) -> {
          Deque<ServedStream> all = open == null ? new ArrayDeque<>() : open;
          all.add(stream);
          if (all.size() > MAX_STREAMS_PER_READER) {
            all.remove().close();
          }
          return all;
        });
  }

  private void end(ReplicaId reader, ServedStream stream) {
    stream.close();
    streams.computeIfPresent(
        reader,
        (id, open) -> {
          open.remove(stream);
          return open;
        });
  }

  private void progress(RoutingContext context) {
    Optional<ReplicaId> reader = reader(context);
    if (reader.isEmpty()) {
      return;
    }
    if (faults.cut(reader.get(), LinkFault.Direction.IN)) {
      context.request().connection().close();
      return;
    }
    body(context, PeerWire.MAX_VECTOR_BYTES, body -> progress(context, reader.get(), body));
  }

  private void past(RoutingContext context) {
    Optional<ReplicaId> peer = reader(context);
    if (peer.isEmpty()) {
      return;
    }
    if (isCut(peer.get())) {
      context.request().connection().close();
      return;
    }
    endpoint
        .past(peer.get())
        .toCompletableFuture()
        .orTimeout(settings.pastTimeout().toMillis(), TimeUnit.MILLISECONDS)
        .whenComplete((past, failure) -> past(context, past, failure));
  }

  private void past(RoutingContext context, PeerPast past, @Nullable Throwable failure) {
    if (failure != null) {
      refuse(context, 503, "not-ready", "what came before is not written yet: try again");
      return;
    }
    context
        .response()
        .putHeader("Content-Type", PeerWire.PAST_TYPE)
        .end(Buffer.buffer(PeerWire.bytes(past)));
  }

  private boolean isCut(ReplicaId peer) {
    return faults.cut(peer, LinkFault.Direction.IN) || faults.cut(peer, LinkFault.Direction.OUT);
  }

  /**
   * Collects a small body; of one that is longer than {@code maxBytes} somewhat more than that is
   * handed on.
   */
  private static void body(RoutingContext context, int maxBytes, Consumer<Buffer> whole) {
    Buffer early = context.body() == null ? null : context.body().buffer();
    if (early != null) {
      whole.accept(early);
      return;
    }
    HttpServerRequest request = context.request();
    Buffer body = Buffer.buffer();
    request.handler(
        part -> {
          if (body.length() <= maxBytes) {
            body.appendBuffer(part);
          }
        });
    request.endHandler(end -> whole.accept(body));
    request.resume();
  }

  private void ask(RoutingContext context) {
    Optional<ReplicaId> asker = reader(context);
    if (asker.isEmpty()) {
      return;
    }
    if (faults.cut(asker.get(), LinkFault.Direction.IN)) {
      context.request().connection().close();
      return;
    }
    body(context, ReplicaEndpoint.MAX_QUESTION_BYTES, body -> ask(context, asker.get(), body));
  }

  private void ask(RoutingContext context, ReplicaId asker, Buffer body) {
    if (body.length() > ReplicaEndpoint.MAX_QUESTION_BYTES) {
      refuse(context, 413, "body-too-large", "a question of " + body.length() + " bytes");
      return;
    }
    replica
        .answer(asker, new Bytes(body.getBytes()))
        .whenComplete((answer, failure) -> answer(context, asker, answer, failure));
  }

  private void answer(
      RoutingContext context, ReplicaId asker, Bytes answer, @Nullable Throwable failure) {
    if (faults.cut(asker, LinkFault.Direction.OUT)) {
      context.request().connection().close();
    } else if (failure == null) {
      context
          .response()
          .putHeader("Content-Type", PeerWire.ANSWER_TYPE)
          .end(Buffer.buffer().appendBytes(answer.array(), answer.offset(), answer.length()));
    } else if (HttpTransport.cause(failure) instanceof IllegalArgumentException malformed) {
      refuse(context, 400, "invalid-request", HttpTransport.reason(malformed));
    } else {
      refuse(context, 503, "consistency-unavailable", HttpTransport.reason(failure));
    }
  }

  private void progress(RoutingContext context, ReplicaId reader, Buffer body) {
    VersionVector applied;
    try {
      applied = PeerWire.vector(body.getBytes());
    } catch (IllegalArgumentException malformed) {
      refuse(context, 400, "invalid-cursor", malformed.getMessage());
      return;
    }
    PeerProgress ours = endpoint.progress(reader, applied);
    context
        .response()
        .putHeader("Content-Type", PeerWire.VECTOR_TYPE)
        .end(Buffer.buffer(PeerWire.bytes(ours)));
  }

  /** A status question of a peer that is cut off is not answered. */
  private void gate(RoutingContext context) {
    String name = context.request().getHeader(PeerWire.REGION_HEADER);
    boolean cut =
        name != null
            && topology.peers().stream()
                .map(peer -> peer.id())
                .filter(id -> id.value().equals(name))
                .anyMatch(this::isCut);
    if (cut) {
      context.request().connection().close();
    } else {
      context.next();
    }
  }

  /** The peer that asks; empty when it was refused. */
  private Optional<ReplicaId> reader(RoutingContext context) {
    String name = context.request().getHeader(PeerWire.REGION_HEADER);
    if (name == null) {
      refuse(context, 400, "invalid-header", "expected the header " + PeerWire.REGION_HEADER);
      return Optional.empty();
    }
    ReplicaId region;
    try {
      region = new ReplicaId(name);
    } catch (IllegalArgumentException malformed) {
      refuse(context, 400, "invalid-header", malformed.getMessage());
      return Optional.empty();
    }
    if (topology.peer(region).isEmpty()) {
      refuse(
          context,
          403,
          "forbidden",
          "region '" + region + "' is no peer of region '" + topology.self().id() + "'");
      return Optional.empty();
    }
    return Optional.of(region);
  }

  private static String parameter(RoutingContext context, String name) {
    String value = context.request().getParam(name);
    if (value == null) {
      throw new IllegalArgumentException("expected the parameter '" + name + "'");
    }
    return value;
  }

  private void refuse(RoutingContext context, int status, String code, String detail) {
    JsonObject problem =
        new JsonObject()
            .put("type", "about:blank")
            .put("title", code.replace('-', ' '))
            .put("status", status)
            .put("detail", detail)
            .put("instance", context.request().path())
            .put("code", code)
            .put("retryable", false)
            .put("region", topology.self().id().value());
    context
        .response()
        .setStatusCode(status)
        .putHeader("Content-Type", "application/problem+json")
        .end(problem.encode());
  }
}
