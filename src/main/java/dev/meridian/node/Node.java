package dev.meridian.node;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.meridian.clock.ReplicaId;
import dev.meridian.cluster.LinkFaults;
import dev.meridian.cluster.Region;
import dev.meridian.cluster.Topology;
import dev.meridian.cluster.http.PeerRoutes;
import dev.meridian.engine.DirectoryLock;
import dev.meridian.engine.LogStructuredEngine;
import dev.meridian.env.SystemEnvironment;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.validation.Validator;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Starts a region and stops it. The only place that builds its parts. */
@ApplicationScoped
public class Node {

  private static final System.Logger LOG = System.getLogger(Node.class.getName());
  private static final int EARLY = 100;

  /** A start that takes longer goes on in the background. */
  private static final Duration SOON = Duration.ofSeconds(2);

  private static final Duration LOOK_FOR_CONFLICTS_EVERY = Duration.ofSeconds(2);
  private static final Duration LOOK_FOR_PEERS_EVERY = Duration.ofSeconds(2);
  private static final Duration LOOK_AGAIN_AFTER_OBSTACLE = Duration.ofMinutes(5);
  private static final Duration STOP_WAIT = Duration.ofSeconds(5);

  private static final Set<NodeState.Stage> TALKING =
      Set.of(NodeState.Stage.RECOVERING, NodeState.Stage.FILLING, NodeState.Stage.RUNNING);

  private final NodeConfig config;
  private final NodeState state;
  private final MeterRegistry metrics;
  private final Vertx vertx;
  private final ObjectMapper json;
  private final Validator validator;
  private final String host;
  private final int port;
  private final SystemEnvironment environment = new SystemEnvironment();
  private final LinkFaults faults = new LinkFaults(environment, environment);
  private volatile CountDownLatch opened = new CountDownLatch(1);
  private final AtomicBoolean looking = new AtomicBoolean();
  private volatile DirectoryLock lock;
  private volatile Life life;
  private String obstacle = "";

  @Inject
  Node(
      NodeConfig config,
      NodeState state,
      MeterRegistry metrics,
      Vertx vertx,
      ObjectMapper json,
      Validator validator,
      @ConfigProperty(name = "quarkus.http.host") String host,
      @ConfigProperty(name = "quarkus.http.port") int port) {
    this.config = config;
    this.state = state;
    this.metrics = metrics;
    this.vertx = vertx;
    this.json = json;
    this.validator = validator;
    this.host = host;
    this.port = port;
  }

  void routes(@Observes Router router) {
    PeerRoutes.mount(router, () -> Optional.ofNullable(life).map(each -> each.parts().routes()));
  }

  void start(@Observes @Priority(EARLY) StartupEvent event) {
    try {
      state.progress("reading the log");
      SettingsCheck.of(config).check(validator);
      Life.Edges edges = new Life.Edges(config, topology(), faults, environment, vertx, json);
      lock = DirectoryLock.acquire(config.dataDir());
      environment.startWorker("meridian-start", () -> begin(edges));
      opened.await(SOON.toMillis(), TimeUnit.MILLISECONDS);
    } catch (IOException | IllegalArgumentException refused) {
      refuse(refused);
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
    }
  }

  /** On a thread of its own: a long replay or copy is told by the health checks meanwhile. */
  private void begin(Life.Edges edges) {
    try {
      Life first = new Life(edges, state);
      first.open();
      life = first;
      NodeAssembly.produceAll();
      NodeMetrics.register(metrics, this);
      ConflictMetrics conflicts = new ConflictMetrics(metrics, this);
      environment.every(LOOK_FOR_CONFLICTS_EVERY, conflicts::refresh);
      environment.every(LOOK_FOR_PEERS_EVERY, () -> lookForPeers(edges));
      first.run();
    } catch (IOException | RuntimeException refused) {
      refuse(refused);
    } finally {
      opened.countDown();
    }
  }

  /** A region that runs may be cut off for longer than its peers keep their logs. */
  private void lookForPeers(Life.Edges edges) {
    if (TALKING.contains(state.stage())
        && life.seemsLeftBehind()
        && looking.compareAndSet(false, true)) {
      environment.startWorker("meridian-renewal", () -> renewIfLeftBehind(edges));
    }
  }

  private void renewIfLeftBehind(Life.Edges edges) {
    try {
      if (life.leftBehind().isPresent() && state.change(TALKING, NodeState.Stage.STARTING)) {
        renew(edges);
      }
    } catch (IOException cannot) {
      if (!obstacle.equals(cannot.getMessage())) {
        obstacle = String.valueOf(cannot.getMessage());
        LOG.log(System.Logger.Level.ERROR, "event=left-behind region={0} {1}", region(), obstacle);
      }
      environment.pause(LOOK_AGAIN_AFTER_OBSTACLE); // to find that takes a look through all data
    } finally {
      looking.set(false);
    }
  }

  /** The next life finds once more that it was left behind, and fills itself anew. */
  private void renew(Life.Edges edges) {
    opened = new CountDownLatch(1);
    try {
      state.progress("it was away for longer than its peers keep their logs, and is filled anew");
      LOG.log(System.Logger.Level.WARNING, "event=renewing region={0}", region());
      life.close();
      Life next = new Life(edges, state);
      next.open();
      life = next;
      NodeAssembly.produceAnew();
      next.run();
    } catch (IOException | RuntimeException refused) {
      refuse(refused);
    } finally {
      opened.countDown();
    }
  }

  private static void refuse(Exception refused) {
    LOG.log(System.Logger.Level.ERROR, "Meridian cannot start: {0}", refused.getMessage());
    Quarkus.asyncExit(1);
  }

  void stop(@Observes ShutdownEvent event) throws IOException {
    state.stage(NodeState.Stage.STOPPING);
    awaitOpened();
    Life last = life;
    if (last != null) {
      last.close();
      LOG.log(
          System.Logger.Level.INFO,
          "event=stopped region={0} applied={1}",
          region(),
          last.engine().vector());
    }
    if (lock != null) {
      lock.close();
    }
    environment.close();
  }

  /** A start that is still under way ends first; it looks at nothing that is being taken apart. */
  private void awaitOpened() {
    try {
      if (lock != null) {
        opened.await(STOP_WAIT.toMillis(), TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
    }
  }

  private Topology topology() {
    List<Region> peers = PeerList.parse(config.peers().orElse(""));
    URI self = URI.create("http://" + host + ":" + port);
    return new Topology(
        new Region(region(), self, config.lat(), config.lon(), config.label().orElse("")), peers);
  }

  private ReplicaId region() {
    return new ReplicaId(config.region());
  }

  /** That of the present life. */
  LogStructuredEngine engine() {
    return life.engine();
  }

  boolean acceptsWrites() {
    return life.engine().acceptsWrites();
  }

  /** Those of the present life. */
  RegionParts parts() {
    return life.parts();
  }

  SystemEnvironment environment() {
    return environment;
  }
}
