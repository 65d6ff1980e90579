package dev.meridian.engine;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.Watermark;
import dev.meridian.document.Bytes;
import dev.meridian.document.CollectionName;
import dev.meridian.document.DocumentId;
import dev.meridian.document.Precondition;
import dev.meridian.simulation.RegionDisk;
import dev.meridian.simulation.SimulatedThreads;
import dev.meridian.simulation.SimulatedTime;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What a region says of when it made its last change is not younger than it is. */
class PromiseTest {

  private static final ReplicaId EU = new ReplicaId("eu");
  private static final ReplicaId US = new ReplicaId("us");

  private final SplittableRandom random = new SplittableRandom(1);
  private final SimulatedTime time = new SimulatedTime();
  private final RegionDisk disk = new RegionDisk(random);

  private LogStructuredEngine open(SimulatedThreads threads) throws IOException {
    return disk.open(EU, Set.of(EU, US), time, threads);
  }

  private void pass(Duration duration) {
    long until = time.nanos() + duration.toNanos();
    while (time.step(until)) {
      // each timer that is due
    }
  }

  private static void write(LogStructuredEngine engine) {
    engine.apply(
        List.of(
            new Mutation.Put(
                new CollectionName("c"),
                new DocumentId("x"),
                Bytes.utf8("{}"),
                Precondition.NONE,
                "")),
        outcomes -> {});
  }

  /** Its time goes on where it may have come to, for which the wall clock takes seconds. */
  @Test
  void afterACrashItPromisesNothingBeforeTheWallClockIsWhereItsTimeIs() throws IOException {
    SimulatedThreads before = new SimulatedThreads(time, random);
    LogStructuredEngine engine = open(before);
    write(engine);
    pass(Duration.ofSeconds(1));
    before.kill();
    disk.log().crash();

    engine = open(new SimulatedThreads(time, random));
    write(engine);
    pass(Duration.ofMillis(100));
    assertTrue(
        engine.clock().latest().millis() > time.millis() + 500, "its time is not ahead: " + engine);
    assertTrue(engine.promise().toCompletableFuture().isCompletedExceptionally());

    pass(Duration.ofSeconds(3));
    CompletableFuture<Watermark> promise = engine.promise().toCompletableFuture();
    pass(Duration.ofMillis(100));
    assertTrue(promise.join().hlc().millis() <= time.millis(), () -> "" + promise.join());
  }
}
