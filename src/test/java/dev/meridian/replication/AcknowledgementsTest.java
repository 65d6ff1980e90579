package dev.meridian.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.meridian.clock.ReplicaId;
import dev.meridian.cluster.PeerMessage;
import dev.meridian.document.FailureCode;
import dev.meridian.document.StoreFailure;
import dev.meridian.replication.Acknowledgements.Kind;
import dev.meridian.replication.Acknowledgements.Need;
import dev.meridian.simulation.SimulatedCluster;
import dev.meridian.simulation.SimulatedNetwork.Way;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class AcknowledgementsTest {

  private static final ReplicaId A = new ReplicaId("a");
  private static final ReplicaId B = new ReplicaId("b");
  private static final ReplicaId C = new ReplicaId("c");
  private static final ReplicaId D = new ReplicaId("d");

  private final AtomicLong made = new AtomicLong(100);
  private final Acknowledgements acks = new Acknowledgements(List.of(B, C), made::get);

  private CompletableFuture<Void> wait(Kind kind, int peers, long sequence) {
    return acks.reserve(new Need(kind, peers, Set.of(B, C)))
        .orElseThrow()
        .reached(sequence)
        .toCompletableFuture();
  }

  @Test
  void oneAcknowledgementServesAllItCovers() {
    List<CompletableFuture<Void>> waits = new ArrayList<>();
    for (long sequence = 1; sequence <= 50; sequence++) {
      waits.add(wait(Kind.APPLIED, 1, sequence));
    }
    acks.acknowledged(B, 30, 30);
    assertEquals(30, waits.stream().filter(CompletableFuture::isDone).count());
    assertEquals(20, acks.waiting());
    acks.acknowledged(C, 50, 50);
    assertTrue(waits.stream().allMatch(CompletableFuture::isDone));
    assertEquals(0, acks.waiting());
  }

  @Test
  void soManyPeersMustHaveItAsWereAskedFor() {
    CompletableFuture<Void> both = wait(Kind.APPLIED, 2, 7);
    CompletableFuture<Void> arrived = wait(Kind.RECEIVED, 1, 7);
    acks.acknowledged(B, 7, 6);
    assertTrue(arrived.isDone());
    acks.acknowledged(B, 8, 8);
    acks.acknowledged(C, 9, 6);
    assertFalse(both.isDone());
    assertEquals(List.of(B), acks.holders(Kind.APPLIED, 7, List.of(B, C)));
    acks.acknowledged(C, 9, 7);
    assertTrue(both.isDone());
    assertTrue(wait(Kind.APPLIED, 2, 7).isDone(), "what is there already is not waited for");
    assertEquals(0, acks.waiting());
  }

  @Test
  void whatAPeerClaimsIsNotBelievedBeyondWhatWasMade() {
    CompletableFuture<Void> wait = wait(Kind.APPLIED, 1, 101);
    acks.acknowledged(B, Long.MAX_VALUE, 101);
    acks.acknowledged(B, 101, Long.MAX_VALUE);
    acks.acknowledged(D, 100, 100);
    assertFalse(wait.isDone());
    assertEquals(2, acks.ignored());
    made.set(101);
    acks.acknowledged(B, 101, 101);
    assertTrue(wait.isDone());
    acks.acknowledged(B, 3, 3);
    assertTrue(wait(Kind.APPLIED, 1, 101).isDone(), "going back changes nothing");
  }

  @Test
  void waitingIsBoundedAndEndsWhenCancelled() {
    Need need = new Need(Kind.APPLIED, 1, Set.of(B, C));
    List<Acknowledgements.Reservation> all = new ArrayList<>();
    for (int i = 0; i < Acknowledgements.MAX_WAITING; i++) {
      all.add(acks.reserve(need).orElseThrow());
    }
    assertTrue(acks.reserve(need).isEmpty());
    assertEquals(100, acks.wanted(Kind.APPLIED));
    all.getFirst().reached(5).toCompletableFuture().cancel(false);
    all.getFirst().close();
    assertTrue(acks.reserve(need).isPresent());
    all.forEach(Acknowledgements.Reservation::close);
    assertEquals(1, acks.waiting());
  }

  @Test
  void anAcknowledgementIsOwedOnlyAsFarAsItIsAskedFor() {
    AckDuty duty = new AckDuty();
    assertEquals(Optional.empty(), duty.due(5, 5));
    duty.wanted(new PeerMessage.AcksWanted(0, 6));
    assertEquals(Optional.of(new PeerMessage.Ack(6, 5)), duty.due(6, 5));
    assertEquals(Optional.empty(), duty.due(6, 5));
    assertEquals(Optional.of(new PeerMessage.Ack(9, 8)), duty.due(9, 8));
    assertEquals(Optional.empty(), duty.due(10, 10));
    duty.wanted(new PeerMessage.AcksWanted(11, 0));
    assertEquals(Optional.of(new PeerMessage.Ack(11, 10)), duty.due(11, 10));
  }

  /** Between simulated regions: faster than a heartbeat, on the streams that are there. */
  @Test
  void acknowledgementsComeAtOnceOnTheStreamOfTheOtherDirection() {
    SimulatedCluster cluster = new SimulatedCluster(31, "a", "b", "c");
    cluster.run(Duration.ofSeconds(3));
    Acknowledgements acks = cluster.node(A).acknowledgements();
    for (Kind kind : Kind.values()) {
      for (int peers = 1; peers <= 2; peers++) {
        Acknowledgements.Reservation room =
            acks.reserve(new Need(kind, peers, Set.of(B, C))).orElseThrow();
        cluster.write(A, "x");
        long sequence = cluster.engine(A).vector().get(A) + 1;
        CompletableFuture<Void> done = room.reached(sequence).toCompletableFuture();
        assertTrue(
            cluster.runUntil(Duration.ofMillis(30), done::isDone),
            kind + " at " + peers + " peers");
        cluster.run(Duration.ofMillis(137));
      }
    }
    assertEquals(0, acks.ignored());
  }

  /** What has arrived and is not forced is received, and no more. */
  @Test
  void whatThePeersStoreDoesNotTakeIsReceivedButNotApplied() {
    SimulatedCluster cluster = new SimulatedCluster(33, "a", "b");
    cluster.run(Duration.ofSeconds(3));
    cluster
        .engine(B)
        .refuse(
            Optional.of(new StoreFailure.Unavailable(FailureCode.STORAGE_FULL, "no space left")));
    Acknowledgements acks = cluster.node(A).acknowledgements();
    CompletableFuture<Void> received = reached(acks, Kind.RECEIVED);
    CompletableFuture<Void> applied = reached(acks, Kind.APPLIED);
    cluster.write(A, "x");
    assertTrue(cluster.runUntil(Duration.ofMillis(50), received::isDone));
    cluster.run(Duration.ofSeconds(3));
    assertFalse(applied.isDone());
    cluster.engine(B).refuse(Optional.empty());
    assertTrue(cluster.runUntil(Duration.ofMillis(1200), applied::isDone));
  }

  private static CompletableFuture<Void> reached(Acknowledgements acks, Kind kind) {
    return acks.reserve(new Need(kind, 1, Set.of(B)))
        .orElseThrow()
        .reached(1)
        .toCompletableFuture();
  }

  @Test
  void aPeerThatCannotAnswerAcknowledgesNothingUntilItCan() {
    SimulatedCluster cluster = new SimulatedCluster(32, "a", "b");
    cluster.run(Duration.ofSeconds(3));
    cluster.network().cut(new Way(B, A), false);
    Acknowledgements.Reservation room =
        cluster
            .node(A)
            .acknowledgements()
            .reserve(new Need(Kind.APPLIED, 1, Set.of(B)))
            .orElseThrow();
    CompletableFuture<Void> done = room.reached(1).toCompletableFuture();
    cluster.write(A, "x");
    cluster.run(Duration.ofMillis(900));
    assertEquals(1, cluster.engine(B).vector().get(A));
    cluster.network().heal(new Way(B, A));
    assertTrue(cluster.runUntil(Duration.ofMillis(500), done::isDone));
  }
}
