package dev.meridian.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.meridian.clock.ReplicaId;
import dev.meridian.document.CollectionName;
import dev.meridian.document.DocumentId;
import dev.meridian.engine.CopyStore;
import dev.meridian.engine.DocumentHash;
import dev.meridian.engine.Harm;
import dev.meridian.repair.AntiEntropy;
import dev.meridian.repair.RepairReport;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/** Data is damaged beneath the logs of regions that are equal, and mended. */
final class Mending {

  private static final Duration SECOND = Duration.ofSeconds(1);

  private final SimulatedCluster cluster;
  private final Sabotage sabotage;
  private final ConflictCheck check;
  private final Consumer<String> timeline;
  private final RandomGenerator random;

  /**
   * @param timeline gets what happens
   */
  Mending(
      SimulatedCluster cluster, Sabotage sabotage, ConflictCheck check, Consumer<String> timeline) {
    this.cluster = cluster;
    this.sabotage = sabotage;
    this.check = check;
    this.timeline = timeline;
    this.random = cluster.random();
  }

  private ReplicaId anyRegion() {
    return cluster.ids().get(random.nextInt(cluster.ids().size()));
  }

  /**
   * Of each document one region keeps what there is; the others lose some, or have other bytes of
   * it. What is lost in a crash is mended again.
   */
  long run() {
    boolean look = sabotage != Sabotage.REPAIRS_DO_NOT_LOOK;
    Map<ReplicaId, Map<String, String>> before = new LinkedHashMap<>();
    cluster.ids().forEach(id -> before.put(id, check.shown(id)));
    ReplicaId spared = anyRegion();
    for (ReplicaId id : cluster.ids()) {
      for (CollectionName collection :
          List.of(ConflictWorkload.KEPT, ConflictWorkload.DROPPED, Clients.COLLECTION)) {
        damage(spared, id, collection);
      }
    }
    if (random.nextBoolean()) {
      ReplicaId victim = cluster.ids().getLast();
      timeline.accept("region " + victim + " is about to lose power in the middle of a repair");
      cluster
          .repairs(victim)
          .repair(spared.equals(victim) ? cluster.ids().getFirst() : spared, look, "simulation");
      cluster.crashSoon(victim);
      cluster.run(SECOND);
      cluster.start(victim);
      cluster.run(SECOND);
    }
    assertTrue(
        cluster.runUntil(
            Duration.ofMinutes(30),
            () -> cluster.ids().stream().allMatch(id -> isIdle(cluster.repairs(id)))),
        "repairs do not end");
    long mended = 0;
    for (ReplicaId id : cluster.ids()) {
      if (!id.equals(spared)) {
        mended += mend(id, spared, look);
      }
    }
    for (ReplicaId id : cluster.ids()) {
      ConflictCheck.same(before.get(id), check.shown(id), "after a repair in " + id);
    }
    check.all();
    return mended;
  }

  private void damage(ReplicaId spared, ReplicaId id, CollectionName collection) {
    List<DocumentId> some =
        documents(id, collection).stream().filter(document -> random.nextInt(3) == 0).toList();
    Harm harm = Harm.values()[random.nextInt(Harm.values().length)];
    if (!id.equals(spared) && !some.isEmpty()) {
      timeline.accept("in " + id + " " + harm + " happens to " + some + " of " + collection);
      assertTrue(done(id, collection, some, harm), "the damage is not done");
    }
  }

  private long mend(ReplicaId id, ReplicaId spared, boolean look) {
    CompletableFuture<RepairReport> done =
        cluster.repairs(id).repair(spared, look, "simulation").toCompletableFuture();
    assertTrue(cluster.runUntil(Duration.ofMinutes(5), done::isDone), "a repair does not end");
    RepairReport report = done.join();
    assertEquals(RepairReport.State.DONE, report.state(), report::toString);
    timeline.accept("region " + id + " has compared its data with " + spared);
    return report.collections().stream().mapToLong(each -> each.sent() + each.received()).sum();
  }

  private static boolean isIdle(AntiEntropy repairs) {
    return repairs.reports().stream()
        .noneMatch(report -> report.state() == RepairReport.State.RUNNING);
  }

  /** Documents of a collection that a region has anything of. */
  private List<DocumentId> documents(ReplicaId id, CollectionName collection) {
    CopyStore.Walk all =
        new CopyStore.Walk(
            leaf -> true, Optional.empty(), Optional.empty(), Integer.MAX_VALUE, Integer.MAX_VALUE);
    return cluster.data(id).hashes(collection, all).documents().stream()
        .map(DocumentHash::id)
        .toList();
  }

  private boolean done(
      ReplicaId id, CollectionName collection, List<DocumentId> documents, Harm harm) {
    CompletableFuture<Integer> done =
        cluster.data(id).damage(collection, documents, harm).toCompletableFuture();
    return cluster.runUntil(Duration.ofMinutes(1), done::isDone);
  }
}
