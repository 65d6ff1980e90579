package dev.meridian.repair;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.ReplicaId;
import dev.meridian.cluster.Region;
import dev.meridian.cluster.ReplicaEndpoint;
import dev.meridian.cluster.Topology;
import dev.meridian.cluster.Transport;
import dev.meridian.document.Bytes;
import dev.meridian.document.ChangeCodecV1;
import dev.meridian.document.DocumentId;
import dev.meridian.engine.ChangeFeed;
import dev.meridian.engine.EngineRig;
import dev.meridian.engine.EngineSettings;
import dev.meridian.engine.Harm;
import dev.meridian.engine.HashedCollection;
import dev.meridian.engine.Mutation;
import dev.meridian.engine.Outcome;
import dev.meridian.env.SystemEnvironment;
import dev.meridian.simulation.ManualClock;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** Regions with data of their own that hear of each other, and compare, when they are told to. */
final class MendedRegions implements AutoCloseable {

  private static final long NOW = 1_764_000_000_000L;

  /** The clock of {@code us} is so far ahead of the others'. */
  private static final long APART_MILLIS = 30_000;

  private final Path directory;
  private final EngineSettings engine;
  private final RepairSettings settings;
  private final SystemEnvironment environment = new SystemEnvironment();
  private final Map<String, EngineRig> rigs = new TreeMap<>();
  private final Map<ReplicaId, AntiEntropy> repairs = new TreeMap<>();

  /** Regions that may still hear of what was done before. */
  final Set<String> unsafe = ConcurrentHashMap.newKeySet();

  MendedRegions(Path directory, EngineSettings engine, RepairSettings settings, String... regions)
      throws IOException {
    this.directory = directory;
    this.engine = engine;
    this.settings = settings;
    for (String region : regions) {
      rigs.put(region, open(region));
    }
    rigs.keySet().forEach(this::join);
  }

  private EngineRig open(String region) throws IOException {
    return EngineRig.in(Files.createDirectories(directory.resolve(region)))
        .region(region)
        .settings(engine)
        .wall(new ManualClock(region.equals("us") ? NOW + APART_MILLIS : NOW))
        .open();
  }

  private void join(String name) {
    List<Region> peers =
        rigs.keySet().stream().filter(each -> !each.equals(name)).map(MendedRegions::at).toList();
    repairs.put(
        new ReplicaId(name),
        new AntiEntropy(
            new AntiEntropy.Parts(
                new Topology(at(name), peers),
                rig(name).engine,
                transport(new ReplicaId(name)),
                () -> unsafe.contains(name) ? HlcTimestamp.ZERO : rig(name).engine.latest(),
                () -> rig(name).engine.latest(),
                () -> true,
                environment,
                environment,
                environment,
                settings)));
  }

  private static Region at(String name) {
    return new Region(new ReplicaId(name), URI.create("http://" + name), 0, 0, "");
  }

  private Transport transport(ReplicaId self) {
    return new AskingTransport() {
      @Override
      public CompletionStage<Bytes> ask(Region peer, Bytes question, Duration timeout) {
        if (question.length() > ReplicaEndpoint.MAX_QUESTION_BYTES) {
          throw new AssertionError("a question of " + question.length() + " bytes");
        }
        return repairs.get(peer.id()).desk().answer(self, question);
      }
    };
  }

  EngineRig rig(String region) {
    return rigs.get(region);
  }

  AntiEntropy antiEntropy(String region) {
    return repairs.get(new ReplicaId(region));
  }

  void restart(String region) throws IOException {
    rig(region).close();
    rigs.put(region, open(region));
    join(region);
  }

  /** One region hears all that another one has. */
  void tell(String from, String to) {
    List<Mutation> changes = new ArrayList<>();
    try (ChangeFeed.Cursor cursor =
        rig(from).engine.changes().open(rig(to).engine.vector(), Set.of())) {
      for (List<Bytes> more = cursor.next(1_000, 1 << 20);
          !more.isEmpty();
          more = cursor.next(1_000, 1 << 20)) {
        more.forEach(bytes -> changes.add(new Mutation.Replicated(ChangeCodecV1.decode(bytes))));
      }
    }
    for (int at = 0; at < changes.size(); at += 1_000) {
      rig(to).apply(changes.subList(at, Math.min(at + 1_000, changes.size()))).stream()
          .filter(outcome -> !(outcome instanceof Outcome.Applied))
          .forEach(
              outcome -> {
                throw new AssertionError(outcome.toString());
              });
    }
  }

  /** Everybody hears all. */
  void tellAll() {
    for (String from : rigs.keySet()) {
      rigs.keySet().stream().filter(to -> !to.equals(from)).forEach(to -> tell(from, to));
    }
  }

  int damage(String region, Harm harm, String... ids) {
    return await(
        rig(region).engine.damage(EngineRig.C, Stream.of(ids).map(DocumentId::new).toList(), harm));
  }

  /** Both look through their data first. */
  RepairReport repair(String region, String peer) {
    return repair(region, peer, true);
  }

  RepairReport repair(String region, String peer, boolean look) {
    RepairReport report = await(antiEntropy(region).repair(new ReplicaId(peer), look, "a test"));
    if (report.state() != RepairReport.State.DONE) {
      throw new AssertionError(report.toString());
    }
    return report;
  }

  HashedCollection hashed(String region) {
    return await(rig(region).engine.hashed(EngineRig.C));
  }

  static <T> T await(CompletionStage<T> stage) {
    CompletableFuture<T> future = stage.toCompletableFuture();
    return EngineRig.await(future);
  }

  @Override
  public void close() throws IOException {
    for (EngineRig rig : rigs.values()) {
      rig.close();
    }
    environment.close();
  }
}
