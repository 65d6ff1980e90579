package dev.meridian.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionVector;
import dev.meridian.cluster.PeerPast;
import dev.meridian.simulation.SimulatedNetwork.Way;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A region whose log lost records in the middle, and what it may say before its peers do. */
class GapInTheLogTest {

  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final ReplicaId A = new ReplicaId("a");
  private static final ReplicaId B = new ReplicaId("b");
  private static final int ENOUGH = 5;
  private static final int MOST_SEEDS = 200;

  @Test
  void itPromisesNothingBeforeItsPeersSaidWhatItMade() {
    int gaps = 0;
    for (long seed = 0; gaps < ENOUGH; seed++) {
      assertTrue(seed < MOST_SEEDS, "there are too few gaps");
      gaps += gapAndPromise(seed);
    }
  }

  /** How many gaps there were. */
  private static int gapAndPromise(long seed) {
    SimulatedCluster cluster = new SimulatedCluster(seed, "a", "b");
    for (int i = 0; i < 20; i++) {
      cluster.write(A, "a" + i);
      cluster.write(B, "b" + i);
      cluster.run(Duration.ofMillis(20));
    }
    cluster.run(SECOND);
    assertTrue(cluster.converged(), "seed " + seed);
    VersionVector all = cluster.engine(A).vector();
    cluster.kill(B);
    cluster.rot(B);
    cut(cluster, new Way(A, B), true);
    cut(cluster, new Way(B, A), true);
    cluster.start(B);
    if (cluster.gaps() == 0 || cluster.engine(B).vector().equals(all)) {
      return 0;
    }
    cluster.run(SECOND);
    assertEquals(HlcTimestamp.ZERO, promised(cluster), "seed " + seed);
    cut(cluster, new Way(A, B), false);
    cut(cluster, new Way(B, A), false);
    cluster.run(Duration.ofSeconds(10));
    assertEquals(all, cluster.engine(B).vector(), "seed " + seed);
    assertTrue(cluster.node(B).isWhole(), "seed " + seed);
    assertNotEquals(HlcTimestamp.ZERO, promised(cluster), "seed " + seed);
    return 1;
  }

  private static HlcTimestamp promised(SimulatedCluster cluster) {
    CompletableFuture<PeerPast> told = cluster.node(B).endpoint().past(B).toCompletableFuture();
    assertTrue(cluster.runUntil(SECOND, told::isDone));
    return told.join().promised();
  }

  private static void cut(SimulatedCluster cluster, Way way, boolean on) {
    if (on) {
      cluster.network().cut(way, false);
    } else {
      cluster.network().heal(way);
    }
  }
}
