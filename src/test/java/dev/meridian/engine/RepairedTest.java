package dev.meridian.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.meridian.document.Change;
import dev.meridian.document.DocumentId;
import dev.meridian.simulation.ManualClock;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RepairedTest {

  private static final long NOW = 1_764_000_000_000L;

  /** More than a region accepts of others. */
  private static final long BACK_MILLIS = 75_000;

  @TempDir Path directory;

  @Test
  void whatWasHereIsPutBackAlsoByAClockThatWasSetBackSince() throws Exception {
    ManualClock wall = new ManualClock(NOW);
    try (EngineRig rig = EngineRig.in(directory).wall(wall).hasPeers(true).open()) {
      Outcome written = rig.put("id", "{}");
      Change change = assertInstanceOf(Outcome.Applied.class, written).change();
      int lost =
          rig.engine
              .damage(EngineRig.C, List.of(new DocumentId("id")), Harm.LOSE)
              .toCompletableFuture()
              .get(30, TimeUnit.SECONDS);
      assertEquals(1, lost);
      assertEquals(Optional.empty(), rig.body("id"));
      wall.set(NOW - BACK_MILLIS);
      Outcome repaired = rig.apply(new Mutation.Repaired(change, false));
      assertInstanceOf(Outcome.Applied.class, repaired, repaired::toString);
      assertEquals(Optional.of("{}"), rig.body("id"));
    }
  }
}
