package dev.meridian.engine;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.meridian.document.DocumentId;
import dev.meridian.document.Precondition;
import dev.meridian.env.SystemEnvironment;
import dev.meridian.env.WallClock;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The writer meets what cannot be: it stops, and leaves nobody waiting. */
@Timeout(60)
class WriterFaultTest {

  /** Stands still, and fails while it is told to. */
  private static final class BrokenClock implements WallClock {
    private volatile boolean broken;

    @Override
    public long millis() {
      if (broken) {
        throw new IllegalStateException("no time");
      }
      return 1_764_000_000_000L;
    }

    @Override
    public long nanos() {
      return 0;
    }
  }

  @Test
  void allThatWaitAreAnswered(@TempDir Path directory) throws Exception {
    BrokenClock clock = new BrokenClock();
    try (SystemEnvironment environment = new SystemEnvironment();
        EngineRig rig = EngineRig.in(directory).wall(clock).open()) {
      CompletableFuture<Void> entered = new CompletableFuture<>();
      CompletableFuture<Void> go = new CompletableFuture<>();
      // The answer of this one holds the writer up until all others wait in its queue.
      rig.engine.apply(
          List.of(),
          StorageEngine.Sync.DECIDED,
          outcomes -> {
            entered.complete(null);
            go.join();
          });
      entered.get(30, TimeUnit.SECONDS);
      clock.broken = true;
      CompletableFuture<?> promise = rig.engine.promise().toCompletableFuture();
      List<CompletableFuture<List<Outcome>>> writes = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        CompletableFuture<List<Outcome>> write = new CompletableFuture<>();
        DocumentId id = new DocumentId("d" + i);
        rig.engine.apply(
            List.of(new Mutation.Delete(EngineRig.C, id, Precondition.NONE, "")), write::complete);
        writes.add(write);
      }
      CompletableFuture<?> settled = rig.engine.settled().toCompletableFuture();
      environment.startVirtual("go", () -> go.complete(null));
      assertThrows(ExecutionException.class, () -> promise.get(30, TimeUnit.SECONDS));
      for (CompletableFuture<List<Outcome>> write : writes) {
        Outcome outcome = write.get(30, TimeUnit.SECONDS).getFirst();
        assertInstanceOf(Outcome.Failed.class, outcome);
      }
      settled.get(30, TimeUnit.SECONDS);
      assertFalse(rig.engine.acceptsWrites(), "what is here then is not told to a peer");
      clock.broken = false;
    }
  }
}
