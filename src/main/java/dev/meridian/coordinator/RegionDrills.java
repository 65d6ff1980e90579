package dev.meridian.coordinator;

import dev.meridian.document.CollectionName;
import dev.meridian.document.DocumentId;
import dev.meridian.document.FailureCode;
import dev.meridian.document.StoreFailure;
import dev.meridian.engine.CopyStore;
import dev.meridian.engine.HashPage;
import dev.meridian.engine.LogStructuredEngine;
import dev.meridian.env.Threads;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.random.RandomGenerator;

/** Damages this region's tables. */
public final class RegionDrills implements Drills {

  private static final System.Logger LOG = System.getLogger(RegionDrills.class.getName());
  private static final int PAGE = 8_192;
  private static final int TOLD = 20;

  private final LogStructuredEngine engine;
  private final boolean enabled;
  private final Threads threads;
  private final RandomGenerator random;

  public RegionDrills(
      LogStructuredEngine engine, boolean enabled, Threads threads, RandomGenerator random) {
    this.engine = engine;
    this.enabled = enabled;
    this.threads = threads;
    this.random = random;
  }

  @Override
  public boolean isEnabled() {
    return enabled;
  }

  @Override
  public CompletionStage<Damaged> damage(CollectionName collection, int documents, Harm harm) {
    if (!enabled) {
      throw new StoreFailure.CallerMistake(
          FailureCode.CHAOS_DISABLED,
          "drills are not allowed here; they are with meridian.chaos.enabled=true");
    }
    if (!engine.collection(collection).exists()) {
      throw new StoreFailure.CallerMistake(
          FailureCode.COLLECTION_NOT_FOUND, "there is no collection '" + collection + "'");
    }
    CompletableFuture<List<DocumentId>> chosen = new CompletableFuture<>();
    threads.startVirtual(
        "meridian-drill",
        () -> {
          try {
            chosen.complete(choose(collection, documents));
          } catch (RuntimeException | Error failed) {
            chosen.completeExceptionally(failed);
          }
        });
    return chosen.thenCompose(
        ids -> {
          LOG.log(
              System.Logger.Level.WARNING,
              "event=drill collection={0} documents={1} harm={2}",
              collection,
              Integer.toString(ids.size()),
              harm.text());
          return engine
              .damage(collection, ids, dev.meridian.engine.Harm.valueOf(harm.name()))
              .thenApply(
                  entries ->
                      new Damaged(
                          ids.size(), ids.stream().limit(TOLD).map(DocumentId::value).toList()));
        });
  }

  /** Each document with the same probability (Vitter, "Random sampling with a reservoir", 1985). */
  private List<DocumentId> choose(CollectionName collection, int wanted) {
    List<DocumentId> chosen = new ArrayList<>();
    long seen = 0;
    Optional<DocumentId> after = Optional.empty();
    do {
      HashPage page =
          engine.hashes(
              collection,
              new CopyStore.Walk(leaf -> true, after, Optional.empty(), PAGE, Integer.MAX_VALUE));
      for (var document : page.documents()) {
        seen++;
        if (chosen.size() < wanted) {
          chosen.add(document.id());
        } else {
          long at = random.nextLong(seen);
          if (at < wanted) {
            chosen.set((int) at, document.id());
          }
        }
      }
      after = page.last();
    } while (after.isPresent());
    return chosen;
  }
}
