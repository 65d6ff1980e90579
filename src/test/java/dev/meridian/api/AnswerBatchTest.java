package dev.meridian.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AnswerBatchTest {

  private Vertx vertx;
  private Context loop;
  private Context otherLoop;

  @BeforeEach
  void start() {
    vertx = Vertx.vertx();
    loop = vertx.getOrCreateContext();
    otherLoop = vertx.getOrCreateContext();
  }

  @AfterEach
  void stop() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  @Test
  void answersOfABatchReachTheLoopsOfTheirRequestsTogetherAndInOrder() throws Exception {
    List<CompletableFuture<String>> writes = new ArrayList<>();
    List<CompletableFuture<Void>> answered = new ArrayList<>();
    List<String> seen = new CopyOnWriteArrayList<>();
    String thread = on(loop, () -> Thread.currentThread().getName());
    for (int i = 0; i < 5; i++) {
      CompletableFuture<String> write = new CompletableFuture<>();
      writes.add(write);
      answered.add(
          on(loop, () -> AnswerBatch.onThisLoop(write))
              .thenAccept(value -> seen.add(value + " on " + Thread.currentThread().getName()))
              .toCompletableFuture());
    }
    CompletableFuture<String> elsewhere = new CompletableFuture<>();
    CompletionStage<String> there = on(otherLoop, () -> AnswerBatch.onThisLoop(elsewhere));
    AnswerBatch.run(
        () -> {
          for (int i = 0; i < writes.size(); i++) {
            writes.get(i).complete("answer " + i);
          }
          elsewhere.complete("elsewhere");
          on(loop, () -> null);
          on(otherLoop, () -> null);
          assertEquals(List.of(), seen, "what a loop had before the batch was whole");
          assertFalse(there.toCompletableFuture().isDone());
        });
    for (CompletableFuture<Void> each : answered) {
      each.get(10, TimeUnit.SECONDS);
    }
    List<String> expected =
        List.of(
            "answer 0 on " + thread,
            "answer 1 on " + thread,
            "answer 2 on " + thread,
            "answer 3 on " + thread,
            "answer 4 on " + thread);
    assertEquals(expected, seen);
    assertEquals("elsewhere", there.toCompletableFuture().get(10, TimeUnit.SECONDS));
  }

  @Test
  void anAnswerOutsideABatchAndAFailureArriveToo() throws Exception {
    CompletableFuture<String> write = new CompletableFuture<>();
    CompletionStage<String> late = on(loop, () -> AnswerBatch.onThisLoop(write));
    CompletableFuture<String> failing = new CompletableFuture<>();
    CompletionStage<String> failed = on(loop, () -> AnswerBatch.onThisLoop(failing));
    write.complete("late");
    AnswerBatch.run(() -> failing.completeExceptionally(new IllegalStateException("refused")));
    assertEquals("late", late.toCompletableFuture().get(10, TimeUnit.SECONDS));
    ExecutionException thrown =
        assertThrows(
            ExecutionException.class, () -> failed.toCompletableFuture().get(10, TimeUnit.SECONDS));
    assertInstanceOf(IllegalStateException.class, thrown.getCause());
  }

  @Test
  void anAnswerThatIsThereAtOnceNeedsNoTurnOfTheLoop() {
    boolean done =
        on(
            loop,
            () ->
                AnswerBatch.onThisLoop(CompletableFuture.completedFuture("now"))
                    .toCompletableFuture()
                    .isDone());
    assertTrue(done);
  }

  @Test
  void offTheLoopsAStageStaysWhatItIs() {
    CompletableFuture<String> stage = new CompletableFuture<>();
    assertSame(stage, AnswerBatch.onThisLoop(stage));
  }

  @Test
  void answersThatNobodyWaitsForAnyMoreHurtNobody() throws Exception {
    CompletableFuture<String> write = new CompletableFuture<>();
    CompletionStage<String> answer = on(loop, () -> AnswerBatch.onThisLoop(write));
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    AnswerBatch.run(() -> write.complete("too late"));
    assertFalse(answer.toCompletableFuture().isDone());
  }

  private interface Work<T> {
    T get();
  }

  /** Runs on an event loop, and waits for it. */
  private static <T> T on(Context context, Work<T> work) {
    CompletableFuture<T> result = new CompletableFuture<>();
    context.runOnContext(
        go -> {
          try {
            result.complete(work.get());
          } catch (RuntimeException | Error failed) {
            result.completeExceptionally(failed);
          }
        });
    return result.orTimeout(10, TimeUnit.SECONDS).join();
  }
}
