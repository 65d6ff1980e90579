package dev.meridian.node;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.meridian.api.AnswerBatch;
import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionVector;
import dev.meridian.cluster.Region;
import dev.meridian.cluster.Topology;
import dev.meridian.coordinator.KnownSettings;
import dev.meridian.engine.DirectoryLock;
import dev.meridian.engine.EngineSettings;
import dev.meridian.engine.LogStructuredEngine;
import dev.meridian.engine.ManifestFile;
import dev.meridian.engine.mapdb.MapDbTableStore;
import dev.meridian.env.SystemEnvironment;
import dev.meridian.replication.HintSettings;
import dev.meridian.replication.HintedHandoff;
import dev.meridian.wal.DiskLogDirectory;
import dev.meridian.wal.WalSettings;
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
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Starts a region and stops it. The only place that builds its parts. */
@ApplicationScoped
public class Node {

  private static final System.Logger LOG = System.getLogger(Node.class.getName());
  private static final int EARLY = 100;

  /** A start that takes longer goes on in the background. */
  private static final Duration SOON = Duration.ofSeconds(2);

  private static final Duration ASK_AGAIN = Duration.ofSeconds(1);
  private static final Duration LOOK_FOR_CONFLICTS_EVERY = Duration.ofSeconds(2);

  private static final Duration STOP_WAIT = Duration.ofSeconds(5);

  private final NodeConfig config;
  private final NodeState state;
  private final MeterRegistry metrics;
  private final Vertx vertx;
  private final ObjectMapper json;
  private final Validator validator;
  private final String host;
  private final int port;
  private final SystemEnvironment environment = new SystemEnvironment();
  private final KnownSettings settings = new KnownSettings();
  private final CountDownLatch opened = new CountDownLatch(1);
  private volatile DirectoryLock lock;
  private volatile LogStructuredEngine engine;
  private volatile HintedHandoff hints;
  private volatile RegionParts parts;
  private Router router;

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

  void routes(@Observes Router main) {
    router = main;
  }

  void start(@Observes @Priority(EARLY) StartupEvent event) {
    try {
      state.progress("reading the log");
      SettingsCheck.of(config).check(validator);
      Topology topology = topology();
      Path directory = config.dataDir();
      lock = DirectoryLock.acquire(directory);
      environment.startWorker("meridian-start", () -> open(topology, directory));
      opened.await(SOON.toMillis(), TimeUnit.MILLISECONDS);
    } catch (IOException | IllegalArgumentException refused) {
      refuse(refused);
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
    }
  }

  /** On a thread of its own: a long replay or rebuild is told by the health checks meanwhile. */
  private void open(Topology topology, Path directory) {
    try {
      engine = openEngine(topology, directory);
      hints = HintedHandoff.open(directory.resolve("hints"), HintSettings.defaults(), environment);
      parts =
          new RegionParts(
              config,
              topology,
              engine,
              settings,
              this::serves,
              hints,
              environment,
              vertx,
              router,
              json);
      NodeMetrics.register(metrics, engine, parts);
      ConflictMetrics conflicts = new ConflictMetrics(metrics, engine, parts.openConflicts());
      environment.every(LOOK_FOR_CONFLICTS_EVERY, conflicts::refresh);
      parts.start();
      state.progress("asking the peers");
      state.stage(NodeState.Stage.RECOVERING);
      askThenRun(topology);
    } catch (IOException | IllegalArgumentException refused) {
      refuse(refused);
    } finally {
      opened.countDown();
    }
  }

  /**
   * A region may have lost changes of its own that peers have; it must not make others in their
   * place. With a gap in the log that is likely, so every peer has to answer.
   */
  private void askThenRun(Topology topology) {
    if (!engine.hasLogGap()) {
      parts.ownChangesKnownByPeers().thenAccept(known -> recoverThenRun(topology, known));
      return;
    }
    parts
        .ownChangesKnownByAllPeers()
        .whenComplete(
            (known, unreachable) -> {
              if (unreachable == null) {
                recoverThenRun(topology, known);
              } else {
                progress("waiting for all peers, since the log has a gap that they may fill");
                environment.after(ASK_AGAIN, () -> askThenRun(topology));
              }
            });
  }

  private static void refuse(Exception refused) {
    LOG.log(System.Logger.Level.ERROR, "Meridian cannot start: {0}", refused.getMessage());
    Quarkus.asyncExit(1);
  }

  /** Says what a long start is doing, to the health checks and in the log. */
  private void progress(String doing) {
    state.progress(doing);
    LOG.log(System.Logger.Level.INFO, "event=starting region={0} {1}", config.region(), doing);
  }

  private void recoverThenRun(Topology topology, long knownByPeers) {
    ReplicaId self = topology.self().id();
    long known = Math.max(knownByPeers, engine.salvaged(self));
    long here = engine.vector().get(self);
    if (known > here) {
      state.progress("fetching its own changes " + (here + 1) + " to " + known + " from its peers");
      LOG.log(
          System.Logger.Level.WARNING,
          "event=own-changes-missing region={0} here={1} known={2} the peers have them",
          self,
          here,
          known);
      parts.links().readFromAll();
      engine.whenCovers(VersionVector.of(self, known)).thenRun(() -> running(topology));
    } else {
      running(topology);
    }
  }

  private void running(Topology topology) {
    state.progress("done");
    state.stage(NodeState.Stage.RUNNING);
    LOG.log(
        System.Logger.Level.INFO,
        "event=started region={0} url={1} data={2} peers={3} applied={4}",
        topology.self().id(),
        topology.self().url(),
        config.dataDir().toAbsolutePath(),
        topology.peers().stream().map(Region::id).toList(),
        engine.vector());
  }

  void stop(@Observes ShutdownEvent event) throws IOException {
    state.stage(NodeState.Stage.STOPPING);
    awaitOpened();
    if (parts != null) {
      parts.stop();
    }
    if (engine != null) {
      engine.close();
      hints.close();
      LOG.log(
          System.Logger.Level.INFO,
          "event=stopped region={0} applied={1}",
          config.region(),
          engine.vector());
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

  private LogStructuredEngine openEngine(Topology topology, Path directory) throws IOException {
    EngineSettings engineSettings =
        EngineSettings.defaults()
            .withMemtableBytes(config.memtable().bytes())
            .withCacheBytes(config.cache().bytes())
            .withMaxClockDrift(config.clock().maxDrift());
    return LogStructuredEngine.open(
        new LogStructuredEngine.Parts(
            topology.self().id(),
            topology.members(),
            engineSettings,
            WalSettings.defaults().withSegmentBytes(config.log().segmentBytes()),
            new DiskLogDirectory(directory.resolve("wal")),
            new MapDbTableStore(directory.resolve("tables")),
            new ManifestFile(directory),
            settings,
            environment,
            environment,
            AnswerBatch::run,
            this::progress));
  }

  private Topology topology() {
    List<Region> peers = PeerList.parse(config.peers().orElse(""));
    URI self = URI.create("http://" + host + ":" + port);
    return new Topology(
        new Region(
            new ReplicaId(config.region()),
            self,
            config.lat(),
            config.lon(),
            config.label().orElse("")),
        peers);
  }

  private boolean serves() {
    return state.stage() == NodeState.Stage.RUNNING;
  }

  LogStructuredEngine engine() {
    return engine;
  }

  boolean acceptsWrites() {
    return engine.acceptsWrites();
  }

  RegionParts parts() {
    return parts;
  }

  SystemEnvironment environment() {
    return environment;
  }
}
