package dev.meridian.node;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.ReplicaId;
import dev.meridian.cluster.Region;
import dev.meridian.cluster.Topology;
import dev.meridian.coordinator.Chaos;
import dev.meridian.coordinator.ClusterView;
import dev.meridian.coordinator.Collections;
import dev.meridian.coordinator.Documents;
import dev.meridian.coordinator.KnownSettings;
import dev.meridian.coordinator.RegionCollections;
import dev.meridian.coordinator.RegionDocuments;
import dev.meridian.engine.DirectoryLock;
import dev.meridian.engine.EngineSettings;
import dev.meridian.engine.LogStructuredEngine;
import dev.meridian.engine.ManifestFile;
import dev.meridian.engine.mapdb.MapDbTableStore;
import dev.meridian.env.SystemEnvironment;
import dev.meridian.wal.DiskLogDirectory;
import dev.meridian.wal.WalSettings;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Starts a region and stops it. The only place that builds its parts. */
@ApplicationScoped
public class Node {

  private static final System.Logger LOG = System.getLogger(Node.class.getName());
  private static final int EARLY = 100;

  private final NodeConfig config;
  private final NodeState state;
  private final MeterRegistry metrics;
  private final String host;
  private final int port;
  private final SystemEnvironment environment = new SystemEnvironment();
  private final KnownSettings settings = new KnownSettings();
  private DirectoryLock lock;
  private LogStructuredEngine engine;
  private RegionDocuments documents;
  private RegionCollections collections;

  @Inject
  Node(
      NodeConfig config,
      NodeState state,
      MeterRegistry metrics,
      @ConfigProperty(name = "quarkus.http.host") String host,
      @ConfigProperty(name = "quarkus.http.port") int port) {
    this.config = config;
    this.state = state;
    this.metrics = metrics;
    this.host = host;
    this.port = port;
  }

  void start(@Observes @Priority(EARLY) StartupEvent event) {
    try {
      state.progress("reading the log");
      Topology topology = topology();
      Path directory = config.dataDir();
      lock = DirectoryLock.acquire(directory);
      engine = openEngine(topology, directory);
      documents =
          new RegionDocuments(
              engine,
              settings,
              this::safeTime,
              config.collections().autoCreate(),
              environment,
              environment,
              environment,
              environment.random());
      collections = new RegionCollections(engine, settings, documents);
      NodeMetrics.register(metrics, engine);
      state.progress("done");
      state.stage(NodeState.Stage.RUNNING);
      LOG.log(
          System.Logger.Level.INFO,
          "event=started region={0} url={1} data={2} peers={3} applied={4}",
          topology.self().id(),
          topology.self().url(),
          directory.toAbsolutePath(),
          topology.peers().stream().map(Region::id).toList(),
          engine.vector());
    } catch (IOException | IllegalArgumentException refused) {
      LOG.log(System.Logger.Level.ERROR, "Meridian cannot start: {0}", refused.getMessage());
      Quarkus.asyncExit(1);
    }
  }

  void stop(@Observes ShutdownEvent event) throws IOException {
    state.stage(NodeState.Stage.STOPPING);
    if (engine != null) {
      engine.close();
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

  private LogStructuredEngine openEngine(Topology topology, Path directory) throws IOException {
    EngineSettings engineSettings =
        EngineSettings.defaults()
            .withMemtableBytes(config.memtable().bytes())
            .withMaxClockDrift(config.clock().maxDrift());
    return LogStructuredEngine.open(
        new LogStructuredEngine.Parts(
            topology.self().id(),
            engineSettings,
            new WalSettings(config.log().segmentBytes(), WalSettings.defaults().maxRecordBytes()),
            new DiskLogDirectory(directory.resolve("wal")),
            new MapDbTableStore(directory.resolve("tables")),
            new ManifestFile(directory),
            settings,
            environment,
            environment));
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

  private HlcTimestamp safeTime() {
    return engine.clock().latest();
  }

  boolean acceptsWrites() {
    return engine.acceptsWrites();
  }

  Documents documents() {
    return documents;
  }

  Collections collections() {
    return collections;
  }

  ClusterView cluster() {
    throw new IllegalStateException("not built yet");
  }

  Chaos chaos() {
    throw new IllegalStateException("not built yet");
  }

  SystemEnvironment environment() {
    return environment;
  }
}
