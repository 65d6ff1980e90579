package dev.meridian.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.ReplicaId;
import dev.meridian.cluster.LinkFault;
import dev.meridian.cluster.PeerPast;
import dev.meridian.simulation.SimulatedCluster;
import dev.meridian.simulation.SimulatedNetwork.Way;
import java.time.Duration;
import java.util.EnumSet;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What peers tell a region that begins anew is all that will ever be known of its former life. */
class FormerLifeTest {

  private static final ReplicaId A = new ReplicaId("a");
  private static final ReplicaId B = new ReplicaId("b");
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final SimulatedCluster cluster = new SimulatedCluster(23, "a", "b");

  @BeforeEach
  void all() {
    cluster.write(B, "first");
    cluster.run(SECOND);
  }

  private PeerPast past() {
    return cluster.node(A).endpoint().past(B).toCompletableFuture().join();
  }

  /** Another machine, whose clock is behind. */
  private OwnPast beginsAnew() {
    cluster.skew(B, -5_000);
    cluster.replaceStore(B);
    cluster.start(B);
    CompletableFuture<OwnPast> known =
        cluster.node(B).ownPastKnownByAllPeers().toCompletableFuture();
    assertTrue(cluster.runUntil(SECOND, known::isDone));
    return known.join();
  }

  @Test
  void itIsToldWhatItMadeAndPromised() {
    cluster.kill(B);
    HlcTimestamp promised = past().promised();
    OwnPast known = beginsAnew();
    assertEquals(1, known.changes());
    assertEquals(cluster.engine(A).vector(), known.all());
    assertEquals(promised, known.promised());
    assertTrue(promised.millis() > cluster.time().millis() - 1_000, "" + promised);
    assertFalse(known.isNone());
  }

  @Test
  void aPromiseThatIsStillUnderWayIsNotTakenAfterThat() {
    HlcTimestamp before = past().promised();
    LinkFault slow = new LinkFault(false, Duration.ofMillis(700), Duration.ZERO, 0);
    cluster.faults(A).set(B, slow, EnumSet.of(LinkFault.Direction.IN), SECOND);
    cluster.run(Duration.ofMillis(300));
    cluster.kill(B);
    HlcTimestamp told = beginsAnew().promised();
    assertFalse(told.isAfter(HlcTimestamp.of(before.millis() + 200, 0)), "it was not slow");
    cluster.run(SECOND.multipliedBy(2));
    assertEquals(told, past().promised());
  }

  @Test
  void aChangeThatIsAtTheStoreCounts() {
    cluster.write(B, "second");
    assertTrue(cluster.runUntil(SECOND, () -> atTheStore() > 0));
    assertEquals(1, cluster.engine(A).vector().get(B), "it is there already");
    cluster.kill(B);
    CompletableFuture<PeerPast> told = cluster.node(A).endpoint().past(B).toCompletableFuture();
    assertTrue(cluster.runUntil(SECOND, told::isDone));
    cluster.run(SECOND);
    assertEquals(2, cluster.engine(A).vector().get(B));
    assertEquals(2, told.join().applied().get(B));
  }

  @Test
  void nobodyIsToldAnythingWhileAPeerCannotBeReached() {
    cluster.network().cut(new Way(B, A), false);
    CompletableFuture<OwnPast> all = cluster.node(B).ownPastKnownByAllPeers().toCompletableFuture();
    CompletableFuture<OwnPast> some = cluster.node(B).ownPastKnownByPeers().toCompletableFuture();
    cluster.run(SECOND);
    assertTrue(all.isCompletedExceptionally());
    assertTrue(some.join().isNone());
  }

  private long atTheStore() {
    return cluster.node(A).linkFrom(B).orElseThrow().figures().queued();
  }
}
