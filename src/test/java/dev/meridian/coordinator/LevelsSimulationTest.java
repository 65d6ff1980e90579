package dev.meridian.coordinator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.meridian.clock.ReplicaId;
import dev.meridian.coordinator.SimulatedClients.Without;
import dev.meridian.document.Change;
import dev.meridian.document.StoredDocument;
import dev.meridian.simulation.HistoryChecker.Violation;
import dev.meridian.simulation.SimulatedCluster;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Three to five regions whose links are cut one way and both, delayed, paused and broken; clients
 * move between them. With all rules nothing may be wrong; with a rule taken away the same checker
 * must find what that rule prevents.
 */
class LevelsSimulationTest {

  private static final String[] NAMES = {"a", "b", "c", "d", "e"};

  private static SimulatedClients run(long seed, Without without) {
    int regions = 3 + (int) (seed % 3);
    boolean skewed = seed % 4 == 0 || without == Without.CLOCK_OFFSET;
    SimulatedClients clients =
        new SimulatedClients(seed, without, skewed, java.util.Arrays.copyOf(NAMES, regions));
    clients.storm(3, 60);
    return clients;
  }

  @TestFactory
  List<DynamicTest> everyLevelKeepsItsPromise() {
    long base = Long.getLong("meridian.seed", 1L);
    long count = Long.getLong("meridian.seeds", 12L);
    return LongStream.range(base, base + count)
        .mapToObj(seed -> DynamicTest.dynamicTest("seed " + seed, () -> keeps(seed)))
        .toList();
  }

  private static void keeps(long seed) {
    try {
      SimulatedClients clients = run(seed, Without.NOTHING);
      System.out.println(
          "LevelsSimulationTest seed="
              + seed
              + " operations="
              + clients.ops.size()
              + " refused="
              + clients.failures
              + " "
              + clients.cluster.ids().stream().map(id -> clients.documents(id).stats()).toList());
      assertEquals(List.of(), clients.check());
      assertTrue(clients.ops.size() > 300, "too little was done to mean anything");
    } catch (RuntimeException | AssertionError failed) {
      throw new AssertionError("-Dmeridian.seed=" + seed + " -Dmeridian.seeds=1", failed);
    }
  }

  @TestFactory
  List<DynamicTest> withoutItsRuleEachPromiseIsSeenToBreak() {
    return List.of(
        breaks(
            Without.SESSION_WAIT,
            Set.of(
                "read-your-writes", "monotonic-reads", "monotonic-writes", "writes-follow-reads")),
        breaks(Without.BOUNDED_WAIT, Set.of("bounded-staleness")),
        breaks(Without.CLOCK_OFFSET, Set.of("bounded-staleness")),
        breaks(Without.QUORUM_READ, Set.of("quorum-regularity")),
        breaks(Without.READ_REPAIR, Set.of("quorum-monotonic-reads")),
        breaks(Without.DURABILITY_WAIT, Set.of("quorum-regularity")));
  }

  private static DynamicTest breaks(Without rule, Set<String> expected) {
    return DynamicTest.dynamicTest(
        "without " + rule,
        () -> {
          Set<String> found = new HashSet<>();
          for (long seed = 1; seed <= 40 && !found.containsAll(expected); seed++) {
            run(seed, rule).check().stream().map(Violation::rule).forEach(found::add);
          }
          assertTrue(found.containsAll(expected), "found " + found);
        });
  }

  /** The way of a change is told by the regions it went through, and bounded. */
  @Test
  void aJourneyTellsWhenEachRegionHadAVersion() {
    SimulatedClients clients = new SimulatedClients(5, Without.NOTHING, false, "a", "b", "c");
    SimulatedCluster cluster = clients.cluster;
    ReplicaId a = cluster.ids().get(0);
    ReplicaId c = cluster.ids().get(2);
    cluster.run(Duration.ofSeconds(3));
    for (ReplicaId id : cluster.ids()) {
      if (!id.equals(c)) {
        cluster.node(c).pause(id);
      }
    }
    cluster.write(a, "k");
    cluster.run(Duration.ofSeconds(1));
    assertEquals("[visible, visible, not-yet]", states(clients, a).toString());
    cluster.network().detach(cluster.ids().get(1));
    cluster.node(c).resume(a);
    cluster.run(Duration.ofSeconds(1));
    assertEquals("[visible, unreachable, visible]", states(clients, a).toString());
    Journey.Visit late = journey(clients, a).visits().get(2);
    assertTrue(late.lagMillis() > 900 && late.lagMillis() < 1200, late.toString());
    for (int i = 0; i < Sightings.KEPT_PER_ORIGIN + 1; i++) {
      cluster.write(a, "other");
    }
    Change first = cluster.made().getFirst();
    assertTrue(
        cluster.runUntil(
            Duration.ofMinutes(10),
            () -> cluster.engine(c).vector().get(a) > Sightings.KEPT_PER_ORIGIN));
    assertEquals(Journey.State.FORGOTTEN, journey(clients, a, first).visits().getFirst().state());
  }

  private static List<String> states(SimulatedClients clients, ReplicaId at) {
    return journey(clients, at).visits().stream().map(visit -> visit.state().text()).toList();
  }

  private static Journey journey(SimulatedClients clients, ReplicaId at) {
    return journey(clients, at, clients.cluster.made().getFirst());
  }

  private static Journey journey(SimulatedClients clients, ReplicaId at, Change change) {
    CompletableFuture<List<Journey>> found =
        clients
            .documents(at)
            .journeys()
            .of(List.of(StoredDocument.of(change)), Duration.ofSeconds(5))
            .toCompletableFuture();
    assertTrue(clients.cluster.runUntil(Duration.ofSeconds(3), found::isDone));
    return found.join().getFirst();
  }
}
