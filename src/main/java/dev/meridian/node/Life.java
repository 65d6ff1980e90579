package dev.meridian.node;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.meridian.api.AnswerBatch;
import dev.meridian.clock.ClockDriftException;
import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionVector;
import dev.meridian.cluster.LinkFaults;
import dev.meridian.cluster.Topology;
import dev.meridian.cluster.http.HttpSettings;
import dev.meridian.cluster.http.HttpTransport;
import dev.meridian.coordinator.KnownSettings;
import dev.meridian.document.Change;
import dev.meridian.engine.EngineSettings;
import dev.meridian.engine.LogStructuredEngine;
import dev.meridian.engine.ManifestFile;
import dev.meridian.engine.Seed;
import dev.meridian.engine.mapdb.MapDbTableStore;
import dev.meridian.env.SystemEnvironment;
import dev.meridian.repair.Bootstrap;
import dev.meridian.replication.HintSettings;
import dev.meridian.replication.HintedHandoff;
import dev.meridian.replication.OwnPast;
import dev.meridian.replication.PastInquiry;
import dev.meridian.wal.DiskLogDirectory;
import dev.meridian.wal.WalSettings;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A region from the opening of its data until that is closed. It may have several in one process:
 * one that was away for too long is filled anew. Opened, and closed, by one thread at a time.
 */
final class Life {

  private static final System.Logger LOG = System.getLogger(Life.class.getName());
  private static final Duration ASK_AGAIN = Duration.ofSeconds(1);

  private final Edges edges;
  private final NodeState state;
  private final Topology topology;
  private final ReplicaId self;
  private final Path directory;
  private final SystemEnvironment environment;
  private final KnownSettings settings = new KnownSettings();
  private Incarnation incarnation;
  private LogStructuredEngine engine;
  private HintedHandoff hints;
  private RegionParts parts;
  private PastInquiry inquiry;
  private boolean wasEmpty;
  private boolean hadNothing;
  private boolean toldLost;
  private Optional<Bootstrap.Filled> filled = Optional.empty();
  private volatile boolean over;

  /**
   * What all lives of a region have in common.
   *
   * @param faults a cut that was made on purpose outlasts a life
   */
  record Edges(
      NodeConfig config,
      Topology topology,
      LinkFaults faults,
      SystemEnvironment environment,
      Vertx vertx,
      ObjectMapper json) {}

  Life(Edges edges, NodeState state) {
    this.edges = edges;
    this.state = state;
    topology = edges.topology();
    self = topology.self().id();
    directory = edges.config().dataDir();
    environment = edges.environment();
  }

  /** Has everything ready to talk to peers. A long replay or copy is told by the health checks. */
  void open() throws IOException {
    incarnation = Incarnation.of(directory, environment);
    LeftBehind.finish(directory);
    fill();
    engine = openEngine();
    beginAnewIfLeftBehind();
    bringBack();
    hints = HintedHandoff.open(directory.resolve("hints"), HintSettings.defaults(), environment);
    parts =
        new RegionParts(edges, engine, settings, this::serves, hints, () -> incarnation.status());
  }

  /** Begins to talk to peers, and serves as soon as it has all its own changes. */
  void run() {
    parts.start();
    inquiry = parts.replication().pastInquiry();
    state.progress("asking the peers");
    state.stage(NodeState.Stage.RECOVERING);
    askThenRun();
  }

  /** Ends all that is under way; what was accepted is finished. */
  void close() throws IOException {
    synchronized (this) {
      if (over) {
        return;
      }
      over = true;
    }
    if (parts != null) {
      parts.stop();
    }
    if (engine != null) {
      engine.close();
    }
    if (hints != null) {
      hints.close();
    }
  }

  /**
   * A region may have lost changes of its own that peers have; it must not make others in their
   * place. When it did, or that is likely, every peer has to answer; when it has nothing, every one
   * that can be reached.
   */
  private void askThenRun() {
    if (!over) {
      inquiry
          .ask()
          .thenRun(this::askedThenRun)
          .exceptionally(
              fault -> {
                LOG.log(System.Logger.Level.ERROR, "event=start-failed region=" + self, fault);
                return null;
              });
    }
  }

  private void askedThenRun() {
    OwnPast known = inquiry.known();
    if (hadNothing && known.changes() > 0) {
      lost(known.changes());
    }
    String why = "they may know of an earlier life of it";
    Set<ReplicaId> missing = hadNothing ? inquiry.silent() : Set.of();
    if (engine.hasLogGap()) {
      why = "the log has a gap that they may fill";
      missing = inquiry.missing();
    } else if (hadNothing && known.changes() > 0 || wasEmpty && !known.isNone()) {
      why = "it lost its data, and only all of them know what it had done";
      missing = inquiry.missing();
    }
    if (missing.isEmpty()) {
      recoverThenRun(known);
    } else if (!over) {
      progress("waiting for the peers " + missing + ", since " + why);
      environment.after(ASK_AGAIN, this::askThenRun);
    }
  }

  /** Says once that this region had an earlier life, and that it begins another one. */
  private void lost(long known) {
    if (toldLost) {
      return;
    }
    toldLost = true;
    incarnation.because(
        "its data was lost; its peers know "
            + known
            + " changes that it had made"
            + filled
                .map(each -> "; its data was copied from region '" + each.from() + "'")
                .orElse("; the logs of its peers bring its data"));
    LOG.log(
        System.Logger.Level.WARNING,
        "event=data-lost region={0} incarnation={1} {2}",
        self,
        incarnation.status().id(),
        incarnation.status().why());
  }

  /** It stamps nothing before what it promised, nor further ahead than any region may. */
  private void recoverThenRun(OwnPast knownByPeers) {
    if (over) {
      return;
    }
    try {
      engine.clock().observe(knownByPeers.promised());
    } catch (ClockDriftException farAhead) {
      progress("waiting for its clock to reach what it had promised: " + farAhead.getMessage());
      environment.after(ASK_AGAIN, () -> recoverThenRun(knownByPeers));
      return;
    }
    long known = Math.max(knownByPeers.changes(), engine.salvaged(self));
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
      engine
          .whenCovers(VersionVector.of(self, known))
          .thenRun(() -> completeThenRun(knownByPeers.all()));
    } else {
      completeThenRun(knownByPeers.all());
    }
  }

  /**
   * Reads have to wait for what peers had, as long as this region never had it, or may have lost
   * it. Writes are taken meanwhile.
   */
  private void completeThenRun(VersionVector all) {
    VersionVector copied = filled.map(Bootstrap.Filled::complete).orElse(VersionVector.EMPTY);
    boolean mayLackSome = hadNothing || engine.hasLogGap() || Beginning.isFilling(directory);
    VersionVector wanted = mayLackSome ? copied.merge(all) : copied;
    if (engine.vector().covers(wanted)) {
      running();
      return;
    }
    if (!over) {
      progress(
          "fetching what its peers have, up to "
              + wanted
              + ", here "
              + engine.vector()
              + "; writes are taken already");
      state.stage(NodeState.Stage.FILLING);
      parts.links().readFromAll();
      engine.whenCovers(wanted).thenRun(this::running);
    }
  }

  /** Whoever brought the last change does not wait for the disk. */
  private void running() {
    environment.startVirtual("meridian-running", this::runs);
  }

  /** Not while it is closed: another life may begin then. */
  private synchronized void runs() {
    if (over) {
      return;
    }
    try {
      Beginning.over(directory);
    } catch (UncheckedIOException notNow) {
      progress("waiting for the disk: " + notNow.getMessage());
      environment.after(ASK_AGAIN, this::running);
      return;
    }
    state.progress("done");
    state.stage(NodeState.Stage.RUNNING);
    LOG.log(
        System.Logger.Level.INFO,
        "event=started region={0} url={1} data={2} peers={3} applied={4}",
        self,
        topology.self().url(),
        directory.toAbsolutePath(),
        topology.peers().stream().map(each -> each.id()).toList(),
        engine.vector());
  }

  private boolean serves() {
    return !over && state.stage() == NodeState.Stage.RUNNING;
  }

  /** Says what a long start is doing, to the health checks and in the log. */
  private void progress(String doing) {
    state.progress(doing);
    LOG.log(System.Logger.Level.INFO, "event=starting region={0} {1}", self, doing);
  }

  /**
   * A region that has nothing gets a copy from a peer, if one has much. One whose data was moved
   * aside does not go on without.
   */
  private void fill() throws IOException {
    ManifestFile manifests = new ManifestFile(directory);
    boolean begunAnew = LeftBehind.isUnderWay(directory);
    boolean isEmpty = Seed.isEmpty(new DiskLogDirectory(directory.resolve("wal")), manifests);
    wasEmpty = isEmpty && !begunAnew;
    hadNothing = isEmpty || Beginning.isUnderWay(directory);
    if (!isEmpty || topology.peers().isEmpty()) {
      return;
    }
    if (!begunAnew) {
      Beginning.begin(directory);
    }
    Beginning.fill(directory);
    filled = copy(manifests);
    while (begunAnew && filled.isEmpty() && !over) {
      progress("waiting for a region to be filled from");
      environment.pause(ASK_AGAIN);
      filled = copy(manifests);
    }
    hadNothing = Beginning.isUnderWay(directory); // one that begins anew knows what it had made
  }

  private Optional<Bootstrap.Filled> copy(ManifestFile manifests) throws IOException {
    return asking(
        bootstrap -> bootstrap.fill(new MapDbTableStore(directory.resolve("tables")), manifests));
  }

  private interface Asking<T> {
    T ask(Bootstrap bootstrap) throws IOException;
  }

  /** Before the parts of this region that talk to peers are there. */
  private <T> T asking(Asking<T> asking) throws IOException {
    HttpTransport transport =
        new HttpTransport(edges.vertx(), self, environment, HttpSettings.defaults());
    try {
      return asking.ask(
          new Bootstrap(topology, transport, environment, environment, this::progress));
    } finally {
      transport.close();
    }
  }

  /**
   * What it has and its peers never heard, when it was away for longer than they keep their logs;
   * empty when it was not, or no peer answers.
   *
   * @throws IOException when that is so, and it cannot be filled anew without a loss
   */
  Optional<List<Change>> leftBehind() throws IOException {
    if (topology.peers().isEmpty()) {
      return Optional.empty();
    }
    Optional<VersionVector> peers = asking(bootstrap -> bootstrap.leftBehind(engine.vector()));
    return peers.isPresent()
        ? Optional.of(LeftBehind.unheard(engine, self, peers.get()))
        : Optional.empty();
  }

  /** Whether that seems to be so, from what peers last said of themselves. Any thread. */
  boolean seemsLeftBehind() {
    return parts.seemsLeftBehind();
  }

  /**
   * A region that was away for longer than its peers keep their logs is not merged with them but
   * filled anew. What it has and they never heard is kept, and brought back. Its old data is moved
   * aside, for people. That goes for one that could not be filled when it began with nothing, too.
   */
  private void beginAnewIfLeftBehind() throws IOException {
    Optional<List<Change>> unheard = filled.isPresent() ? Optional.empty() : leftBehind();
    if (unheard.isEmpty()) {
      return;
    }
    LOG.log(
        System.Logger.Level.WARNING,
        "event=left-behind region={0} here={1} unheard={2} it was away for longer than its peers"
            + " keep their logs, and is filled anew",
        self,
        engine.vector(),
        Integer.toString(unheard.get().size()));
    engine.close();
    LeftBehind.moveAside(
        directory,
        new LeftBehind.Kept(engine.clock().latest(), unheard.get()),
        environment.millis());
    fill();
    engine = openEngine();
  }

  /** Changes that no peer may have, of a life before the data was copied. */
  private void bringBack() throws IOException {
    if (!LeftBehind.isUnderWay(directory)) {
      return;
    }
    LeftBehind.Kept kept = LeftBehind.kept(directory);
    List<Change> unheard = kept.unheard();
    progress("bringing back " + unheard.size() + " changes that only this region had");
    engine.clock().resume(kept.clock());
    incarnation.because(
        "it was away for longer than its peers keep their logs, and was filled anew"
            + filled.map(each -> " from region '" + each.from() + "'").orElse(""));
    if (unheard.isEmpty()) {
      forgetKept();
    } else {
      engine.bringBack(unheard, this::forgetKept);
    }
  }

  /** Once the log has the changes, and the clock as well. */
  private void forgetKept() {
    engine
        .promise()
        .thenRun(
            () -> environment.startVirtual("meridian-unheard", () -> LeftBehind.forget(directory)));
  }

  private LogStructuredEngine openEngine() throws IOException {
    NodeConfig config = edges.config();
    EngineSettings engineSettings =
        EngineSettings.defaults()
            .withMemtableBytes(config.memtable().bytes())
            .withCacheBytes(config.cache().bytes())
            .withMaxClockDrift(config.clock().maxDrift())
            .withKeepLogBytes(config.log().keepBytes());
    return LogStructuredEngine.open(
        new LogStructuredEngine.Parts(
            self,
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

  LogStructuredEngine engine() {
    return engine;
  }

  RegionParts parts() {
    return parts;
  }
}
