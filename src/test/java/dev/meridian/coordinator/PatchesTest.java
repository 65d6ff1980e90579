package dev.meridian.coordinator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.meridian.clock.ReplicaId;
import dev.meridian.coordinator.Documents.BulkOperation;
import dev.meridian.coordinator.Documents.BulkOutcome;
import dev.meridian.coordinator.SimulatedClients.Without;
import dev.meridian.document.Bytes;
import dev.meridian.document.CollectionSettings;
import dev.meridian.document.DocumentId;
import dev.meridian.document.DocumentPatch;
import dev.meridian.document.FailureCode;
import dev.meridian.document.Placement;
import dev.meridian.document.PlacementRules;
import dev.meridian.document.Precondition;
import dev.meridian.document.Revision;
import dev.meridian.document.StoreFailure;
import dev.meridian.simulation.SimulatedNetwork.Way;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Patches from every region of documents that live in some. Documents live in a; those whose field
 * says so live in b or c.
 */
class PatchesTest {

  private static final ReplicaId A = new ReplicaId("a");
  private static final ReplicaId B = new ReplicaId("b");
  private static final ReplicaId C = new ReplicaId("c");
  private static final DocumentId ID = new DocumentId("k");

  private static SimulatedClients clients(long seed, Without without, String field) {
    PlacementRules rules =
        new PlacementRules(
            Placement.in(List.of(A)),
            new TreeMap<>(),
            field,
            field.isEmpty()
                ? new TreeMap<>()
                : new TreeMap<>(Map.of("b", Placement.in(List.of(B)), "c", placed(A, C))),
            false);
    CollectionSettings all = CollectionSettings.DEFAULTS;
    SimulatedClients clients =
        new SimulatedClients(
            seed,
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

  private static Placement placed(ReplicaId... regions) {
    return Placement.in(List.of(regions));
  }

  private static <T> T await(SimulatedClients clients, CompletionStage<T> stage) {
    CompletableFuture<T> future = stage.toCompletableFuture();
    assertTrue(clients.cluster.runUntil(Duration.ofSeconds(30), future::isDone));
    return future.join();
  }

  private static FailureCode refused(SimulatedClients clients, CompletionStage<?> stage) {
    try {
      await(clients, stage);
      throw new AssertionError("not refused");
    } catch (CompletionException failed) {
      return RegionDocuments.asStoreFailure(failed).code();
    }
  }

  private static DocumentPatch merge(String json) {
    return DocumentPatch.parse(DocumentPatch.Kind.MERGE_PATCH, Bytes.utf8(json));
  }

  private static CompletionStage<Documents.PatchResult> patch(
      SimulatedClients clients, ReplicaId at, String merge, WriteOptions options) {
    return clients.documents(at).patch(SimulatedClients.COLLECTION, ID, merge(merge), options);
  }

  private static Documents.PatchResult patch(SimulatedClients clients, ReplicaId at, String merge) {
    return await(clients, patch(clients, at, merge, WriteOptions.DEFAULTS));
  }

  private static void put(SimulatedClients clients, String body) {
    await(
        clients,
        clients
            .documents(A)
            .put(SimulatedClients.COLLECTION, ID, Bytes.utf8(body), WriteOptions.DEFAULTS));
    clients.cluster.run(Duration.ofSeconds(1));
  }

  private static String read(SimulatedClients clients, ReplicaId at) {
    clients.cluster.run(Duration.ofSeconds(2));
    return await(
            clients,
            clients.documents(at).look(SimulatedClients.COLLECTION, ID, ReadOptions.DEFAULTS))
        .live()
        .body()
        .utf8();
  }

  @Test
  void aPatchIsMadeWhereTheDocumentLivesAndAnsweredWithTheDocument() {
    SimulatedClients clients = clients(1, Without.NOTHING, "");
    assertEquals(
        FailureCode.DOCUMENT_NOT_FOUND,
        refused(clients, patch(clients, B, "{}", WriteOptions.DEFAULTS)));
    put(clients, "{\"n\":1.10,\"m\":2}");
    Documents.PatchResult done = patch(clients, C, "{\"m\":null,\"by\":\"c\"}");
    String document = "{\"n\":1.10,\"by\":\"c\"}";
    assertEquals(document, done.body().orElseThrow().utf8());
    assertEquals(A, done.written().version().origin());
    assertTrue(done.written().answer().receipt().why().startsWith("made in a"));
    assertEquals(document, read(clients, B));
    WriteOptions old =
        WriteOptions.DEFAULTS.when(
            new Precondition.AnyOf(List.of(new Revision(done.written().version()))));
    patch(clients, B, "{\"next\":true}");
    assertEquals(FailureCode.PRECONDITION_FAILED, refused(clients, patch(clients, B, "{}", old)));
    assertEquals(List.of(), clients.misplaced());
  }

  @Test
  void aPatchThatChangesThePlaceMovesTheDocument() {
    SimulatedClients clients = clients(2, Without.NOTHING, "/in");
    put(clients, "{\"in\":\"here\",\"n\":0}");
    assertEquals(A, patch(clients, C, "{\"n\":1}").written().version().origin());
    // From a to b, where it belongs now; then from b to a and c, and from there within them.
    assertEquals(B, patch(clients, C, "{\"in\":\"b\"}").written().version().origin());
    clients.cluster.run(Duration.ofSeconds(1));
    assertEquals(B, patch(clients, A, "{\"n\":2}").written().version().origin());
    clients.cluster.run(Duration.ofSeconds(1));
    Documents.PatchResult wider = patch(clients, A, "{\"in\":\"c\"}");
    assertEquals("{\"in\":\"c\",\"n\":2}", wider.body().orElseThrow().utf8());
    clients.cluster.run(Duration.ofSeconds(1));
    assertEquals(C, patch(clients, C, "{\"n\":3}").written().version().origin());
    for (ReplicaId region : List.of(A, B, C)) {
      assertEquals("{\"in\":\"c\",\"n\":3}", read(clients, region));
    }
    assertEquals(List.of(), clients.misplaced());
  }

  @Test
  void linesOfABulkArePatchedWhereTheyBelongInTheirOrder() {
    SimulatedClients clients = clients(3, Without.NOTHING, "");
    put(clients, "{\"n\":0}");
    DocumentPatch counted =
        DocumentPatch.parse(
            DocumentPatch.Kind.JSON_PATCH,
            Bytes.utf8("[{\"op\":\"test\",\"path\":\"/x\",\"value\":1}]"));
    List<BulkOperation> lines =
        List.of(
            new BulkOperation.Patch(ID, merge("{\"x\":1}"), Precondition.NONE, false),
            new BulkOperation.Patch(ID, counted, Precondition.NONE, false),
            new BulkOperation.Put(new DocumentId("o"), Bytes.utf8("{}"), Precondition.NONE),
            new BulkOperation.Patch(
                new DocumentId("o"), merge("{\"y\":1}"), Precondition.NONE, true),
            new BulkOperation.Patch(ID, counted, new Precondition.Absent(), false));
    Documents.BulkResult result =
        await(
            clients,
            clients.documents(B).bulk(SimulatedClients.COLLECTION, lines, WriteOptions.DEFAULTS));
    assertEquals(
        List.of("Written", "Written", "Written", "Patched", "precondition-failed"),
        result.outcomes().stream().map(PatchesTest::told).toList());
    assertEquals("{\"n\":0,\"x\":1}", read(clients, C));
  }

  private static String told(BulkOutcome outcome) {
    return outcome instanceof BulkOutcome.Failed(StoreFailure failure)
        ? failure.code().text()
        : outcome.getClass().getSimpleName();
  }

  @Test
  void whoAlwaysLosesGivesUpAndMayTryAgain() {
    SimulatedClients clients = clients(4, Without.PEACE, "");
    put(clients, "{\"n\":0}");
    for (ReplicaId region : List.of(A, B)) {
      try {
        patch(clients, region, "{\"n\":1}");
        throw new AssertionError("never at peace");
      } catch (CompletionException failed) {
        StoreFailure contended = RegionDocuments.asStoreFailure(failed);
        assertEquals(FailureCode.DOCUMENT_CONTENDED, contended.code());
        assertTrue(contended.retryable());
      }
    }
    assertEquals("{\"by\":\"another\"}", read(clients, C));
  }

  @Test
  void manyAtOnceTakeTurns() {
    SimulatedClients clients = clients(5, Without.NOTHING, "");
    put(clients, "{}");
    List<CompletionStage<Documents.PatchResult>> all = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      ReplicaId at = List.of(A, B, C).get(i % 3);
      WriteOptions options =
          new WriteOptions(
              i % 2 == 0 ? Durability.LOCAL : Durability.NONE,
              SessionToken.NONE,
              Precondition.NONE,
              false,
              Duration.ofSeconds(2),
              "");
      all.add(patch(clients, at, "{\"k" + i + "\":1}", options));
    }
    all.forEach(each -> await(clients, each));
    String document = read(clients, B);
    for (int i = 0; i < 100; i++) {
      assertTrue(document.contains("\"k" + i + "\":1"), document);
    }
  }

  /**
   * Links are cut and healed while clients of all regions patch one document that lives in one.
   * What was confirmed is there at the end, and what was refused is not.
   */
  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13, 14, 15, 16})
  void noConfirmedPatchIsLostInAStorm(long seed) {
    SimulatedClients clients = clients(seed, Without.NOTHING, "");
    put(clients, "{\"n\":0}");
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    List<ReplicaId> regions = List.of(A, B, C);
    Map<String, CompletableFuture<Documents.PatchResult>> all = new TreeMap<>();
    for (int i = 0; i < 120; i++) {
      ReplicaId at = regions.get(random.nextInt(3));
      all.put(
          "k" + i,
          patch(clients, at, "{\"k" + i + "\":1}", WriteOptions.DEFAULTS).toCompletableFuture());
      Way way = new Way(regions.get(random.nextInt(3)), regions.get(random.nextInt(3)));
      if (random.nextInt(3) == 0) {
        clients.cluster.network().cut(way, random.nextBoolean());
      } else {
        clients.cluster.network().heal(way);
      }
      clients.cluster.run(Duration.ofMillis(random.nextInt(120)));
    }
    clients.cluster.network().healAll();
    clients.cluster.run(Duration.ofSeconds(30));
    String document = read(clients, C);
    int confirmed = 0;
    int refused = 0;
    for (Map.Entry<String, CompletableFuture<Documents.PatchResult>> each : all.entrySet()) {
      boolean there = document.contains("\"" + each.getKey() + "\":1");
      String told = "seed " + seed + " " + each.getKey() + " in " + document;
      assertTrue(each.getValue().isDone(), told);
      if (!each.getValue().isCompletedExceptionally()) {
        assertTrue(there, told);
        confirmed++;
      } else if (!(RegionDocuments.asStoreFailure(each.getValue().exceptionNow())
          instanceof StoreFailure.OutcomeUnknown)) {
        assertTrue(!there, told);
        refused++;
      }
    }
    System.out.println("PatchesTest seed=" + seed + " confirmed=" + confirmed + " no=" + refused);
    assertTrue(confirmed > 30, "seed " + seed + ": too little was done: " + confirmed);
    assertEquals(List.of(), clients.misplaced());
  }
}
