package dev.meridian.simulation;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionVector;
import dev.meridian.cluster.LinkFault;
import dev.meridian.document.StoreFailure;
import dev.meridian.simulation.SimulatedNetwork.Way;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * Two to five regions with all their parts, to which a {@link Schedule} is done, in one thread and
 * one time. What must always hold is checked all the time; when all faults are over, the regions
 * have to become the same; then data is damaged beneath the logs and has to be mended; and all of
 * that has to be so again after another start. Whatever is not so is thrown.
 */
final class World {

  private static final String[] NAMES = {"a", "b", "c", "d", "e"};
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration QUIET = Duration.ofMillis(600);
  private static final int LONGEST_PAUSE_MILLIS = 90;

  private static final long NEAR_MILLIS = 2_000;

  private final Schedule schedule;
  private final Sabotage sabotage;
  private final Consumer<String> timeline;
  private final SimulatedCluster cluster;
  private final RandomGenerator random;
  private final ConflictWorkload workload;
  private final Ledger ledger;
  private final Weather weather;
  private final Clients clients;
  private final FeedReader reader;
  private final ConflictCheck check;
  private long operations;
  private int wipes;
  private int rots;
  private String doing = "the beginning";

  /**
   * @param timeline gets what happens, line by line
   */
  World(Schedule schedule, Sabotage sabotage, Consumer<String> timeline) {
    this.schedule = schedule;
    this.sabotage = sabotage;
    this.timeline = timeline;
    cluster =
        new SimulatedCluster(schedule.seed(), sabotage, Arrays.copyOf(NAMES, schedule.regions()));
    random = cluster.random();
    workload = new ConflictWorkload(cluster, keepVersions());
    ledger = new Ledger(cluster);
    weather = new Weather(cluster);
    clients = new Clients(cluster, sabotage, this::tell);
    reader = new FeedReader(cluster);
    check = new ConflictCheck(cluster, schedule.wholeHistory());
  }

  /** What a run was, for people. */
  record Summary(long operations, String text) {}

  /** Does all of it. */
  Summary run() {
    try {
      begin();
      for (Step step : schedule.steps()) {
        doing = "step " + step;
        cluster.attempt(() -> cluster.choosing(step.seed(), () -> act(step)));
        cluster.run(Duration.ofMillis(pause(step)));
        cluster.ids().stream().filter(cluster::hasItsPast).forEach(ledger::check);
      }
      doing = "the end of all faults";
      end();
      doing = "damage and repair";
      long mended = new Mending(cluster, sabotage, check, this::tell).run();
      doing = "another start";
      startAgain();
      return new Summary(operations + clients.requests(), summary(mended));
    } catch (RuntimeException | AssertionError broken) {
      tell("broken: " + broken.getMessage());
      throw new AssertionError("at " + doing + ": " + broken.getMessage(), broken);
    }
  }

  private int keepVersions() {
    return schedule.wholeHistory() ? 10_000 : 3;
  }

  private static long pause(Step step) {
    return Math.floorMod(step.seed(), LONGEST_PAUSE_MILLIS);
  }

  private String summary(long mended) {
    return "regions="
        + schedule.regions()
        + " changes="
        + cluster.made().size()
        + " entries="
        + ledger.size()
        + " requests="
        + clients.requests()
        + " crashes="
        + cluster.crashes()
        + " wipes="
        + wipes
        + " rots="
        + rots
        + " gaps="
        + cluster.gaps()
        + " checkpoints="
        + cluster.checkpoints()
        + " merges="
        + cluster.merges()
        + " mended="
        + mended;
  }

  private void tell(String what) {
    timeline.accept(String.format(Locale.ROOT, "%9.3f s  %s", cluster.time().nanos() / 1e9, what));
  }

  private void begin() {
    ReplicaId first = cluster.ids().getFirst();
    if (schedule.joins()) {
      ReplicaId last = cluster.ids().getLast();
      cluster.stop(last);
      cluster.replaceStore(last);
      tell("region " + last + " is not there yet");
    }
    workload.configure(first, ConflictWorkload.KEPT);
    workload.configure(first, ConflictWorkload.DROPPED);
    ledger.open(first);
    clients.open(first, keepVersions());
    cluster.run(SECOND);
    assertTrue(cluster.converged(), "they do not become equal before anything happens");
  }

  private void act(Step step) {
    ReplicaId one = weather.anyRegion();
    ReplicaId two = weather.anyRegion();
    switch (step.kind()) {
      case WRITES -> writes(one);
      case ENTRIES -> entries(one);
      case REQUESTS -> clients.step();
      case FEED -> {
        if (cluster.runs(one) && cluster.isLogWhole(one)) {
          reader.read(one, 1 + random.nextInt(200));
        }
      }
      case CUT -> {
        weather.cut(one, two);
        tell("links between " + one + " and " + two + " are cut");
      }
      case HEAL -> {
        cluster.network().heal(new Way(one, two));
        cluster.network().heal(new Way(two, one));
        tell("links between " + one + " and " + two + " are whole");
      }
      case BREAK -> cluster.network().breakStreams(new Way(one, two));
      case FAULT -> cluster.faults(one).set(two, weather.fault(), weather.directions(), SECOND);
      case CLEAR -> cluster.faults(one).clear(two);
      case DISORDER -> cluster.network().disorder(random.nextBoolean() ? 0 : random.nextInt(20));
      case PAUSE -> pause(one, two);
      case FULL -> full(one);
      case STOP -> {
        if (cluster.runs(one)) {
          tell("region " + one + " stops");
          cluster.stop(one);
        }
      }
      case CRASH -> {
        if (cluster.runs(one)) {
          tell("region " + one + " is about to lose power");
          cluster.crashSoon(one);
        }
      }
      case DISK_FAILS -> {
        if (cluster.runs(one)) {
          tell("the disk of region " + one + " is about to fail once");
          cluster.failDisk(one);
        }
      }
      case DISK_FULL -> {
        boolean isFull = random.nextBoolean();
        cluster.fillDisk(one, isFull);
        tell("the disk of region " + one + (isFull ? " is as good as full" : " has room"));
      }
      case START -> {
        tell("all regions that are down start");
        weather.startAll();
      }
      case CLOCK -> setClock(one);
      case WIPE -> wipe(one);
      case BIT_ROT -> rot(one);
      case REPAIR -> repair(one, two);
    }
  }

  private void writes(ReplicaId region) {
    int count = 1 + random.nextInt(30);
    for (int i = 0; i < count && cluster.serves(region); i++) {
      workload.step(region);
      operations++;
    }
  }

  private void entries(ReplicaId region) {
    int count = random.nextInt(random.nextInt(8) == 0 ? 40 : 4);
    for (int i = 0; i < count && cluster.serves(region); i++) {
      try {
        ledger.enter(region);
        operations++;
      } catch (StoreFailure.CallerMistake notThereYet) {
        // A region that lost it has not got it back.
      }
    }
  }

  private void pause(ReplicaId one, ReplicaId two) {
    if (!cluster.runs(one) || one.equals(two)) {
      return;
    }
    if (random.nextBoolean()) {
      cluster.node(one).pause(two);
      tell(one + " reads no more from " + two);
    } else {
      cluster.node(one).resume(two);
      tell(one + " reads from " + two + " again");
    }
  }

  private void full(ReplicaId region) {
    boolean isFull = random.nextBoolean();
    cluster.engine(region).refuse(isFull ? Optional.of(Weather.diskFull()) : Optional.empty());
    tell("region " + region + (isFull ? " has no room" : " has room"));
  }

  private void setClock(ReplicaId region) {
    long far = schedule.clocks();
    long millis = random.nextLong(-far, far + 1);
    cluster.skew(region, millis);
    tell("the clock of " + region + " is " + millis + " ms after the true time");
  }

  /** Only a region whose changes all others have; and not while another one lacks any. */
  private boolean mayLoseData(ReplicaId region) {
    VersionVector here = cluster.engine(region).vector();
    return cluster.serves(region)
        && !cluster.isAiling(region)
        && cluster.ids().stream()
            .filter(id -> !id.equals(region))
            .allMatch(
                id ->
                    cluster.runs(id)
                        && cluster.isLogWhole(id)
                        && cluster.engine(id).vector().covers(here));
  }

  private void rot(ReplicaId region) {
    if (!mayLoseData(region)) {
      return;
    }
    VersionVector here = cluster.engine(region).vector();
    if (random.nextBoolean()) {
      cluster.stop(region);
    } else {
      cluster.kill(region);
    }
    if (!cluster.engine(region).vector().equals(here)) {
      return; // it was writing
    }
    Optional<String> file = cluster.rot(region);
    if (file.isPresent()) {
      tell("a bit changes in " + file.get() + " of region " + region);
      rots++;
    }
    if (random.nextBoolean()) {
      cluster.start(region);
      cluster.runUntil(SECOND, () -> cluster.serves(region));
      writes(region); // at once
    }
  }

  /**
   * In the middle of everything, or when nothing has been done for a while: then the promises of
   * all are newer than all changes, and the first thing that is done after is done there.
   */
  private void wipe(ReplicaId region) {
    boolean quiet = random.nextBoolean();
    if (quiet) {
      cluster.run(QUIET);
    }
    if (random.nextBoolean()) {
      slowLastWords(region);
    }
    if (!mayLoseData(region)) {
      return;
    }
    VersionVector here = cluster.engine(region).vector();
    tell("region " + region + " loses its disk");
    cluster.kill(region);
    if (!cluster.engine(region).vector().equals(here)) {
      return; // it was writing
    }
    if (quiet || random.nextBoolean()) {
      setClock(region); // it is another machine's
    }
    cluster.replaceStore(region);
    cluster.start(region);
    wipes++;
    if (quiet) {
      cluster.runUntil(SECOND, () -> cluster.serves(region));
      writes(region);
    }
  }

  /** What a region says from now on is under way until its next life has begun. */
  private void slowLastWords(ReplicaId region) {
    LinkFault slow =
        new LinkFault(false, Duration.ofMillis(100 + random.nextInt(700)), Duration.ZERO, 0);
    cluster.ids().stream()
        .filter(id -> !id.equals(region))
        .forEach(
            id -> cluster.faults(id).set(region, slow, EnumSet.of(LinkFault.Direction.IN), SECOND));
    cluster.run(Duration.ofMillis(100 + random.nextInt(150)));
  }

  /** Whatever is under way, it finds nothing to do, and changes nothing. */
  private void repair(ReplicaId region, ReplicaId peer) {
    if (sabotage == Sabotage.NONE && cluster.runs(region) && !peer.equals(region)) {
      cluster.repairs(region).repair(peer, random.nextInt(4) == 0, "simulation");
    }
  }

  /** Faults end, and clocks that are too far off are set right: else they would wait for ever. */
  private void end() {
    cluster.ids().forEach(id -> cluster.skew(id, random.nextLong(-NEAR_MILLIS, NEAR_MILLIS + 1)));
    assertTrue(weather.clear(), "they do not become equal: " + vectors());
    tell("all regions are equal");
    cluster.run(Duration.ofSeconds(4)); // what clients wait for ends
    assertTrue(cluster.converged(), "they do not stay equal: " + vectors());
    check.all();
    cluster.ids().forEach(ledger::checkWhole);
    clients.check();
    reader.finish(check.whole());
  }

  private String links(ReplicaId id) {
    return cluster.node(id).links().stream()
        .map(link -> link.from() + " " + link.state() + " " + link.reason())
        .toList()
        .toString();
  }

  private String vectors() {
    Map<ReplicaId, String> vectors = new LinkedHashMap<>();
    for (ReplicaId id : cluster.ids()) {
      vectors.put(id, cluster.engine(id).vector() + " " + links(id));
    }
    return vectors.toString();
  }

  /** What is shown then is what was shown before. */
  private void startAgain() {
    Map<ReplicaId, Map<String, String>> before = new LinkedHashMap<>();
    cluster.ids().forEach(id -> before.put(id, check.shown(id)));
    cluster.ids().forEach(cluster::stop);
    cluster.ids().forEach(cluster::start);
    for (ReplicaId id : cluster.ids()) {
      ConflictCheck.same(before.get(id), check.shown(id), "after a start in " + id);
    }
    check.all();
  }
}
