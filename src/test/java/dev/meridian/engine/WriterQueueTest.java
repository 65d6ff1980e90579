package dev.meridian.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.meridian.document.Bytes;
import dev.meridian.document.CollectionName;
import dev.meridian.document.DocumentId;
import dev.meridian.document.Precondition;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What waits for the writer is bounded, by number and by bytes. */
class WriterQueueTest {

  private static final CollectionName COLLECTION = new CollectionName("c");

  private final WriterQueue queue = new WriterQueue(10, 100_000, () -> {});
  private final List<Writer.Task> taken = new ArrayList<>();

  private static Writer.Task puts(int count, int bytesOfEach) {
    Mutation put =
        new Mutation.Put(
            COLLECTION,
            new DocumentId("x"),
            new Bytes(new byte[bytesOfEach]),
            Precondition.NONE,
            "");
    return new Writer.Task.Apply(
        Collections.nCopies(count, put), StorageEngine.Sync.FORCED, outcomes -> {});
  }

  @Test
  void noMoreAreTakenThanItHolds() {
    assertTrue(queue.offer(puts(9, 1)));
    assertFalse(queue.offer(puts(2, 1)));
    assertTrue(queue.offer(puts(1, 1)));
    assertEquals(10, queue.size());
  }

  @Test
  void fewLargeOnesAreAsMuchAsManySmallOnes() {
    assertTrue(queue.offer(puts(1, 60_000)));
    assertFalse(queue.offer(puts(1, 60_000)));
    assertTrue(queue.offer(puts(1, 30_000)));
    assertTrue(queue.take(taken, 10, 1));
    assertEquals(1, taken.size(), "a batch ends at its limit");
    assertTrue(queue.offer(puts(1, 60_000)));
    assertTrue(queue.take(taken, 10, 1_000_000));
    assertEquals(3, taken.size());
    assertEquals(0, queue.bytes());
    assertEquals(0, queue.size());
  }

  @Test
  void oneThatIsLargerThanAllGoesAlone() {
    assertTrue(queue.offer(puts(3, 60_000)));
    assertFalse(queue.offer(puts(1, 1)));
    assertTrue(queue.take(taken, 10, 1));
    assertTrue(queue.offer(puts(1, 1)));
  }
}
