package dev.meridian.coordinator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.meridian.clock.ReplicaId;
import dev.meridian.coordinator.SimulatedClients.Without;
import dev.meridian.document.CollectionSettings;
import dev.meridian.document.Placement;
import dev.meridian.document.PlacementRules;
import dev.meridian.simulation.Contents;
import dev.meridian.simulation.SimulatedCluster;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * The same clients and the same storms as in {@link LevelsSimulationTest}, on documents that live
 * in some regions only, also where they move with every write. Every promise holds as everywhere
 * else, and no body ever gets into the log of a region that must not have it.
 */
class PlacementSimulationTest {

  /** How documents are placed in a run. */
  private enum Rule {
    REGIONS,
    PREFIXES,
    FIELD
  }

  private static CollectionSettings settings(Rule rule) {
    PlacementRules rules =
        switch (rule) {
          case REGIONS -> rules(in("a", "b"), Map.of(), "", Map.of());
          // Majorities of the others and of k2 need not meet: who asks the wrong ones is found out.
          case PREFIXES ->
              rules(in("a"), Map.of("k1", in("c"), "k2", in("a", "b", "c")), "", Map.of());
          case FIELD ->
              rules(
                  in("a", "b"),
                  Map.of(),
                  "/by",
                  Map.of(
                      "s0", in("a"), "b0", in("b", "c"), "q0", in("c"), "q1", in("a", "b", "c")));
        };
    CollectionSettings all = CollectionSettings.DEFAULTS;
    return new CollectionSettings(
        all.keepVersions(), all.keepFor(), all.requirePrecondition(), rules);
  }

  private static PlacementRules rules(
      Placement others,
      Map<String, Placement> prefixes,
      String field,
      Map<String, Placement> values) {
    SortedMap<String, Placement> ofPrefixes = new TreeMap<>(prefixes);
    return new PlacementRules(others, ofPrefixes, field, new TreeMap<>(values), false);
  }

  private static Placement in(String... regions) {
    return Placement.in(Arrays.stream(regions).map(ReplicaId::new).toList());
  }

  @TestFactory
  List<DynamicTest> everyPromiseHoldsAndNoBodyIsMisplaced() {
    long base = Long.getLong("meridian.seed", 1L);
    long count = Long.getLong("meridian.seeds", 4L);
    return Stream.of(Rule.values())
        .flatMap(
            rule ->
                LongStream.range(base, base + count)
                    .mapToObj(
                        seed ->
                            DynamicTest.dynamicTest(
                                rule + " seed " + seed, () -> keeps(rule, seed))))
        .toList();
  }

  private static void keeps(Rule rule, long seed) {
    String[] regions =
        seed % 2 == 0 ? new String[] {"a", "b", "c"} : new String[] {"a", "b", "c", "d"};
    try {
      SimulatedClients clients =
          new SimulatedClients(seed, Without.NOTHING, false, settings(rule), regions);
      clients.storm(3, 60);
      SimulatedCluster cluster = clients.cluster;
      System.out.println(
          "PlacementSimulationTest "
              + rule
              + " seed="
              + seed
              + " operations="
              + clients.ops.size()
              + " refused="
              + clients.failures);
      assertEquals(List.of(), clients.check());
      assertEquals(List.of(), clients.misplaced());
      assertEquals(
          1,
          cluster.ids().stream().map(id -> Contents.newest(cluster.engine(id))).distinct().count());
      assertTrue(clients.ops.size() > 50, "too little was done: " + clients.ops.size());
      assertTrue(clients.placed() > 10, "too little was placed: " + clients.placed());
    } catch (RuntimeException | AssertionError failed) {
      throw new AssertionError("-Dmeridian.seed=" + seed + " -Dmeridian.seeds=1 " + rule, failed);
    }
  }
}
