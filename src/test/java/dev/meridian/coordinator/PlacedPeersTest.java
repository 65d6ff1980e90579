package dev.meridian.coordinator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.meridian.clock.ReplicaId;
import dev.meridian.coordinator.Documents.BulkOperation;
import dev.meridian.coordinator.Documents.BulkOutcome;
import dev.meridian.coordinator.SimulatedClients.Without;
import dev.meridian.document.Bytes;
import dev.meridian.document.Change;
import dev.meridian.document.ChangeCodecV1;
import dev.meridian.document.CollectionSettings;
import dev.meridian.document.DocumentId;
import dev.meridian.document.FailureCode;
import dev.meridian.document.Placement;
import dev.meridian.document.PlacementRules;
import dev.meridian.document.Precondition;
import dev.meridian.document.StoreFailure;
import dev.meridian.simulation.Changes;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** Regions a and b hold all documents but those of c; what the others say is not believed. */
class PlacedPeersTest {

  private static final ReplicaId A = new ReplicaId("a");
  private static final ReplicaId B = new ReplicaId("b");
  private static final ReplicaId C = new ReplicaId("c");
  private static final Bytes BODY = Bytes.utf8("{\"n\":1}");
  private static final DocumentId ID = new DocumentId("k");

  private static SimulatedClients clients(Without without) {
    PlacementRules rules =
        new PlacementRules(
            Placement.in(List.of(A, B)),
            new TreeMap<>(Map.of("c/", Placement.in(List.of(C)))),
            "",
            new TreeMap<>(),
            true);
    CollectionSettings all = CollectionSettings.DEFAULTS;
    SimulatedClients clients =
        new SimulatedClients(
            7,
            without,
            false,
            new CollectionSettings(
                all.keepVersions(), all.keepFor(), all.requirePrecondition(), rules),
            "a",
            "b",
            "c");
    clients.cluster.run(Duration.ofSeconds(3));
    return clients;
  }

  private static <T> T await(SimulatedClients clients, CompletionStage<T> stage) {
    CompletableFuture<T> future = stage.toCompletableFuture();
    assertTrue(clients.cluster.runUntil(Duration.ofSeconds(30), future::isDone));
    return future.join();
  }

  @Test
  void aRegionThatGivesSomethingElseIsPassedOver() {
    SimulatedClients clients = clients(Without.HONEST_BODIES);
    await(
        clients,
        clients.documents(A).put(SimulatedClients.COLLECTION, ID, BODY, WriteOptions.DEFAULTS));
    clients.cluster.run(Duration.ofSeconds(1));
    Documents.Lookup found =
        await(
            clients,
            clients.documents(C).look(SimulatedClients.COLLECTION, ID, ReadOptions.DEFAULTS));
    assertEquals(BODY, found.live().body());
    assertEquals(List.of(C, B), found.answer().receipt().regions());
    Documents.DocumentPage page =
        await(
            clients,
            clients
                .documents(C)
                .list(
                    SimulatedClients.COLLECTION,
                    new Documents.ListRequest("", 10, Optional.empty(), Optional.empty()),
                    ReadOptions.DEFAULTS));
    assertEquals(BODY, page.documents().getFirst().body());
  }

  @Test
  void whatCannotGoToItsRegionsDoesNotTakeOtherLinesOfABulkWithIt() {
    SimulatedClients clients = clients(Without.NOTHING);
    clients.cluster.stop(A);
    clients.cluster.stop(B);
    clients.cluster.run(Duration.ofSeconds(20));
    List<BulkOperation> lines =
        List.of(
            new BulkOperation.Put(ID, BODY, Precondition.NONE),
            new BulkOperation.Put(new DocumentId("c/1"), BODY, Precondition.NONE));
    Documents.BulkResult result =
        await(
            clients,
            clients.documents(C).bulk(SimulatedClients.COLLECTION, lines, WriteOptions.DEFAULTS));
    StoreFailure refused =
        assertInstanceOf(BulkOutcome.Failed.class, result.outcomes().getFirst()).failure();
    assertEquals(FailureCode.DURABILITY_UNAVAILABLE, refused.code(), refused.getMessage());
    assertInstanceOf(BulkOutcome.Written.class, result.outcomes().getLast());
  }

  @Test
  void onlyWhatBelongsToAnotherAndNotHereIsHeld() {
    SimulatedClients clients = clients(Without.NOTHING);
    Change free = Changes.put("a", 1, 1, "k", "{}");
    Change placed = placed(A, B);
    assertEquals("held", hold(clients, B, placed));
    assertEquals("invalid-request", hold(clients, B, free), "it is everywhere anyway");
    assertEquals("invalid-request", hold(clients, C, placed(A, C)), "it belongs here");
    assertEquals("invalid-request", hold(clients, new ReplicaId("z"), placed), "a stranger's");
    assertEquals("invalid-request", hold(clients, B, ChangeCodecV1.withhold(placed)));
    assertEquals(1, clients.cluster.hints(C).held().getFirst().changes());
  }

  private static Change placed(ReplicaId... regions) {
    Change change = Changes.put("a", 1, 1, "k", "{}");
    return ChangeCodecV1.encode(
        change.dot(),
        change.hlc(),
        change.kind(),
        change.collection(),
        change.id(),
        change.context(),
        change.dependencies(),
        "",
        Placement.in(List.of(regions)),
        change.body());
  }

  private static String hold(SimulatedClients clients, ReplicaId owner, Change change) {
    ReplicaQuestion question = new ReplicaQuestion.Hold(owner, List.of(change.encoded()));
    Bytes answer =
        await(clients, clients.documents(C).desk().answer(A, ReplicaCodecV1.encode(question)));
    return switch (ReplicaCodecV1.answer(answer)) {
      case ReplicaAnswer.Vector held -> "held";
      case ReplicaAnswer.Failed(FailureCode code, String detail) -> code.text();
      case ReplicaAnswer other -> other.toString();
    };
  }
}
