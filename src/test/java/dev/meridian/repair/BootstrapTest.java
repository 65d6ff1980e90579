package dev.meridian.repair;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.ReplicaId;
import dev.meridian.cluster.Region;
import dev.meridian.cluster.Topology;
import dev.meridian.document.Bytes;
import dev.meridian.document.ChangeCodecV1;
import dev.meridian.document.DocumentId;
import dev.meridian.document.Placement;
import dev.meridian.document.Precondition;
import dev.meridian.engine.ChangeFeed;
import dev.meridian.engine.EngineRig;
import dev.meridian.engine.ManifestFile;
import dev.meridian.engine.Mutation;
import dev.meridian.engine.mapdb.MapDbTableStore;
import dev.meridian.env.SystemEnvironment;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A region without data is filled from whoever can: not the nearest, if that one cannot. */
class BootstrapTest {

  private static final ReplicaId EU = new ReplicaId("eu");
  private static final ReplicaId US = new ReplicaId("us");
  private static final int DOCUMENTS = 12_000;

  @TempDir Path directory;
  private final SystemEnvironment environment = new SystemEnvironment();
  private final Map<ReplicaId, EngineRig> rigs = new HashMap<>();
  private final Map<ReplicaId, AntiEntropy> repairs = new HashMap<>();
  private boolean nearServesPages = true;
  private int pages;

  @AfterEach
  void close() throws IOException {
    for (EngineRig rig : rigs.values()) {
      rig.close();
    }
    environment.close();
  }

  @Test
  void whoeverDoesNotGoOnIsNotAskedForTheSamePageForEver() throws IOException {
    open("ap");
    open("us");
    nearServesPages = false;
    fill("us", Placement.EVERYWHERE);
    Bootstrap.Filled filled = bootstrap().orElseThrow();
    assertEquals(US, filled.from());
    assertEquals(1, pages, "asked of the nearest");
    try (EngineRig eu = rig("eu")) {
      assertEquals(Optional.of("{\"n\":7}"), eu.body("d7"));
      assertEquals(rigs.get(US).engine.vector(), eu.engine.vector());
    }
  }

  @Test
  void aCopyWithoutBodiesThatBelongHereIsNotTaken() throws IOException {
    open("ap");
    open("us");
    fill("us", Placement.in(List.of(EU, US)));
    Bootstrap.Filled filled = bootstrap().orElseThrow();
    assertEquals(US, filled.from());
    assertTrue(pages > 0, "the nearest was not asked");
    try (EngineRig eu = rig("eu")) {
      assertEquals(Optional.of("{\"n\":7}"), eu.body("d7"));
    }
  }

  /** Nobody can bring them back, so all the rest is taken. */
  @Test
  void bodiesThatNobodyElseHadDoNotKeepTheRestAway() throws IOException {
    open("ap");
    open("us");
    fill("us", Placement.EVERYWHERE);
    try (EngineRig eu = rig("eu")) {
      eu.apply(put(0, "lost", Placement.in(List.of(EU))));
      tell(eu, rigs.get(US));
      tell(eu, rigs.get(new ReplicaId("ap")));
    }
    delete(directory.resolve("eu"));
    assertEquals(1, bootstrap().orElseThrow().lostOwn());
    try (EngineRig eu = rig("eu")) {
      assertEquals(Optional.of("{\"n\":7}"), eu.body("d7"));
    }
  }

  private EngineRig rig(String region) throws IOException {
    return EngineRig.in(Files.createDirectories(directory.resolve(region))).region(region).open();
  }

  private void open(String region) throws IOException {
    EngineRig rig = rig(region);
    rigs.put(new ReplicaId(region), rig);
    repairs.put(
        new ReplicaId(region),
        new AntiEntropy(
            new AntiEntropy.Parts(
                new Topology(at(region), List.of()),
                rig.engine,
                new Desks(),
                () -> HlcTimestamp.ZERO,
                () -> rig.engine.latest(),
                () -> true,
                environment,
                environment,
                environment,
                RepairSettings.defaults())));
  }

  private static Region at(String name) {
    return new Region(new ReplicaId(name), URI.create("http://" + name), 0, 0, "");
  }

  private static Mutation put(int i, String id, Placement placement) {
    return new Mutation.Put(
        EngineRig.C,
        new DocumentId(id),
        Bytes.utf8("{\"n\":" + i + "}"),
        Precondition.NONE,
        placement,
        "",
        false,
        false);
  }

  /** One region makes them, and the other one hears. */
  private void fill(String region, Placement placement) {
    EngineRig from = rigs.get(new ReplicaId(region));
    for (int at = 0; at < DOCUMENTS; at += 500) {
      from.apply(IntStream.range(at, at + 500).mapToObj(i -> put(i, "d" + i, placement)).toList());
    }
    rigs.values().stream().filter(rig -> rig != from).forEach(to -> tell(from, to));
  }

  private static void tell(EngineRig from, EngineRig to) {
    try (ChangeFeed.Cursor cursor = from.engine.changes().open(to.engine.vector(), Set.of())) {
      for (List<Bytes> more = cursor.next(500, 1 << 20);
          !more.isEmpty();
          more = cursor.next(500, 1 << 20)) {
        List<Mutation> changes = new ArrayList<>();
        more.forEach(bytes -> changes.add(new Mutation.Replicated(ChangeCodecV1.decode(bytes))));
        to.apply(changes);
      }
    }
  }

  private static void delete(Path directory) throws IOException {
    try (var files = Files.walk(directory)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private Optional<Bootstrap.Filled> bootstrap() throws IOException {
    Path eu = Files.createDirectories(directory.resolve("eu"));
    return new Bootstrap(
            new Topology(at("eu"), List.of(at("ap"), at("us"))),
            new Desks(),
            environment,
            environment,
            progress -> {})
        .fill(new MapDbTableStore(eu.resolve("tables")), new ManifestFile(eu));
  }

  /** Region ap is the nearest. */
  private final class Desks extends AskingTransport {
    @Override
    public CompletionStage<Bytes> ask(Region peer, Bytes question, Duration timeout) {
      boolean near = peer.id().value().equals("ap");
      if (near && RepairCodecV1.question(question) instanceof RepairMessage.AskEntries) {
        pages++;
        if (!nearServesPages) {
          return CompletableFuture.completedFuture(
              RepairCodecV1.encode(new RepairMessage.NotNow("a table is being rebuilt")));
        }
      }
      CompletionStage<Bytes> answer = repairs.get(peer.id()).desk().answer(EU, question);
      return near
          ? answer
          : answer.thenApplyAsync(
              bytes -> bytes,
              CompletableFuture.delayedExecutor(200, java.util.concurrent.TimeUnit.MILLISECONDS));
    }
  }
}
