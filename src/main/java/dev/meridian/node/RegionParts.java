package dev.meridian.node;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.meridian.cluster.FailureDetector;
import dev.meridian.cluster.FaultyEndpoint;
import dev.meridian.cluster.FaultyReplicaEndpoint;
import dev.meridian.cluster.FaultyTransport;
import dev.meridian.cluster.LinkFaults;
import dev.meridian.cluster.Topology;
import dev.meridian.cluster.Transport;
import dev.meridian.cluster.http.HttpSettings;
import dev.meridian.cluster.http.HttpTransport;
import dev.meridian.cluster.http.PeerRoutes;
import dev.meridian.coordinator.Chaos;
import dev.meridian.coordinator.ClusterStatus;
import dev.meridian.coordinator.ClusterView;
import dev.meridian.coordinator.Collections;
import dev.meridian.coordinator.Conflicts;
import dev.meridian.coordinator.Documents;
import dev.meridian.coordinator.Drills;
import dev.meridian.coordinator.GuaranteeStats;
import dev.meridian.coordinator.History;
import dev.meridian.coordinator.KnownSettings;
import dev.meridian.coordinator.OpenConflicts;
import dev.meridian.coordinator.RegionChaos;
import dev.meridian.coordinator.RegionCluster;
import dev.meridian.coordinator.RegionCollections;
import dev.meridian.coordinator.RegionConflicts;
import dev.meridian.coordinator.RegionDocuments;
import dev.meridian.coordinator.RegionDrills;
import dev.meridian.coordinator.RegionHistory;
import dev.meridian.coordinator.RegionLinks;
import dev.meridian.coordinator.RegionRepairs;
import dev.meridian.coordinator.RegionStorage;
import dev.meridian.coordinator.Storage;
import dev.meridian.document.Bytes;
import dev.meridian.document.JsonLimits;
import dev.meridian.engine.LogStructuredEngine;
import dev.meridian.env.Scheduler;
import dev.meridian.env.SystemEnvironment;
import dev.meridian.repair.AntiEntropy;
import dev.meridian.repair.RepairSettings;
import dev.meridian.replication.HintedHandoff;
import dev.meridian.replication.PausedLinksFile;
import dev.meridian.replication.Replication;
import dev.meridian.replication.ReplicationSettings;
import java.io.IOException;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Everything above the engine of one region, built and wired. */
final class RegionParts {

  private static final Duration ASK_PEERS_EVERY = Duration.ofSeconds(1);
  private static final Duration COUNT_CONFLICTS_EVERY = Duration.ofMillis(500);

  private final SystemEnvironment environment;
  private final HttpTransport http;
  private final PeerRoutes routes;
  private final Replication replication;
  private final HintedHandoff hints;
  private final RegionDocuments documents;
  private final RegionCollections collections;
  private final OpenConflicts openConflicts;
  private final RegionConflicts conflicts;
  private final RegionCluster cluster;
  private final RegionChaos chaos;
  private final RegionRepairs repairs;
  private final RegionDrills drills;
  private final RegionLinks links;
  private final RegionHistory history;
  private final RegionStorage storage;
  private final Duration scrubEvery;
  private Scheduler.Timer asking = () -> {};
  private Scheduler.Timer counting = () -> {};
  private Scheduler.Timer scrubbing = () -> {};

  /**
   * @param serving false while the region may lack what it acknowledged in an earlier life
   * @param hints what is held for regions that are down
   * @param incarnation which life of the region this is
   */
  RegionParts(
      Life.Edges edges,
      LogStructuredEngine engine,
      KnownSettings settings,
      BooleanSupplier serving,
      HintedHandoff hints,
      Supplier<ClusterStatus.IncarnationStatus> incarnation)
      throws IOException {
    NodeConfig config = edges.config();
    Topology topology = edges.topology();
    LinkFaults faults = edges.faults();
    this.environment = edges.environment();
    this.hints = hints;
    Duration heartbeat = config.replication().heartbeat();
    HttpSettings httpSettings = HttpSettings.defaults().withHeartbeat(heartbeat);
    http = new HttpTransport(edges.vertx(), topology.self().id(), environment, httpSettings);
    Transport transport =
        new FaultyTransport(http, faults, environment, environment, environment.random());
    replication =
        new Replication(
            new Replication.Parts(
                topology,
                engine,
                engine.hasLogGap(),
                transport,
                new FailureDetector(environment, FailureDetector.Settings.of(heartbeat)),
                environment,
                environment,
                environment.random(),
                hints,
                ReplicationSettings.defaults()
                    .withHeartbeat(heartbeat)
                    .withLagTargets(SettingsCheck.lagTargets(config))));
    engine.collectBelow(replication::stable);
    engine.heardBy(replication::heard);
    FaultyEndpoint endpoint =
        new FaultyEndpoint(
            replication.endpoint(), faults, environment, environment, environment.random());
    documents =
        new RegionDocuments(
            new RegionDocuments.Parts(
                topology,
                engine,
                settings,
                replication,
                replication::staleness,
                transport,
                hints,
                serving,
                config.collections().autoCreate(),
                SettingsCheck.json(config),
                environment,
                environment,
                environment,
                environment.random()));
    AntiEntropy antiEntropy =
        new AntiEntropy(
            new AntiEntropy.Parts(
                topology,
                engine,
                transport,
                replication::safeTime,
                engine::latest,
                serving,
                environment,
                environment,
                environment,
                RepairSettings.defaults().withBytesPerSecond(config.repair().bytesPerSecond())));
    FaultyReplicaEndpoint desk =
        new FaultyReplicaEndpoint(
            (asker, question) ->
                AntiEntropy.isRepair(question)
                    ? antiEntropy.desk().answer(asker, question)
                    : documents.desk().answer(asker, question),
            faults,
            environment);
    routes = new PeerRoutes(topology, endpoint, desk, faults, environment, httpSettings);
    history = new RegionHistory(documents, engine);
    openConflicts = new OpenConflicts(engine, settings, environment, environment);
    collections = new RegionCollections(topology, engine, settings, documents, openConflicts);
    conflicts =
        new RegionConflicts(
            engine,
            settings,
            documents,
            collections,
            new JsonLimits(config.document().maxBytes(), JsonLimits.DEFAULTS.maxDepth()));
    cluster =
        new RegionCluster(
            topology,
            engine,
            replication,
            transport,
            hints,
            openConflicts,
            incarnation,
            bytes -> status(edges.json(), bytes),
            environment);
    links =
        new RegionLinks(topology, replication, new PausedLinksFile(config.dataDir()), environment);
    repairs =
        new RegionRepairs(
            topology,
            antiEntropy,
            replication::state,
            new RegionRepairs.Schedule(
                config.repair().every(), config.repair().lookEvery(), config.repair().proveEvery()),
            ProofKey.of(config.cluster().key(), config.dataDir())::sign,
            environment,
            environment,
            environment.random());
    drills = new RegionDrills(engine, config.chaos().enabled(), environment, environment.random());
    chaos =
        new RegionChaos(
            topology, faults, config.chaos().enabled(), environment::shiftWall, environment);
    storage = new RegionStorage(engine, config.dataDir(), environment);
    scrubEvery = config.scrub().every();
  }

  void start() {
    links.recall();
    replication.start();
    repairs.start();
    asking = environment.every(ASK_PEERS_EVERY, cluster::askPeers);
    counting = environment.every(COUNT_CONFLICTS_EVERY, openConflicts::refresh);
    if (!scrubEvery.isZero()) {
      scrubbing = environment.every(scrubEvery, storage::startScrub);
    }
  }

  PeerRoutes routes() {
    return routes;
  }

  /** See {@link RegionCluster#isLeftBehind}. */
  boolean seemsLeftBehind() {
    return cluster.isLeftBehind();
  }

  /** Ends all streams, both ways. */
  void stop() {
    asking.cancel();
    counting.cancel();
    scrubbing.cancel();
    repairs.stop();
    routes.close();
    replication.stop();
    http.close();
  }

  Replication replication() {
    return replication;
  }

  Documents documents() {
    return documents;
  }

  HintedHandoff hints() {
    return hints;
  }

  GuaranteeStats guarantees() {
    return documents.stats();
  }

  Collections collections() {
    return collections;
  }

  Conflicts conflicts() {
    return conflicts;
  }

  OpenConflicts openConflicts() {
    return openConflicts;
  }

  ClusterView cluster() {
    return cluster;
  }

  History history() {
    return history;
  }

  Storage storage() {
    return storage;
  }

  RegionLinks links() {
    return links;
  }

  RegionRepairs repairs() {
    return repairs;
  }

  Drills drills() {
    return drills;
  }

  Chaos chaos() {
    return chaos;
  }

  private static ClusterStatus status(ObjectMapper json, Bytes bytes) {
    try {
      return json.readValue(bytes.array(), bytes.offset(), bytes.length(), ClusterStatus.class);
    } catch (IOException malformed) {
      throw new IllegalArgumentException("not a status: " + malformed.getMessage(), malformed);
    }
  }
}
