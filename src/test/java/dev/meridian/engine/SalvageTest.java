package dev.meridian.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.meridian.clock.ReplicaId;
import dev.meridian.document.Change;
import dev.meridian.simulation.Changes;
import dev.meridian.simulation.ManualClock;
import dev.meridian.simulation.SimulatedDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SalvageTest {

  private static final int SEGMENT_BYTES = 64 << 10;

  @TempDir Path directory;
  private final SimulatedDisk disk = new SimulatedDisk(new SplittableRandom(1), 512);
  private final Queue<Runnable> later = new ArrayDeque<>();
  private final AtomicInteger done = new AtomicInteger();

  private EngineRig open() throws IOException {
    return EngineRig.in(directory)
        .log(disk)
        .segmentBytes(SEGMENT_BYTES)
        .wall(new ManualClock(1_764_000_000_000L))
        .hasPeers(true)
        .open();
  }

  private static List<Change> held(int count) {
    List<Change> held = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      held.add(Changes.put("eu", i, (1_764_000_000_000L << 16) + i, "id-" + i, body(i)));
    }
    return held;
  }

  /** Nothing that could be made smaller. */
  private static String body(int seed) {
    SplittableRandom random = new SplittableRandom(seed);
    StringBuilder body = new StringBuilder("{\"s\":\"");
    for (int i = 0; i < 50; i++) {
      body.append(Long.toHexString(random.nextLong()));
    }
    return body.append("\"}").toString();
  }

  @Test
  void whatTheDiskHasNoRoomForIsTriedAgainLater() throws IOException {
    List<Change> held = held(200);
    try (EngineRig rig = open()) {
      disk.setCapacity(disk.usedBytes());
      Salvage salvage = new Salvage(rig.engine, held, later::add, done::incrementAndGet);
      bring(rig, salvage);
      long there = rig.engine.vector().get(new ReplicaId("eu"));
      assertTrue(there > 0 && there < held.size(), "there are " + there);
      assertEquals(1, later.size());
      disk.setCapacity(Long.MAX_VALUE);
      later.remove().run();
      rig.apply(List.of());
      assertEquals(held.size(), rig.engine.vector().get(new ReplicaId("eu")));
      assertEquals(1, done.get());
      assertTrue(later.isEmpty());
    }
  }

  @Test
  void moreThanTheWritersQueueHoldsIsBrought() throws IOException {
    int count = EngineSettings.defaults().maxQueuedMutations() + 10;
    List<Change> held = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      held.add(Changes.put("eu", i, (1_764_000_000_000L << 16) + i, "id-" + i, "{}"));
    }
    try (EngineRig rig = open()) {
      CompletableFuture<Void> all = new CompletableFuture<>();
      new Salvage(rig.engine, held, later::add, () -> all.complete(null)).bring();
      EngineRig.await(all);
      assertEquals(count, rig.engine.vector().get(new ReplicaId("eu")));
      assertTrue(later.isEmpty());
    }
  }

  @Test
  void nothingIsTriedOnceItStopped() throws IOException {
    EngineRig rig = open();
    Salvage salvage = new Salvage(rig.engine, held(1), later::add, done::incrementAndGet);
    rig.close();
    salvage.bring();
    assertEquals(1, later.size());
    salvage.stop();
    later.remove().run();
    assertTrue(later.isEmpty());
  }

  /** Returns when that is answered, since answers come in order. */
  private static void bring(EngineRig rig, Salvage salvage) {
    salvage.bring();
    rig.apply(List.of());
  }
}
