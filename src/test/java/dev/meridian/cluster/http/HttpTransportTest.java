package dev.meridian.cluster.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionVector;
import dev.meridian.cluster.FailureDetector;
import dev.meridian.cluster.FaultyEndpoint;
import dev.meridian.cluster.FaultyTransport;
import dev.meridian.cluster.LinkFault;
import dev.meridian.cluster.LinkFaults;
import dev.meridian.cluster.PeerMessage;
import dev.meridian.cluster.Region;
import dev.meridian.cluster.Topology;
import dev.meridian.cluster.Transport;
import dev.meridian.document.Bytes;
import dev.meridian.document.CollectionName;
import dev.meridian.document.DocumentId;
import dev.meridian.document.Precondition;
import dev.meridian.engine.LogStructuredEngine;
import dev.meridian.engine.Mutation;
import dev.meridian.engine.Outcome;
import dev.meridian.env.SystemEnvironment;
import dev.meridian.replication.HintSettings;
import dev.meridian.replication.HintedHandoff;
import dev.meridian.replication.LinkSnapshot;
import dev.meridian.replication.LinkState;
import dev.meridian.replication.OwnPast;
import dev.meridian.replication.PastInquiry;
import dev.meridian.replication.Replication;
import dev.meridian.replication.ReplicationSettings;
import dev.meridian.simulation.Contents;
import dev.meridian.simulation.RegionDisk;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Real servers and clients on loopback; regions over stores in memory. */
@Timeout(60)
class HttpTransportTest {

  private static final ReplicaId EU = new ReplicaId("eu");
  private static final ReplicaId US = new ReplicaId("us");
  private static final LinkFault DROP = new LinkFault(true, Duration.ZERO, Duration.ZERO, 0);

  private final SystemEnvironment environment = new SystemEnvironment();
  private final Vertx vertx = Vertx.vertx();
  private final Map<ReplicaId, Node> nodes = new HashMap<>();

  /** A region with its server; its peers are known once all servers listen. */
  private final class Node {
    final ReplicaId id;
    final Router router = Router.router(vertx);
    final HttpServer server;
    final LogStructuredEngine engine;
    final LinkFaults faults = new LinkFaults(environment, environment);
    Replication replication;
    HttpTransport transport;

    Node(ReplicaId id) {
      this.id = id;
      this.engine = store(id);
      this.server = await(vertx.createHttpServer().requestHandler(router).listen(0, "127.0.0.1"));
    }

    private LogStructuredEngine store(ReplicaId region) {
      try {
        return new RegionDisk(environment.random())
            .open(region, Set.of(EU, US), environment, environment);
      } catch (IOException failed) {
        throw new UncheckedIOException(failed);
      }
    }

    Region region() {
      return HttpTransportTest.region(id, server.actualPort());
    }

    void start(Region... peers) {
      Topology topology = new Topology(region(), List.of(peers));
      transport = new HttpTransport(vertx, id, environment, HttpSettings.defaults());
      replication =
          new Replication(
              new Replication.Parts(
                  topology,
                  engine,
                  false,
                  new FaultyTransport(
                      transport, faults, environment, environment, environment.random()),
                  new FailureDetector(environment, FailureDetector.Settings.defaults()),
                  environment,
                  environment,
                  environment.random(),
                  noHints(environment),
                  ReplicationSettings.defaults()));
      FaultyEndpoint endpoint =
          new FaultyEndpoint(
              replication.endpoint(), faults, environment, environment, environment.random());
      PeerRoutes routes =
          new PeerRoutes(
              topology,
              endpoint,
              (asker, question) -> CompletableFuture.completedFuture(question),
              faults,
              environment,
              HttpSettings.defaults());
      PeerRoutes.mount(router, () -> Optional.of(routes));
      router
          .get("/v1/cluster")
          .handler(context -> context.end(new JsonObject().put("region", id.value()).encode()));
      replication.start();
    }

    void write(int count, int bytes) {
      for (int i = 0; i < count; i++) {
        CompletableFuture<List<Outcome>> done = new CompletableFuture<>();
        engine.apply(
            List.of(
                new Mutation.Put(
                    new CollectionName("c"),
                    new DocumentId("d" + i),
                    Bytes.utf8("{\"x\":\"" + "y".repeat(bytes) + "\"}"),
                    Precondition.NONE,
                    "")),
            done::complete);
        assertInstanceOf(Outcome.Applied.class, done.join().getFirst());
      }
    }
  }

  private static Region region(ReplicaId id, int port) {
    return new Region(id, URI.create("http://127.0.0.1:" + port), 0, 0, "");
  }

  private Node node(ReplicaId id) {
    Node node = new Node(id);
    nodes.put(id, node);
    return node;
  }

  @AfterEach
  void stop() throws IOException {
    for (Node node : nodes.values()) {
      if (node.replication != null) {
        node.replication.stop();
        node.transport.close();
      }
      node.engine.close();
    }
    await(vertx.close());
    environment.close();
  }

  @Test
  void regionsExchangeChangesBothWays() throws Exception {
    Node eu = node(EU);
    Node us = node(US);
    eu.start(us.region());
    us.start(eu.region());
    eu.write(300, 20);
    us.write(200, 20);
    until(() -> us.engine.vector().equals(VersionVector.of(EU, 300).with(US, 200)));
    until(() -> eu.engine.vector().equals(us.engine.vector()));
    assertEquals(Contents.newest(eu.engine), Contents.newest(us.engine));
    until(() -> eu.replication.outbound().getFirst().pendingChanges() == 0);
    assertEquals(LinkState.STREAMING, us.replication.links().getFirst().state());
    until(() -> us.replication.staleness().toMillis() < 2000);

    Bytes status = eu.transport.fetchStatus(us.region()).toCompletableFuture().get();
    assertEquals("{\"region\":\"us\"}", status.utf8());
  }

  @Test
  void aRegionThatBeginsAnewIsToldItsPast() throws Exception {
    Node eu = node(EU);
    Node us = node(US);
    eu.start(us.region());
    us.start(eu.region());
    us.write(200, 20);
    until(() -> us.engine.vector().get(US) == 200 && us.engine.vector().equals(eu.engine.vector()));
    until(() -> eu.replication.staleness().toMillis() < 2000);
    PastInquiry inquiry = us.replication.pastInquiry();
    inquiry.ask().toCompletableFuture().get();
    OwnPast known = inquiry.known();
    assertEquals(Set.of(), inquiry.missing());
    assertEquals(200, known.changes());
    assertEquals(eu.engine.vector(), known.all());
    assertTrue(known.promised().isAfter(HlcTimestamp.ZERO));
    us.write(1, 20);
    until(() -> eu.engine.vector().get(US) == 201); // by a new stream
    us.faults.set(EU, DROP, EnumSet.of(LinkFault.Direction.IN), Duration.ofMinutes(1));
    PastInquiry cut = us.replication.pastInquiry();
    cut.ask().toCompletableFuture().get();
    assertEquals(Set.of(EU), cut.silent(), "the answer was lost");
    us.faults.clear(EU);
    await(eu.server.close());
    PastInquiry gone = us.replication.pastInquiry();
    gone.ask().toCompletableFuture().get();
    assertEquals(Set.of(EU), gone.missing());
    assertEquals(Set.of(), gone.silent(), "it cannot be reached");
  }

  @Test
  void documentsOfMegabytesCatchUp() {
    Node eu = node(EU);
    eu.write(40, 1 << 20);
    Node us = node(US);
    eu.start(us.region());
    us.start(eu.region());
    until(() -> us.engine.vector().get(EU) == 40);
  }

  @Test
  void batchesArePackedOnTheWireAndCountedAsTheyAreThere() {
    Node eu = node(EU);
    Node us = node(US);
    eu.write(2000, 400);
    until(() -> eu.engine.vector().get(EU) == 2000);
    eu.start(us.region());
    us.start(eu.region());
    until(() -> us.engine.vector().get(EU) == 2000);
    assertEquals(Contents.newest(eu.engine), Contents.newest(us.engine));
    LinkSnapshot in = us.replication.links().getFirst();
    assertTrue(in.bytesIn() > 2000 * 400, "plain: " + in.bytesIn());
    assertTrue(in.figures().wireBytesIn() < in.bytesIn() / 4, "wire: " + in.figures());
    LinkSnapshot out = eu.replication.links().getFirst();
    assertTrue(out.figures().sent().wire() >= in.figures().wireBytesIn());
    assertEquals(in.bytesIn(), out.figures().sent().changes());
  }

  @Test
  void aReaderThatDoesNotAskForPackingGetsPlainBatches() throws Exception {
    Node eu = node(EU);
    eu.write(100, 400);
    until(() -> eu.engine.vector().get(EU) == 100);
    eu.start(region(US, 1));
    for (String pack : List.of("", "&pack=lz4", "&pack=other")) {
      byte[] start = firstBytes(eu, "/peer/v1/changes?since=AA&except=" + pack, 2000);
      String text = new String(start, StandardCharsets.ISO_8859_1);
      // Literally, the body of the first document is in both; that of the second only in a plain
      // one.
      boolean plain = text.split("y{400}", -1).length > 2;
      assertEquals(!pack.equals("&pack=lz4"), plain, pack);
    }
  }

  private byte[] firstBytes(Node node, String path, int bytes) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(node.region().url() + path))
              .header("Meridian-Region", "us")
              .build();
      try (InputStream in =
          client.send(request, HttpResponse.BodyHandlers.ofInputStream()).body()) {
        return in.readNBytes(bytes);
      }
    }
  }

  @Test
  void aPeerThatComesLateIsFoundByItself() {
    Node eu = node(EU);
    Node us = node(US);
    int port = us.server.actualPort();
    await(us.server.close());
    eu.start(region(US, port));
    until(() -> eu.replication.links().getFirst().retries() >= 3);
    Node back = new Node(US);
    HttpServer again =
        await(vertx.createHttpServer().requestHandler(back.router).listen(port, "127.0.0.1"));
    back.start(eu.region());
    nodes.put(US, back);
    back.write(1, 1);
    until(() -> eu.engine.vector().get(US) == 1);
    await(again.close());
    until(() -> eu.replication.links().getFirst().state() != LinkState.STREAMING);
  }

  @Test
  void aCutLinkStallsAndResumesBothSides() {
    Node eu = node(EU);
    Node us = node(US);
    eu.start(us.region());
    us.start(eu.region());
    eu.write(1, 1);
    until(() -> us.engine.vector().get(EU) == 1);
    eu.faults.set(US, DROP, EnumSet.of(LinkFault.Direction.OUT), Duration.ofMinutes(1));
    eu.write(1, 1);
    us.write(1, 1);
    until(() -> eu.engine.vector().get(US) == 1);
    until(() -> us.replication.links().getFirst().state() != LinkState.STREAMING);
    assertEquals(1, us.engine.vector().get(EU));
    eu.faults.clear(US);
    until(() -> us.engine.vector().get(EU) == 2);
  }

  @Test
  void whoIsNoPeerIsRefused() throws Exception {
    Node eu = node(EU);
    eu.start();
    assertRefused(eu, "GET", "/peer/v1/changes?since=AA&except=", "us", 403, "forbidden");
    assertRefused(eu, "POST", "/peer/v1/progress", "us", 403, "forbidden");
    assertRefused(eu, "POST", "/peer/v1/past", "us", 403, "forbidden");
    assertRefused(eu, "GET", "/peer/v1/changes?since=AA&except=", "", 400, "invalid-header");
    assertRefused(eu, "GET", "/peer/v1/changes?since=AA&except=", "U!", 400, "invalid-header");
    assertRefused(eu, "GET", "/peer/v1/other", "us", 404, "not-found");
  }

  @Test
  void malformedRequestsAreRefused() throws Exception {
    Node eu = node(EU);
    eu.start(region(US, 1));
    String changes = "/peer/v1/changes";
    for (String query :
        List.of(
            "",
            "?since=AA",
            "?except=",
            "?since=%21&except=",
            "?since=AQ&except=",
            "?since=AAA&except=",
            "?since=" + "A".repeat(3000) + "&except=",
            "?since=AA&except=U",
            "?since=AA&except=" + "a,".repeat(20))) {
      assertRefused(eu, "GET", changes + query, "us", 400, "invalid-cursor");
    }
    assertRefused(eu, "POST", "/peer/v1/progress", "us", 400, "invalid-cursor");
  }

  private void assertRefused(
      Node node, String method, String path, String region, int status, String code)
      throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(URI.create(node.region().url() + path))
              .method(method, HttpRequest.BodyPublishers.noBody());
      if (!region.isEmpty()) {
        request.header("Meridian-Region", region);
      }
      HttpResponse<String> answer =
          client.send(request.build(), HttpResponse.BodyHandlers.ofString());
      JsonObject problem = new JsonObject(answer.body());
      assertEquals(status, answer.statusCode(), path);
      assertEquals(code, problem.getString("code"), path);
      assertEquals(
          "application/problem+json", answer.headers().firstValue("Content-Type").orElseThrow());
    }
  }

  @Test
  void nothingIsDeliveredThatWasNotRequested() throws Exception {
    Node eu = node(EU);
    eu.write(20, 200_000);
    until(() -> eu.engine.vector().get(EU) == 20);
    eu.start(region(US, 1));
    Recorder recorder = new Recorder();
    try (HttpTransport transport =
        new HttpTransport(vertx, US, environment, HttpSettings.defaults())) {
      Transport.Subscription stream =
          transport.subscribe(eu.region(), VersionVector.of(EU, 2), Set.of(), recorder);
      stream.request(1);
      assertTrue(recorder.take() instanceof PeerMessage.Hello);
      int changes = 0;
      while (changes < 18) {
        assertTrue(recorder.messages.isEmpty());
        stream.request(1);
        if (recorder.take() instanceof PeerMessage.Changes(List<Bytes> batch)) {
          changes += batch.size();
        }
      }
      stream.cancel();
      assertTrue(recorder.closed.await(10, TimeUnit.SECONDS));
      assertEquals(Optional.empty(), recorder.reason);
      until(() -> eu.replication.outbound().getFirst().streams() == 0);
    }
  }

  @Test
  void aStreamOfGarbageOrSilenceIsBroken() throws Exception {
    Router router = Router.router(vertx);
    List<HttpServerResponse> silent = new ArrayList<>();
    router
        .get("/peer/v1/changes")
        .handler(
            context -> {
              HttpServerResponse response = context.response().setChunked(true);
              if (context.request().getHeader("Meridian-Region").equals("us")) {
                response.write("this is no frame of ours at all");
              } else {
                response.write("\0");
                silent.add(response);
              }
            });
    router
        .route(HttpMethod.GET, "/v1/cluster")
        .handler(context -> context.end("x".repeat((1 << 20) + 1)));
    HttpServer server =
        await(vertx.createHttpServer().requestHandler(router).listen(0, "127.0.0.1"));
    Region peer = region(EU, server.actualPort());
    for (ReplicaId reader : List.of(US, new ReplicaId("ap"))) {
      try (HttpTransport transport =
          new HttpTransport(vertx, reader, environment, HttpSettings.defaults())) {
        Recorder recorder = new Recorder();
        transport.subscribe(peer, VersionVector.EMPTY, Set.of(), recorder).request(1);
        assertTrue(recorder.closed.await(10, TimeUnit.SECONDS));
        String expected = reader.equals(US) ? "a frame of" : "no byte came";
        assertTrue(recorder.reason.orElseThrow().startsWith(expected), recorder.reason.get());
        ExecutionException tooLarge =
            assertThrows(
                ExecutionException.class,
                () -> transport.fetchStatus(peer).toCompletableFuture().get());
        assertTrue(tooLarge.getCause() instanceof PeerAnswerException);
      }
    }
    assertFalse(silent.isEmpty());
  }

  /** Keeps what it hears. */
  private static final class Recorder implements Transport.ChangeListener {
    final BlockingQueue<PeerMessage> messages = new LinkedBlockingQueue<>();
    final CountDownLatch closed = new CountDownLatch(1);
    final LongAdder bytes = new LongAdder();
    volatile Optional<String> reason = Optional.empty();

    PeerMessage take() throws InterruptedException {
      PeerMessage message = messages.poll(10, TimeUnit.SECONDS);
      if (message == null) {
        throw new AssertionError("nothing came");
      }
      return message;
    }

    @Override
    public void onConnectFailed(String why) {}

    @Override
    public void onBytes(int came) {
      bytes.add(came);
    }

    @Override
    public void onMessage(PeerMessage message) {
      messages.add(message);
    }

    @Override
    public void onClosed(Optional<String> why) {
      reason = why;
      closed.countDown();
    }
  }

  private static <T> T await(io.vertx.core.Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    } catch (Exception failed) {
      throw new AssertionError(failed);
    }
  }

  /** Waits for what other threads bring about; the test's time limit ends it. */
  private void until(BooleanSupplier condition) {
    CountDownLatch reached = new CountDownLatch(1);
    var timer =
        environment.every(
            Duration.ofMillis(5),
            () -> {
              if (condition.getAsBoolean()) {
                reached.countDown();
              }
            });
    try {
      if (!reached.await(20, TimeUnit.SECONDS)) {
        throw new AssertionError("did not come about");
      }
    } catch (InterruptedException stopped) {
      throw new AssertionError(stopped);
    } finally {
      timer.cancel();
    }
  }

  private static HintedHandoff noHints(SystemEnvironment environment) {
    try {
      return HintedHandoff.open(
          Path.of("target", "no-hints"), HintSettings.defaults(), environment);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }
}
