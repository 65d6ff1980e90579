package dev.meridian.simulation;

import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionVector;
import dev.meridian.cluster.FailureDetector;
import dev.meridian.cluster.FaultyEndpoint;
import dev.meridian.cluster.FaultyReplicaEndpoint;
import dev.meridian.cluster.FaultyTransport;
import dev.meridian.cluster.LinkFaults;
import dev.meridian.cluster.Region;
import dev.meridian.cluster.Topology;
import dev.meridian.cluster.Transport;
import dev.meridian.coordinator.KnownSettings;
import dev.meridian.coordinator.RegionDocuments;
import dev.meridian.document.Bytes;
import dev.meridian.document.Change;
import dev.meridian.document.CollectionName;
import dev.meridian.document.CollectionSettings;
import dev.meridian.document.CollectionSettingsJson;
import dev.meridian.document.ConflictSettings;
import dev.meridian.document.DocumentId;
import dev.meridian.document.JsonLimits;
import dev.meridian.document.PlacementRules;
import dev.meridian.document.Precondition;
import dev.meridian.engine.FieldedDocument;
import dev.meridian.engine.LogStructuredEngine;
import dev.meridian.engine.Mutation;
import dev.meridian.engine.Outcome;
import dev.meridian.engine.StorageEngine;
import dev.meridian.env.Threads;
import dev.meridian.env.WallClock;
import dev.meridian.repair.AntiEntropy;
import dev.meridian.repair.RepairSettings;
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
import java.util.Optional;
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
  private final Chance chance;
  private final SimulatedNetwork network;
  private final Map<ReplicaId, Region> regions = new LinkedHashMap<>();
  private final Map<ReplicaId, HintedHandoff> hints = new HashMap<>();
  private final Map<ReplicaId, SimulatedTime.HostClock> walls = new HashMap<>();
  private final Map<ReplicaId, RegionDocuments> documents = new HashMap<>();
  private final Pasts pasts;
  private final Map<ReplicaId, SimulatedRegion> stores = new LinkedHashMap<>();
  private final Map<ReplicaId, LinkFaults> faults = new HashMap<>();
  private final Map<ReplicaId, Replication> nodes = new HashMap<>();
  private final Map<ReplicaId, AntiEntropy> repairs = new HashMap<>();
  private final Map<ReplicaId, RegionCheck> checks = new HashMap<>();
  private final AcknowledgedChanges made = new AcknowledgedChanges();
  private final Sabotage sabotage;
  private int crashes;
  private int gaps;

  public SimulatedCluster(long seed, String... names) {
    this(seed, Sabotage.NONE, names);
  }

  /**
   * @param sabotage done in all regions, but for {@link Sabotage#SETTINGS_ARE_IGNORED}: that is in
   *     the first one only
   */
  public SimulatedCluster(long seed, Sabotage sabotage, String... names) {
    this.sabotage = sabotage;
    pasts = new Pasts(this, sabotage);
    random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    chance = new Chance(RandomGeneratorFactory.of("L64X128MixRandom").create(~seed));
    network = new SimulatedNetwork(time, random, sabotage::sent);
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

  /**
   * What those who do something to the cluster choose by. Regions, network and disks have their
   * own, so that their chance is the same whatever is done.
   */
  public RandomGenerator random() {
    return chance;
  }

  /** Does something that chooses by a seed of its own. */
  void choosing(long seed, Runnable something) {
    chance.during(seed, something);
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

  /** The same without what is done to it on purpose. */
  LogStructuredEngine data(ReplicaId id) {
    return stores.get(id).engine();
  }

  /** Where a region does what takes time. */
  public Threads threads(ReplicaId id) {
    return stores.get(id).threads();
  }

  public LinkFaults faults(ReplicaId id) {
    return faults.get(id);
  }

  /** Compares and mends the data of a region that runs. */
  public AntiEntropy repairs(ReplicaId id) {
    return repairs.get(id);
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
    beginsWithNothing(id);
  }

  private void beginsWithNothing(ReplicaId id) {
    pasts.lost(id);
    checks.put(id, new RegionCheck(id, made));
  }

  /** Of a region that is down a bit of the log changes; the file, empty when none does. */
  Optional<String> rot(ReplicaId id) {
    return stores.get(id).rot();
  }

  /** Whether nothing ever changed by itself in a region's log: then it has all there is. */
  boolean isLogWhole(ReplicaId id) {
    return stores.get(id).isLogWhole();
  }

  /**
   * Whether a region takes requests: one that lost what it had does not before it has what its
   * peers had when it asked them all, as a node.
   */
  boolean serves(ReplicaId id) {
    return sabotage == Sabotage.DOTS_ARE_USED_AGAIN ? runs(id) : hasItsPast(id);
  }

  /** Whether a region runs and has all it ever had. */
  boolean hasItsPast(ReplicaId id) {
    return pasts.has(id);
  }

  /** Sets a region's clock; those who run see that at once. */
  public void skew(ReplicaId id, long millis) {
    walls.get(id).set(millis);
  }

  /** Reads and writes documents in a region that runs, with the guarantees that are asked for. */
  public RegionDocuments documents(ReplicaId id) {
    return documents.computeIfAbsent(id, this::serve);
  }

  private RegionDocuments serve(ReplicaId id) {
    Replication node = nodes.get(id);
    return new RegionDocuments(
        new RegionDocuments.Parts(
            topology(id),
            engine(id),
            new KnownSettings(),
            node,
            node::staleness,
            transport(id),
            hints(id),
            () -> serves(id),
            true,
            JsonLimits.DEFAULTS,
            walls.get(id),
            time,
            threads(id),
            random));
  }

  /** One of the next operations of a region's disk fails. */
  void failDisk(ReplicaId id) {
    stores.get(id).failDiskSoon();
  }

  /** A region's disk is as good as full, or has room again. */
  void fillDisk(ReplicaId id, boolean isFull) {
    if (isFull) {
      stores.get(id).fillDisk();
    } else {
      stores.get(id).makeRoom();
    }
  }

  /** Disks fail no more, and have room. */
  void healDisks() {
    stores.values().forEach(SimulatedRegion::healDisk);
    stores.values().forEach(SimulatedRegion::makeRoom);
  }

  /** Whether a region is down, or about to be, or its disk failed since it was started. */
  boolean isAiling(ReplicaId id) {
    return !runs(id) || stores.get(id).isAiling();
  }

  /** Whether a region runs whose log failed: only another start helps it. */
  boolean needsRestart(ReplicaId id) {
    return runs(id) && !data(id).acceptsWrites();
  }

  public void start(ReplicaId id) {
    WallClock wall = walls.get(id);
    SimulatedRegion.Beginning beginning = stores.get(id).open(wall);
    switch (beginning) {
      case AS_IT_WAS -> {}
      case WITH_A_GAP -> {
        pasts.lostSome(id);
        gaps++;
      }
      case WITH_NOTHING -> beginsWithNothing(id);
    }
    Replication node =
        new Replication(
            new Replication.Parts(
                topology(id),
                engine(id),
                data(id).hasLogGap(),
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
    AntiEntropy repair =
        new AntiEntropy(
            new AntiEntropy.Parts(
                topology(id),
                data(id),
                transport(id),
                node::safeTime,
                data(id)::latest,
                node::isWhole,
                wall,
                time,
                threads(id),
                RepairSettings.defaults().withPages(10, 40)));
    repairs.put(id, repair);
    network.attach(
        id,
        new FaultyReplicaEndpoint(
            (asker, question) ->
                AntiEntropy.isRepair(question)
                    ? repair.desk().answer(asker, question)
                    : documents(id).desk().answer(asker, question),
            faults.get(id),
            time));
    node.start();
    checks.get(id).started(engine(id), beginning == SimulatedRegion.Beginning.WITH_A_GAP);
  }

  /** What was accepted is finished; the next start reads it again. */
  public void stop(ReplicaId id) {
    if (stores.get(id).isDoomed()) {
      crash(id);
      return;
    }
    network.detach(id);
    endNode(id);
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

  /** A process is killed; its machine stays up, and its disk keeps what was written. */
  public void kill(ReplicaId id) {
    network.detach(id);
    endNode(id);
    stores.get(id).kill();
  }

  private void crash(ReplicaId id) {
    network.detach(id);
    endNode(id);
    stores.get(id).crash();
    crashes++;
  }

  private void endNode(ReplicaId id) {
    repairs.remove(id).stop();
    documents.remove(id);
    nodes.remove(id).stop();
  }

  /** How often a region crashed. */
  public int crashes() {
    return crashes;
  }

  /** How often a region began with a gap in its log. */
  int gaps() {
    return gaps;
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

  /** A client makes a collection that keeps so much history, or tells it to. */
  void keep(ReplicaId id, CollectionName collection, int versions) {
    CollectionSettings settings =
        new CollectionSettings(
            versions,
            Duration.ofDays(7),
            false,
            PlacementRules.EVERYWHERE,
            ConflictSettings.DEFAULTS);
    apply(id, new Mutation.Configure(collection, CollectionSettingsJson.render(settings), ""));
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

  /** Does something to the regions; of one whose power goes meanwhile nobody hears what failed. */
  void attempt(Runnable something) {
    orCrash(
        () -> {
          something.run();
          return true;
        });
  }

  /** A region whose power goes meanwhile ends, and nobody is left to hear of what failed there. */
  private boolean orCrash(BooleanSupplier task) {
    boolean more = true;
    try {
      more = task.getAsBoolean();
    } catch (RuntimeException failed) {
      boolean fails =
          failed instanceof UncheckedIOException
              && stores.values().stream().anyMatch(SimulatedRegion::isAiling);
      if (!fails && stores.values().stream().noneMatch(SimulatedRegion::isDown)) {
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
              if (needsRestart(id) && !isAiling(id)) {
                throw new AssertionError("the log of " + id + " failed, and its disk did not");
              }
              checks.get(id).check(nodes.get(id).safeTime(), needsRestart(id));
              checks.get(id).checkBounds(time.nanos(), data(id)::stats);
            }
            return true;
          });
    }
  }
}
