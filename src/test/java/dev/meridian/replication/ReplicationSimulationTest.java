package dev.meridian.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.meridian.clock.Dot;
import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionId;
import dev.meridian.clock.VersionVector;
import dev.meridian.cluster.LinkFault;
import dev.meridian.document.Change;
import dev.meridian.simulation.Contents;
import dev.meridian.simulation.SimulatedCluster;
import dev.meridian.simulation.SimulatedNetwork.Way;
import dev.meridian.simulation.Weather;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Whole clusters from a seed. After every few steps the cluster checks that logs are causal, that
 * promises hold, that safe times and cursors never go back.
 */
class ReplicationSimulationTest {

  private static final ReplicaId A = new ReplicaId("a");
  private static final ReplicaId B = new ReplicaId("b");
  private static final ReplicaId C = new ReplicaId("c");
  private static final Duration SECOND = Duration.ofSeconds(1);

  /** So many that conflicts, of which another simulation is about, cost little. */
  private static final int DOCUMENTS = 300;

  private static final LinkFault DROP = new LinkFault(true, Duration.ZERO, Duration.ZERO, 0);

  @TestFactory
  List<DynamicTest> convergesWhateverTheNetworkDoes() {
    long base = Long.getLong("meridian.seed", 1L);
    long count = Long.getLong("meridian.seeds", 10L);
    return LongStream.range(base, base + count)
        .mapToObj(seed -> DynamicTest.dynamicTest("seed " + seed, () -> storm(seed)))
        .toList();
  }

  private static void storm(long seed) {
    try {
      SimulatedCluster cluster = stormed(seed);
      assertConverged(cluster);
      System.out.println(
          "ReplicationSimulationTest seed="
              + seed
              + " changes="
              + cluster.made().size()
              + " crashes="
              + cluster.crashes()
              + " checkpoints="
              + cluster.checkpoints()
              + " merges="
              + cluster.merges());
      assertTrue(cluster.checkpoints() >= 5 && cluster.merges() >= 2, "too little became tables");
    } catch (RuntimeException | AssertionError failed) {
      throw new AssertionError("-Dmeridian.seed=" + seed + " -Dmeridian.seeds=1", failed);
    }
  }

  private static SimulatedCluster stormed(long seed) {
    SimulatedCluster cluster = new SimulatedCluster(seed, "a", "b", "c");
    Weather weather = new Weather(cluster);
    for (int i = 0; i < 120; i++) {
      disturb(cluster, weather);
      cluster.run(Duration.ofMillis(cluster.random().nextInt(120)));
    }
    weather.clear();
    return cluster;
  }

  /** Down to the last bit of every log and the last draw of chance. */
  @Test
  void aSeedTellsEverythingThatHappens() {
    assertEquals(fingerprint(stormed(3)), fingerprint(stormed(3)));
  }

  /** Else a run that loses nothing would mean nothing. */
  @Test
  void aDiskThatLiesAboutForcesIsFoundOut() {
    AssertionError found =
        assertThrows(
            AssertionError.class,
            () -> {
              for (long seed = 1; seed <= 20; seed++) {
                SimulatedCluster cluster = new SimulatedCluster(seed, "a", "b");
                cluster.lieAboutForces(A);
                cluster.write(A, "x");
                cluster.run(SECOND);
                cluster.write(A, "y");
                cluster.crashSoon(A);
                cluster.run(SECOND);
                cluster.start(A);
              }
            });
    assertTrue(found.getMessage().startsWith("a showed "), found.getMessage());
  }

  private static String fingerprint(SimulatedCluster cluster) {
    CRC32C logs = new CRC32C();
    for (ReplicaId id : cluster.ids()) {
      Contents.changes(cluster.engine(id))
          .forEach(change -> logs.update(change.encoded().toArray()));
    }
    String print =
        logs.getValue() + " " + cluster.time().nanos() + " " + cluster.random().nextLong();
    System.out.println("ReplicationSimulationTest fingerprint of seed 3: " + print);
    return print;
  }

  private static void disturb(SimulatedCluster cluster, Weather weather) {
    RandomGenerator random = cluster.random();
    ReplicaId one = weather.anyRegion();
    int writes = random.nextInt(10) == 0 ? 600 : random.nextInt(6);
    for (int i = 0; i < writes && cluster.runs(one); i++) {
      cluster.write(one, "d" + random.nextInt(DOCUMENTS));
    }
    if (random.nextInt(8) == 0) {
      cluster.delete(one, "d" + random.nextInt(DOCUMENTS));
    }
    weather.change();
  }

  private static void assertConverged(SimulatedCluster cluster) {
    VersionVector vector = cluster.engine(A).vector();
    assertAllThere(cluster);
    for (ReplicaId id : cluster.ids()) {
      assertEquals(vector, cluster.engine(id).vector());
      assertEquals(
          Contents.newest(cluster.engine(A)), Contents.newest(cluster.engine(id)), id.value());
    }
    HlcTimestamp last =
        cluster.made().stream()
            .map(change -> change.hlc())
            .reduce(HlcTimestamp.ZERO, HlcTimestamp::max);
    for (ReplicaId id : cluster.ids()) {
      assertTrue(
          cluster.runUntil(Duration.ofSeconds(5), () -> cluster.node(id).safeTime().isAfter(last)),
          "the safe time of " + id + " passes the last change");
    }
  }

  /** What was acknowledged is in the log of all, as it was acknowledged. */
  private static void assertAllThere(SimulatedCluster cluster) {
    for (ReplicaId id : cluster.ids()) {
      Map<Dot, VersionId> versions =
          Contents.changes(cluster.engine(id)).stream()
              .collect(Collectors.toMap(Change::dot, Change::version));
      for (Change change : cluster.made()) {
        assertEquals(change.version(), versions.get(change.dot()), id + " has " + change.dot());
      }
    }
  }

  @Test
  void aBrokenLinkHealsThroughTheThirdRegionWhileItIsBroken() {
    SimulatedCluster cluster = new SimulatedCluster(7, "a", "b", "c");
    cluster.run(SECOND);
    cluster.network().cut(new Way(A, C), false);
    cluster.network().cut(new Way(C, A), true);
    for (int i = 0; i < 100; i++) {
      cluster.write(A, "from-a-" + i);
      cluster.write(C, "from-c-" + i);
    }
    cluster.run(Duration.ofMillis(300));
    assertEquals(200, cluster.made().size());
    assertFalse(cluster.converged());
    assertTrue(cluster.runUntil(Duration.ofSeconds(4), cluster::converged));

    cluster.write(A, "later");
    cluster.run(Duration.ofMillis(5));
    assertTrue(
        cluster.runUntil(Duration.ofMillis(200), cluster::converged), "relayed without delay");
    assertTrue(
        cluster.runUntil(
            Duration.ofSeconds(2), () -> cluster.node(C).safeTime().isAfter(last(cluster))),
        "promises are relayed, too");
  }

  @Test
  void linksShareTheWorkAgainOnceAllAreDirect() {
    SimulatedCluster cluster = new SimulatedCluster(8, "a", "b", "c");
    cluster.network().cut(new Way(A, C), true);
    cluster.run(Duration.ofSeconds(3));
    cluster.network().healAll();
    cluster.run(Duration.ofSeconds(4));
    long before = bytesIn(cluster, C);
    for (int i = 0; i < 100; i++) {
      cluster.write(A, "x" + i);
    }
    cluster.run(SECOND);
    assertTrue(cluster.converged());
    long size = cluster.made().stream().mapToLong(change -> change.encoded().length()).sum();
    assertEquals(size, bytesIn(cluster, C) - before, "each change came once");
  }

  @Test
  void whatWaitedForPausedLinksComesOnceWhenTheyResume() {
    SimulatedCluster cluster = new SimulatedCluster(18, "a", "b", "c");
    cluster.run(SECOND);
    cluster.node(C).pause(A);
    cluster.node(C).pause(B);
    for (int i = 0; i < 20_000; i++) {
      cluster.write(A, "x" + i);
    }
    assertTrue(
        cluster.runUntil(
            Duration.ofSeconds(20), () -> cluster.engine(B).vector().get(A) == 20_000));
    assertEquals(0, cluster.engine(C).vector().get(A));
    cluster.node(C).resume(A);
    cluster.node(C).resume(B);
    assertTrue(cluster.runUntil(Duration.ofSeconds(20), cluster::converged));
    long size = cluster.made().stream().mapToLong(change -> change.encoded().length()).sum();
    // A stream that changes over to other origins may have had some batches under way.
    assertTrue(bytesIn(cluster, C) < size + size / 2, "each change came once");
  }

  @Test
  void aRegionThatLostItsDiskGetsItsOwnPastBack() {
    SimulatedCluster cluster = new SimulatedCluster(9, "a", "b", "c");
    for (int i = 0; i < 50; i++) {
      cluster.write(A, "x" + i);
    }
    cluster.run(SECOND);
    cluster.stop(A);
    cluster.replaceStore(A);
    assertEquals(VersionVector.EMPTY, cluster.engine(A).vector());
    cluster.start(A);
    cluster.run(SECOND);
    assertTrue(cluster.converged());
    assertEquals(50, cluster.engine(A).vector().get(A));
  }

  @Test
  void changesOfARegionThatLeftAreStillBrought() {
    SimulatedCluster four = new SimulatedCluster(10, "a", "b", "c");
    four.write(C, "x");
    four.run(Duration.ofSeconds(2));
    four.stop(C);
    four.stop(A);
    four.replaceStore(A);
    four.start(A);
    four.run(Duration.ofSeconds(6));
    assertEquals(1, four.engine(A).vector().get(C));
    assertEquals(LinkState.DOWN, link(four, A, C).state());
  }

  @Test
  void aCutInOneDirectionLeavesTheOtherAloneAndEndsAtOnce() {
    SimulatedCluster cluster = new SimulatedCluster(11, "a", "b");
    cluster.run(SECOND);
    cluster.faults(A).set(B, DROP, EnumSet.of(LinkFault.Direction.IN), Duration.ofMinutes(1));
    cluster.write(A, "from-a");
    cluster.write(B, "from-b");
    cluster.run(Duration.ofSeconds(5));
    assertEquals(1, cluster.engine(B).vector().get(A));
    assertEquals(0, cluster.engine(A).vector().get(B));
    assertFalse(link(cluster, A, B).reason().isEmpty());

    cluster.faults(A).clear(B);
    assertTrue(cluster.runUntil(Duration.ofMillis(100), cluster::converged));

    cluster.faults(A).set(B, DROP, EnumSet.of(LinkFault.Direction.OUT), Duration.ofSeconds(3));
    cluster.write(A, "from-a");
    cluster.write(B, "from-b");
    cluster.run(Duration.ofMillis(2900));
    assertEquals(1, cluster.engine(B).vector().get(A));
    assertEquals(2, cluster.engine(A).vector().get(B));
    assertTrue(cluster.runUntil(Duration.ofMillis(400), cluster::converged), "ends by itself");
  }

  @Test
  void aDelayShowsAsLagAndKeepsTheOrder() {
    SimulatedCluster cluster = new SimulatedCluster(12, "a", "b");
    cluster.run(Duration.ofSeconds(3));
    LinkFault slow = new LinkFault(false, Duration.ofMillis(200), Duration.ofMillis(50), 0);
    cluster.faults(A).set(B, slow, EnumSet.of(LinkFault.Direction.IN), Duration.ofMinutes(10));
    for (int i = 0; i < 50; i++) {
      cluster.write(B, "x" + i);
      cluster.run(Duration.ofMillis(20));
    }
    cluster.run(SECOND);
    assertTrue(cluster.converged());
    LagPercentiles lag = link(cluster, A, B).lag().minute();
    assertEquals(50, lag.window());
    assertTrue(lag.p50() >= 195 && lag.p99() <= 300, lag.toString());
  }

  @Test
  void theBoundOnStalenessGrowsWhileCutOffEitherWayAndShrinksAfter() {
    for (EnumSet<LinkFault.Direction> cut :
        List.of(EnumSet.of(LinkFault.Direction.IN), EnumSet.allOf(LinkFault.Direction.class))) {
      SimulatedCluster cluster = new SimulatedCluster(21, "a", "b");
      cluster.run(Duration.ofSeconds(3));
      long before = cluster.node(A).staleness().toMillis();
      LinkFault drop = new LinkFault(true, Duration.ZERO, Duration.ZERO, 0);
      cluster.faults(A).set(B, drop, cut, Duration.ofMinutes(10));
      cluster.run(SECOND);
      for (int i = 1; i <= 20; i++) {
        cluster.write(A, "a" + i);
        cluster.write(B, "b" + i);
        long earlier = cluster.node(A).staleness().toMillis();
        cluster.run(SECOND);
        long grown = cluster.node(A).staleness().toMillis();
        assertTrue(grown >= earlier + 900, cut + ": " + earlier + " then " + grown);
        assertTrue(grown >= (i - 1) * 1000L, cut + ": hides unseen changes: " + grown);
      }
      new Weather(cluster).clear();
      cluster.run(SECOND);
      long after = cluster.node(A).staleness().toMillis();
      assertTrue(after < before + 2000, cut + ": " + before + " before, " + after + " after");
    }
  }

  @Test
  void whatTheStoreRefusesIsKeptAndTriedAgain() {
    SimulatedCluster cluster = new SimulatedCluster(13, "a", "b");
    cluster.run(SECOND);
    cluster.engine(A).refuse(Optional.of(Weather.diskFull()));
    for (int i = 0; i < 50; i++) {
      cluster.write(B, "x" + i);
    }
    cluster.run(Duration.ofSeconds(3));
    assertEquals(LinkState.PAUSED, link(cluster, A, B).state());
    assertTrue(link(cluster, A, B).reason().contains("storage-full"));
    assertEquals(50, link(cluster, A, B).pendingChanges());
    cluster.engine(A).refuse(Optional.empty());
    assertTrue(cluster.runUntil(Duration.ofMillis(1100), cluster::converged));
    cluster.run(Duration.ofMillis(50));
    assertEquals(LinkState.STREAMING, link(cluster, A, B).state());
    assertEquals("", link(cluster, A, B).reason());
  }

  @Test
  void aClockFarAheadPausesItsLinkOnlyAndLosesNothing() {
    SimulatedCluster cluster = new SimulatedCluster(14, "a", "b", "c");
    cluster.stop(C);
    cluster.skew(C, Duration.ofSeconds(70).toMillis());
    cluster.replaceStore(C);
    cluster.start(C);
    cluster.write(C, "too-early");
    cluster.write(B, "fine");
    cluster.run(Duration.ofSeconds(5));
    assertEquals(LinkState.PAUSED, link(cluster, A, C).state());
    assertTrue(link(cluster, A, C).reason().contains("clock-drift"));
    assertEquals(LinkState.STREAMING, link(cluster, A, B).state());
    assertEquals(1, cluster.engine(A).vector().get(B));
    assertEquals(0, cluster.engine(A).vector().get(C));
    cluster.run(Duration.ofSeconds(12)); // our clocks reach the timestamp less the bound
    assertTrue(cluster.converged());
  }

  @Test
  void anOperatorPausesAndResumesALink() {
    SimulatedCluster cluster = new SimulatedCluster(15, "a", "b");
    cluster.run(SECOND);
    cluster.node(A).pause(B);
    cluster.write(B, "x");
    cluster.run(Duration.ofSeconds(3));
    assertEquals(LinkState.PAUSED, link(cluster, A, B).state());
    assertEquals(0, cluster.engine(A).vector().get(B));
    cluster.node(A).resume(B);
    assertTrue(cluster.runUntil(Duration.ofMillis(100), cluster::converged));
  }

  @Test
  void theReaderReportsHowFarItIs() {
    SimulatedCluster cluster = new SimulatedCluster(16, "a", "b");
    cluster.write(A, "x");
    cluster.run(SECOND);
    ReaderSnapshot reader = cluster.node(A).outbound().getFirst();
    assertEquals(B, reader.reader());
    assertEquals(1, reader.streams());
    assertEquals(1, reader.reported().get(A));
    assertEquals(0, reader.pendingChanges());
  }

  @Test
  void stalenessGrowsWhileCutOffWhateverTheClocksSay() {
    SimulatedCluster cluster = new SimulatedCluster(17, "a", "b", "c");
    cluster.ids().forEach(cluster::stop);
    cluster.skew(A, 10_000);
    cluster.skew(B, -3_000);
    cluster.ids().forEach(cluster::replaceStore);
    cluster.ids().forEach(cluster::start);
    cluster.run(Duration.ofSeconds(3));
    cluster.write(A, "fast"); // the times of all run ahead of their clocks from now on
    cluster.run(Duration.ofSeconds(2));
    assertTrue(staleness(cluster, C) < 350, "heartbeats: " + staleness(cluster, C));
    cluster.network().cut(new Way(B, C), false);
    cluster.write(B, "unseen");
    cluster.run(Duration.ofMillis(900));
    assertEquals(0, cluster.engine(C).vector().get(B), "nobody relays yet");
    assertTrue(staleness(cluster, C) >= 800, "cut off: " + staleness(cluster, C));
    cluster.run(Duration.ofSeconds(3));
    assertEquals(1, cluster.engine(C).vector().get(B), "relayed");
    assertTrue(staleness(cluster, C) < 600, "passed on: " + staleness(cluster, C));
    cluster.network().cut(new Way(A, C), false);
    cluster.run(Duration.ofSeconds(20));
    assertTrue(staleness(cluster, C) >= 19_500, "alone: " + staleness(cluster, C));
    cluster.network().healAll();
    cluster.run(Duration.ofSeconds(5));
    assertTrue(staleness(cluster, C) < 350, "healed: " + staleness(cluster, C));
  }

  @Test
  void relayedPromisesKeepStalenessLowWhereClocksAgree() {
    SimulatedCluster cluster = new SimulatedCluster(18, "a", "b", "c");
    cluster.run(Duration.ofSeconds(3));
    cluster.network().cut(new Way(B, C), false);
    cluster.write(B, "x");
    cluster.run(Duration.ofSeconds(10));
    assertEquals(1, cluster.engine(C).vector().get(B), "relayed");
    assertTrue(staleness(cluster, C) < 600, "relayed: " + staleness(cluster, C));
  }

  /** Its promises are of a time that comes seconds later; their age goes with them all the same. */
  @Test
  void whatIsPassedOnOfARegionThatCrashedIsAsOldAsItIs() {
    SimulatedCluster cluster = new SimulatedCluster(19, "a", "b", "c");
    cluster.run(Duration.ofSeconds(3));
    cluster.network().cut(new Way(A, C), false);
    cluster.run(Duration.ofSeconds(6));
    cluster.write(A, "x");
    cluster.run(Duration.ofMillis(500));
    cluster.kill(A);
    cluster.start(A);
    cluster.run(Duration.ofMillis(300));
    cluster.write(A, "y");
    cluster.run(Duration.ofMillis(700));
    assertTrue(last(cluster).millis() > cluster.time().millis() + 500, "its time is not ahead");
    assertTrue(staleness(cluster, C) < 1_000, "passed on: " + staleness(cluster, C));
    cluster.network().cut(new Way(A, B), false);
    cluster.write(A, "unseen");
    for (int cut = 100; cut < 6_000; cut += 100) {
      cluster.run(Duration.ofMillis(100));
      assertTrue(staleness(cluster, C) >= cut, cut + " ms: " + staleness(cluster, C));
    }
  }

  /** Neither jumps, forth or back, here or there, nor that a link was slow from the beginning. */
  @Test
  void noSlowMessageIsTakenForYoungerThanItIsWhenAClockIsSet() {
    LinkFault slow = new LinkFault(false, Duration.ofMillis(600), Duration.ZERO, 0);
    for (ReplicaId where : List.of(A, B)) {
      for (long millis : List.of(-7_000L, 7_000L)) {
        SimulatedCluster cluster = new SimulatedCluster(20, "a", "b");
        cluster.run(Duration.ofSeconds(3));
        cluster
            .faults(A)
            .set(B, slow, EnumSet.allOf(LinkFault.Direction.class), SECOND.multipliedBy(9));
        cluster.run(Duration.ofSeconds(2));
        cluster.skew(where, millis);
        isNeverTooYoung(cluster);
        cluster.kill(A);
        cluster.start(A);
        isNeverTooYoung(cluster);
      }
    }
  }

  private static void isNeverTooYoung(SimulatedCluster cluster) {
    for (int i = 0; i < 60; i++) {
      cluster.run(Duration.ofMillis(50));
      assertTrue(staleness(cluster, A) >= 600, "too young: " + staleness(cluster, A));
    }
    assertTrue(staleness(cluster, A) < 2_500, "never measured: " + staleness(cluster, A));
  }

  private static long staleness(SimulatedCluster cluster, ReplicaId id) {
    return cluster.node(id).staleness().toMillis();
  }

  private static HlcTimestamp last(SimulatedCluster cluster) {
    return cluster.made().getLast().hlc();
  }

  private static long bytesIn(SimulatedCluster cluster, ReplicaId id) {
    return cluster.node(id).links().stream().mapToLong(LinkSnapshot::bytesIn).sum();
  }

  private static LinkSnapshot link(SimulatedCluster cluster, ReplicaId to, ReplicaId from) {
    return cluster.node(to).links().stream()
        .filter(link -> link.from().equals(from))
        .findFirst()
        .orElseThrow();
  }
}
