package dev.meridian.simulation;

import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionVector;
import dev.meridian.cluster.FailureDetector;
import dev.meridian.cluster.FaultyEndpoint;
import dev.meridian.cluster.FaultyTransport;
import dev.meridian.cluster.LinkFaults;
import dev.meridian.cluster.Region;
import dev.meridian.cluster.Topology;
import dev.meridian.cluster.Transport;
import dev.meridian.document.Bytes;
import dev.meridian.document.Change;
import dev.meridian.document.CollectionName;
import dev.meridian.document.DocumentId;
import dev.meridian.document.Precondition;
import dev.meridian.engine.FieldedDocument;
import dev.meridian.engine.Mutation;
import dev.meridian.engine.Outcome;
import dev.meridian.engine.StorageEngine;
import dev.meridian.env.Threads;
import dev.meridian.env.WallClock;
import dev.meridian.replication.HintSettings;
import dev.meridian.replication.HintedHandoff;
import dev.meridian.replication.Replication;
import dev.meridian.replication.ReplicationSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Regions with their links in one thread and one time, from one seed: production classes, with
 * network, disk and time replaced. A region may be stopped in order or crash; its next start opens
 * what its disk has.
 */
public final class SimulatedCluster {

  /** From {@link #crashSoon} until a region is down. */
  public static final Duration LONGEST_TO_CRASH = Duration.ofMillis(300);

  private static final CollectionName COLLECTION = new CollectionName("c");

  private final SimulatedTime time = new SimulatedTime();
  private final RandomGenerator random;
  private final SimulatedNetwork network;
  private final Map<ReplicaId, Region> regions = new LinkedHashMap<>();
  private final Map<ReplicaId, HintedHandoff> hints = new HashMap<>();
  private final Map<ReplicaId, WallClock> walls = new HashMap<>();
  private final Map<ReplicaId, SimulatedRegion> stores = new LinkedHashMap<>();
  private final Map<ReplicaId, LinkFaults> faults = new HashMap<>();
  private final Map<ReplicaId, Replication> nodes = new HashMap<>();
  private final Map<ReplicaId, RegionCheck> checks = new HashMap<>();
  private final AcknowledgedChanges made = new AcknowledgedChanges();
  private int crashes;

  public SimulatedCluster(long seed, String... names) {
    this(seed, Sabotage.NONE, names);
  }

  /**
   * @param sabotage done in all regions, but for {@link Sabotage#SETTINGS_ARE_IGNORED}: that is in
   *     the first one only
   */
  public SimulatedCluster(long seed, Sabotage sabotage, String... names) {
    random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    network = new SimulatedNetwork(time, random);
    Set<ReplicaId> members =
        Stream.of(names).map(ReplicaId::new).collect(Collectors.toUnmodifiableSet());
    for (String name : names) {
      ReplicaId id = new ReplicaId(name);
      regions.put(id, new Region(id, URI.create("http://" + name + ":8080"), 0, 0, ""));
      walls.put(id, time.skewed(random.nextInt(41) - 20));
      faults.put(id, new LinkFaults(time, time));
      stores.put(
          id,
          new SimulatedRegion(id, members, walls.get(id), time, random, in(id, sabotage, names)));
      checks.put(id, new RegionCheck(id, made));
    }
    regions.keySet().forEach(this::start);
  }

  private static Sabotage in(ReplicaId id, Sabotage sabotage, String... names) {
    boolean spared = sabotage == Sabotage.SETTINGS_ARE_IGNORED && !id.value().equals(names[0]);
    return spared ? Sabotage.NONE : sabotage;
  }

  public RandomGenerator random() {
    return random;
  }

  public SimulatedTime time() {
    return time;
  }

  public SimulatedNetwork network() {
    return network;
  }

  public List<ReplicaId> ids() {
    return List.copyOf(regions.keySet());
  }

  /** A region's store; of one that is down, the one it had. */
  public RefusingStore engine(ReplicaId id) {
    return stores.get(id).store();
  }

  /** Where a region does what takes time. */
  public Threads threads(ReplicaId id) {
    return stores.get(id).threads();
  }

  public LinkFaults faults(ReplicaId id) {
    return faults.get(id);
  }

  public Replication node(ReplicaId id) {
    return nodes.get(id);
  }

  public WallClock wall(ReplicaId id) {
    return walls.get(id);
  }

  public Topology topology(ReplicaId id) {
    return new Topology(
        regions.get(id),
        regions.values().stream().filter(region -> !region.id().equals(id)).toList());
  }

  /** How a region reaches the others, with its faults. */
  public Transport transport(ReplicaId id) {
    return new FaultyTransport(network.transport(id), faults.get(id), walls.get(id), time, random);
  }

  public boolean runs(ReplicaId id) {
    return nodes.containsKey(id);
  }

  /** What a region holds for others that are down; survives its restarts. */
  public HintedHandoff hints(ReplicaId id) {
    return hints.computeIfAbsent(
        id,
        unused -> {
          try {
            // Made only when something is held.
            Path directory = Path.of("target", "simulated-hints", UUID.randomUUID().toString());
            return HintedHandoff.open(directory, HintSettings.defaults(), walls.get(id));
          } catch (IOException failed) {
            throw new UncheckedIOException(failed);
          }
        });
  }

  /** An empty store, as after the loss of a disk; for a region that is stopped. */
  public void replaceStore(ReplicaId id) {
    stores.get(id).replaceDisk(walls.get(id));
    checks.put(id, new RegionCheck(id, made));
  }

  /** Another clock for a region, from its next start on. */
  public void skew(ReplicaId id, long millis) {
    walls.put(id, time.skewed(millis));
  }

  public void start(ReplicaId id) {
    WallClock wall = walls.get(id);
    stores.get(id).open(wall);
    Replication node =
        new Replication(
            new Replication.Parts(
                topology(id),
                engine(id),
                transport(id),
                new FailureDetector(wall, FailureDetector.Settings.defaults()),
                wall,
                time,
                random,
                hints(id),
                ReplicationSettings.defaults()));
    nodes.put(id, node);
    stores.get(id).collectBelow(node::stable);
    network.attach(id, new FaultyEndpoint(node.endpoint(), faults.get(id), wall, time, random));
    node.start();
    checks.get(id).started(engine(id));
  }

  /** What was accepted is finished; the next start reads it again. */
  public void stop(ReplicaId id) {
    if (stores.get(id).isDoomed()) {
      crash(id);
      return;
    }
    network.detach(id);
    nodes.remove(id).stop();
    stores.get(id).close();
  }

  /** Soon the power goes, in the middle of something. Until the next start the region is down. */
  public void crashSoon(ReplicaId id) {
    stores.get(id).powerOffSoon();
  }

  /** From now on a region's disk keeps nothing for certain. */
  public void lieAboutForces(ReplicaId id) {
    stores.get(id).lieAboutForces();
  }

  private void crash(ReplicaId id) {
    network.detach(id);
    nodes.remove(id).stop();
    stores.get(id).crash();
    crashes++;
  }

  /** How often a region crashed. */
  public int crashes() {
    return crashes;
  }

  /** How often any region wrote a memtable out as a table. */
  public int checkpoints() {
    return stores.values().stream().mapToInt(store -> store.manifest().checkpoints()).sum();
  }

  /** How often any region merged tables. */
  public int merges() {
    return stores.values().stream().mapToInt(store -> store.manifest().merges()).sum();
  }

  public void write(ReplicaId id, String document) {
    apply(
        id,
        new Mutation.Put(
            COLLECTION,
            new DocumentId(document),
            Bytes.utf8("{\"n\":" + made.all().size() + "}"),
            Precondition.NONE,
            ""));
  }

  public void delete(ReplicaId id, String document) {
    apply(id, new Mutation.Delete(COLLECTION, new DocumentId(document), Precondition.NONE, ""));
  }

  /** A client asks a region for something. What is acknowledged to it has to last. */
  public void apply(ReplicaId id, Mutation mutation) {
    engine(id).apply(List.of(mutation), outcomes -> told(outcomes.getFirst()));
  }

  /**
   * A client changes CRDT fields of a document. A region that has not got back yet what it had
   * refuses that, as a node does.
   *
   * @param work as for the store; a caller's mistake that it throws is thrown
   * @param acknowledged called when it is
   */
  public void operate(
      ReplicaId id,
      CollectionName collection,
      DocumentId document,
      Function<FieldedDocument, Mutation.Operate> work,
      Runnable acknowledged) {
    if (nodes.get(id).isWhole()) {
      engine(id)
          .operate(
              collection,
              document,
              work,
              StorageEngine.Sync.FORCED,
              outcome -> {
                if (told(outcome)) {
                  acknowledged.run();
                }
              });
    }
  }

  private boolean told(Outcome outcome) {
    if (outcome instanceof Outcome.Applied applied) {
      made.add(applied.change());
      return true;
    }
    return false;
  }

  /** All changes that were acknowledged as forced. */
  public List<Change> made() {
    return made.all();
  }

  /** Lets time pass; checks what must hold at all times about every ten steps. */
  public void run(Duration duration) {
    long until = time.nanos() + duration.toNanos();
    int steps = 0;
    while (step(until)) {
      if (++steps % 10 == 0) {
        check();
      }
    }
    check();
  }

  /** Runs until the condition holds; false when it does not within the limit. */
  public boolean runUntil(Duration limit, BooleanSupplier condition) {
    long until = time.nanos() + limit.toNanos();
    while (!condition.getAsBoolean()) {
      if (!step(until)) {
        return condition.getAsBoolean();
      }
    }
    check();
    return true;
  }

  private boolean step(long untilNanos) {
    return orCrash(() -> time.step(untilNanos));
  }

  /** A region whose power goes meanwhile ends, and nobody is left to hear of what failed there. */
  private boolean orCrash(BooleanSupplier task) {
    boolean more = true;
    try {
      more = task.getAsBoolean();
    } catch (RuntimeException failed) {
      if (stores.values().stream().noneMatch(SimulatedRegion::isDown)) {
        throw failed;
      }
    }
    for (ReplicaId id : regions.keySet()) {
      if (stores.get(id).isDown()) {
        crash(id);
      }
    }
    return more;
  }

  /** All running regions have everything that any of them has, and all that was acknowledged. */
  public boolean converged() {
    VersionVector everything = made.vector();
    for (ReplicaId id : nodes.keySet()) {
      everything = everything.merge(engine(id).vector());
    }
    for (ReplicaId id : nodes.keySet()) {
      if (!engine(id).vector().equals(everything)) {
        return false;
      }
    }
    return true;
  }

  private void check() {
    for (ReplicaId id : regions.keySet()) {
      orCrash(
          () -> {
            if (nodes.containsKey(id)) {
              checks.get(id).check(nodes.get(id).safeTime());
            }
            return true;
          });
    }
  }
}
