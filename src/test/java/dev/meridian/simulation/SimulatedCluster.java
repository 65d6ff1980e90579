package dev.meridian.simulation;

import dev.meridian.clock.HlcTimestamp;
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
import dev.meridian.engine.Mutation;
import dev.meridian.engine.Outcome;
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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * Regions with their links in one thread and one time, from one seed. Each has a store over a list;
 * a restart makes a new node over the same store.
 */
public final class SimulatedCluster {

  private static final CollectionName COLLECTION = new CollectionName("c");

  private final SimulatedTime time = new SimulatedTime();
  private final RandomGenerator random;
  private final SimulatedNetwork network;
  private final Map<ReplicaId, Region> regions = new LinkedHashMap<>();
  private final Map<ReplicaId, HintedHandoff> hints = new HashMap<>();
  private final Map<ReplicaId, WallClock> walls = new HashMap<>();
  private final Map<ReplicaId, MemoryEngine> engines = new HashMap<>();
  private final Map<ReplicaId, LinkFaults> faults = new HashMap<>();
  private final Map<ReplicaId, Replication> nodes = new HashMap<>();
  private final Map<ReplicaId, HlcTimestamp> safeTimes = new HashMap<>();
  private final Map<ReplicaId, VersionVector> checked = new HashMap<>();
  private final List<Change> made = new ArrayList<>();
  private VersionVector all = VersionVector.EMPTY;
  private int counted;

  public SimulatedCluster(long seed, String... names) {
    random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    network = new SimulatedNetwork(time, random);
    for (String name : names) {
      ReplicaId id = new ReplicaId(name);
      regions.put(id, new Region(id, URI.create("http://" + name + ":8080"), 0, 0, ""));
      walls.put(id, time.skewed(random.nextInt(41) - 20));
      faults.put(id, new LinkFaults(time, time));
      replaceStore(id);
    }
    regions.keySet().forEach(this::start);
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

  public MemoryEngine engine(ReplicaId id) {
    return engines.get(id);
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
    engines.put(id, new MemoryEngine(id, walls.get(id), time, random));
    safeTimes.put(id, HlcTimestamp.ZERO);
    checked.put(id, VersionVector.EMPTY);
  }

  /** Another clock for a region, from its next start on an empty store. */
  public void skew(ReplicaId id, long millis) {
    walls.put(id, time.skewed(millis));
  }

  public void start(ReplicaId id) {
    WallClock wall = walls.get(id);
    Replication node =
        new Replication(
            new Replication.Parts(
                topology(id),
                engines.get(id),
                transport(id),
                new FailureDetector(wall, FailureDetector.Settings.defaults()),
                wall,
                time,
                random,
                hints(id),
                ReplicationSettings.defaults()));
    nodes.put(id, node);
    network.attach(id, new FaultyEndpoint(node.endpoint(), faults.get(id), wall, time, random));
    node.start();
    safeTimes.put(id, HlcTimestamp.ZERO); // kept in memory only
  }

  public void stop(ReplicaId id) {
    network.detach(id);
    nodes.remove(id).stop();
  }

  public void write(ReplicaId id, String document) {
    Mutation put =
        new Mutation.Put(
            COLLECTION,
            new DocumentId(document),
            Bytes.utf8("{\"n\":" + made.size() + "}"),
            Precondition.NONE,
            "");
    engines
        .get(id)
        .apply(
            List.of(put),
            outcomes -> {
              if (outcomes.getFirst() instanceof Outcome.Applied applied) {
                made.add(applied.change());
              }
            });
  }

  public void delete(ReplicaId id, String document) {
    engines
        .get(id)
        .apply(
            List.of(
                new Mutation.Delete(COLLECTION, new DocumentId(document), Precondition.NONE, "")),
            outcomes -> {
              if (outcomes.getFirst() instanceof Outcome.Applied applied) {
                made.add(applied.change());
              }
            });
  }

  /** All changes that any region made. */
  public List<Change> made() {
    return made;
  }

  /** Lets time pass; checks what must hold at all times about every ten steps. */
  public void run(Duration duration) {
    long until = time.nanos() + duration.toNanos();
    int steps = 0;
    while (time.step(until)) {
      if (++steps % 10 == 0) {
        check();
      }
    }
    check();
  }

  /** Runs until the condition holds; false when it does not within the limit. */
  public boolean runUntil(Duration limit, java.util.function.BooleanSupplier condition) {
    long until = time.nanos() + limit.toNanos();
    while (!condition.getAsBoolean()) {
      if (!time.step(until)) {
        return condition.getAsBoolean();
      }
    }
    check();
    return true;
  }

  /** All running regions have everything that was made. */
  public boolean converged() {
    VersionVector everything = everything();
    return nodes.keySet().stream().allMatch(id -> engines.get(id).vector().equals(everything));
  }

  private VersionVector everything() {
    for (Change change : made.subList(counted, made.size())) {
      all = all.with(change.dot());
    }
    counted = made.size();
    return all;
  }

  private void check() {
    regions.keySet().forEach(this::checkCausalOrder);
    nodes.keySet().forEach(this::checkSafeTime);
  }

  /** Each log holds a change after all that its origin had when it made it. */
  private void checkCausalOrder(ReplicaId id) {
    List<Change> fresh = engines.get(id).logFrom(checked.get(id).total());
    VersionVector before = checked.get(id);
    for (Change change : fresh) {
      long expected = before.get(change.dot().origin()) + 1;
      if (change.dot().sequence() != expected || !before.covers(change.dependencies())) {
        throw new AssertionError(id + " applied " + change.dot() + " after only " + before);
      }
      before = before.with(change.dot());
    }
    checked.put(id, before);
  }

  /** Nothing at or below the safe time is missing, whenever it was made; and it never goes back. */
  private void checkSafeTime(ReplicaId id) {
    HlcTimestamp safe = nodes.get(id).safeTime();
    if (safeTimes.put(id, safe).isAfter(safe)) {
      throw new AssertionError("the safe time of " + id + " went back to " + safe);
    }
    VersionVector vector = engines.get(id).vector();
    if (vector.equals(everything())) {
      return;
    }
    for (Change change : made) {
      if (!change.hlc().isAfter(safe) && !vector.contains(change.dot())) {
        throw new AssertionError(
            id + " lacks " + change.dot() + " of " + change.hlc() + ", safe time " + safe);
      }
    }
  }
}
