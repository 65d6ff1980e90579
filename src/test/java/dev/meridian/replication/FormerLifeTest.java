package dev.meridian.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.ReplicaId;
import dev.meridian.cluster.LinkFault;
import dev.meridian.cluster.PeerPast;
import dev.meridian.document.Change;
import dev.meridian.engine.Mutation;
import dev.meridian.simulation.Changes;
import dev.meridian.simulation.SimulatedCluster;
import dev.meridian.simulation.SimulatedNetwork.Way;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
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
    CompletableFuture<PeerPast> told = cluster.node(A).endpoint().past(B).toCompletableFuture();
    assertTrue(cluster.runUntil(SECOND, told::isDone));
    return told.join();
  }

  /** Another machine, whose clock is behind. */
  private OwnPast beginsAnew() {
    cluster.skew(B, -5_000);
    cluster.replaceStore(B);
    cluster.start(B);
    PastInquiry inquiry = cluster.node(B).pastInquiry();
    CompletableFuture<Void> asked = inquiry.ask().toCompletableFuture();
    assertTrue(cluster.runUntil(SECOND, asked::isDone));
    assertEquals(Set.of(), inquiry.missing());
    return inquiry.known();
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

  /** Whether it is known that it could not be asked makes a difference. */
  @Test
  void whoDoesNotAnswerMayKnowSomething() {
    PastInquiry inquiry = cluster.node(B).pastInquiry();
    cluster.network().cut(new Way(B, A), false);
    ask(inquiry);
    assertEquals(Set.of(A), inquiry.missing());
    assertEquals(Set.of(), inquiry.silent(), "it was not reached");
    cluster.network().healAll();
    cluster.network().cut(new Way(A, B), false);
    ask(inquiry);
    assertEquals(Set.of(A), inquiry.silent(), "its answer was lost");
    assertTrue(inquiry.known().isNone());
    cluster.network().healAll();
    ask(inquiry);
    assertEquals(Set.of(), inquiry.missing());
    assertEquals(1, inquiry.known().changes());
  }

  /** A late answer of the former life's process is no way in, either. */
  @Test
  void whatWasFetchedFromAFormerLifeIsDropped() {
    int before = cluster.node(A).lives(B);
    Change late = Changes.put("b", 2, cluster.time().millis() << 16, "late", "{}");
    List<Mutation> fetched = List.of(new Mutation.Replicated(late));
    past();
    List<Integer> done = new ArrayList<>();
    cluster.node(A).bring(B, before, fetched, outcomes -> done.add(outcomes.size()));
    cluster.run(SECOND);
    assertEquals(List.of(0), done);
    assertEquals(1, cluster.engine(A).vector().get(B));
    int now = cluster.node(A).lives(B);
    cluster.node(A).bring(B, now, fetched, outcomes -> done.add(outcomes.size()));
    cluster.run(SECOND);
    assertEquals(List.of(0, 1), done);
    assertEquals(2, cluster.engine(A).vector().get(B));
  }

  private void ask(PastInquiry inquiry) {
    CompletableFuture<Void> asked = inquiry.ask().toCompletableFuture();
    assertTrue(cluster.runUntil(SECOND.multipliedBy(3), asked::isDone));
  }

  private long atTheStore() {
    return cluster.node(A).linkFrom(B).orElseThrow().figures().queued();
  }
}
