package dev.meridian.coordinator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.meridian.clock.ReplicaId;
import dev.meridian.cluster.Region;
import dev.meridian.coordinator.Ballot.Reply;
import dev.meridian.document.StoreFailure;
import dev.meridian.simulation.SimulatedTime;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class BallotTest {

  private final SimulatedTime time = new SimulatedTime();
  private final List<String> asked = new ArrayList<>();
  private final Map<String, CompletableFuture<Integer>> answers = new HashMap<>();
  private final LongAdder hedges = new LongAdder();

  private CompletableFuture<List<Reply<Integer>>> hold(int need, String... names) {
    List<Region> regions =
        Stream.of(names)
            .map(name -> new Region(new ReplicaId(name), URI.create("http://" + name), 0, 0, ""))
            .toList();
    return new Ballot<Integer>(
            need,
            regions,
            region -> {
              asked.add(region.id().value());
              return answers.computeIfAbsent(region.id().value(), n -> new CompletableFuture<>());
            },
            answer -> answer > 0,
            region -> Duration.ofMillis(20),
            time,
            hedges)
        .hold()
        .toCompletableFuture();
  }

  private static List<String> names(CompletableFuture<List<Reply<Integer>>> held) {
    return held.join().stream().map(reply -> reply.from().id().value()).toList();
  }

  @Test
  void asManyAreAskedAsAreNeeded() {
    CompletableFuture<List<Reply<Integer>>> held = hold(2, "a", "b", "c");
    assertEquals(List.of("a", "b"), asked);
    answers.get("b").complete(1);
    assertFalse(held.isDone());
    answers.get("a").complete(1);
    assertEquals(List.of("b", "a"), names(held));
    assertEquals(List.of(), hold(0).join(), "nobody is needed, nobody is asked");
  }

  @Test
  void whoFailsOrIsBehindIsReplacedAtOnce() {
    CompletableFuture<List<Reply<Integer>>> held = hold(1, "a", "b", "c");
    answers.get("a").completeExceptionally(new IllegalStateException("refused"));
    assertEquals(List.of("a", "b"), asked);
    answers.get("b").complete(0);
    assertEquals(List.of("a", "b", "c"), asked);
    answers.get("c").complete(7);
    assertEquals(List.of("c"), names(held));
    assertEquals(0, hedges.sum());
  }

  @Test
  void whoIsSlowIsHedgedAndCountsIfItComesFirst() {
    CompletableFuture<List<Reply<Integer>>> held = hold(1, "a", "b", "c");
    time.step(Duration.ofMillis(19).toNanos());
    assertEquals(List.of("a"), asked);
    time.step(Duration.ofMillis(21).toNanos());
    assertEquals(List.of("a", "b"), asked);
    assertEquals(1, hedges.sum());
    answers.get("a").complete(1);
    assertEquals(List.of("a"), names(held));
    while (time.step(Duration.ofSeconds(1).toNanos())) {
      assertEquals(List.of("a", "b"), asked, "nobody is asked after the end");
    }
  }

  @Test
  void itEndsAsSoonAsThereCannotBeEnough() {
    CompletableFuture<List<Reply<Integer>>> held = hold(2, "a", "b");
    answers.get("a").completeExceptionally(new IllegalStateException("refused"));
    CompletionException failed = assertThrows(CompletionException.class, held::join);
    assertTrue(failed.getCause() instanceof Ballot.TooFew);
    assertTrue(failed.getCause().getMessage().contains("a: refused"));
  }

  @Test
  void requestsThatWaitAreBounded() {
    WaitingRoom room = new WaitingRoom();
    List<CompletableFuture<Integer>> waits = new ArrayList<>();
    for (int i = 0; i < WaitingRoom.MAX_WAITING; i++) {
      CompletableFuture<Integer> wait = new CompletableFuture<>();
      waits.add(wait);
      room.within(() -> wait);
    }
    CompletionException full =
        assertThrows(
            CompletionException.class,
            () -> room.within(CompletableFuture<Integer>::new).toCompletableFuture().join());
    assertEquals("overloaded", ((StoreFailure) full.getCause()).code().text());
    waits.forEach(wait -> wait.complete(1));
    assertEquals(0, room.waiting());
  }
}
