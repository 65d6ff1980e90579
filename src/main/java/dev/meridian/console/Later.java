package dev.meridian.console;

import com.vaadin.flow.component.UI;
import com.vaadin.flow.component.UIDetachedException;
import dev.meridian.document.FailureCode;
import dev.meridian.document.StoreFailure;
import dev.meridian.env.Threads;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * Brings what the store answers back to the page that asked. Taking a page's lock and pushing to a
 * browser may wait, which the store's own threads must not, so each answer gets a virtual thread.
 */
@ApplicationScoped
public class Later {

  private static final System.Logger LOG = System.getLogger(Later.class.getName());

  @Inject Threads threads;

  /** Runs one of the two on the page, unless the page is gone by then. */
  public <T> void show(
      UI page, CompletionStage<T> answer, Consumer<T> done, Consumer<StoreFailure> failed) {
    answer.whenComplete(
        (value, problem) ->
            onPage(
                page,
                () -> {
                  if (problem == null) {
                    done.accept(value);
                  } else {
                    failed.accept(asFailure(problem));
                  }
                }));
  }

  /** Runs {@code update} on the page, from any thread, without waiting for it. */
  public void onPage(UI page, Runnable update) {
    threads.startVirtual("console-page", () -> access(page, update));
  }

  private static void access(UI page, Runnable update) {
    try {
      page.access(update::run);
    } catch (UIDetachedException closed) {
      // The person has left; nobody waits for this.
    }
  }

  private static StoreFailure asFailure(Throwable problem) {
    Throwable cause =
        problem instanceof CompletionException && problem.getCause() != null
            ? problem.getCause()
            : problem;
    if (cause instanceof StoreFailure failure) {
      return failure;
    }
    LOG.log(System.Logger.Level.WARNING, "a call to the store failed unexpectedly", cause);
    return new StoreFailure.Fault(
        FailureCode.INTERNAL_ERROR, "the store failed in a way it should not", cause);
  }
}
