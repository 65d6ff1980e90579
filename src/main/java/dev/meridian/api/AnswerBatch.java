package dev.meridian.api;

import io.netty.channel.EventLoop;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.impl.ContextInternal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;

/**
 * Carries the answers of writes from the store's thread back to the event loops of their requests.
 * Those of one batch reach each loop together: it is woken once for all, not once for each, and
 * what follows runs on it instead of on the one thread that writes.
 */
public final class AnswerBatch {

  private static final System.Logger LOG = System.getLogger(AnswerBatch.class.getName());
  private static final ScopedValue<AnswerBatch> CURRENT = ScopedValue.newInstance();

  private final Map<EventLoop, List<Runnable>> waiting = new HashMap<>();

  private AnswerBatch() {}

  /** Runs what answers a batch, and then hands on what came of it. */
  public static void run(Runnable answers) {
    AnswerBatch batch = new AnswerBatch();
    ScopedValue.where(CURRENT, batch).run(answers);
    batch.waiting.forEach((loop, tasks) -> execute(loop, () -> tasks.forEach(Runnable::run)));
  }

  /** The same stage, completed on the event loop that this is called on; or as it is, on none. */
  static <T> CompletionStage<T> onThisLoop(CompletionStage<T> stage) {
    Context context = Vertx.currentContext();
    if (context == null || !context.isEventLoopContext()) {
      return stage;
    }
    EventLoop loop = ((ContextInternal) context).nettyEventLoop();
    CompletableFuture<T> there = new CompletableFuture<>();
    stage.whenComplete(
        (value, failure) -> {
          if (failure == null) {
            give(loop, () -> there.complete(value));
          } else {
            give(loop, () -> there.completeExceptionally(failure));
          }
        });
    return there;
  }

  private static void give(EventLoop loop, Runnable answer) {
    if (loop.inEventLoop()) {
      answer.run();
    } else if (CURRENT.isBound()) {
      CURRENT.get().waiting.computeIfAbsent(loop, first -> new ArrayList<>()).add(answer);
    } else {
      execute(loop, answer);
    }
  }

  private static void execute(EventLoop loop, Runnable task) {
    try {
      loop.execute(task);
    } catch (RejectedExecutionException stopping) {
      LOG.log(System.Logger.Level.DEBUG, "the server has stopped: nobody waits for answers");
    }
  }
}
