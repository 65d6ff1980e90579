package dev.meridian.coordinator;

import dev.meridian.coordinator.Documents.BulkOperation;
import dev.meridian.coordinator.Documents.BulkOutcome;
import dev.meridian.document.CollectionName;
import dev.meridian.document.DocumentId;
import dev.meridian.document.StoreFailure;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * One bulk call: writes that belong into the same regions go there together; a read waits for the
 * writes before it, so that every line sees what the lines above it did. The lines about one
 * document keep their order.
 */
final class Bulk {

  private final ReadCoordinator reads;
  private final WriteRouter writes;
  private final CollectionName collection;
  private final List<BulkOperation> operations;
  private final WriteOptions options;
  private final Supplier<Answer> nothing;
  private final BulkOutcome[] outcomes;
  private Optional<Answer> answer = Optional.empty();
  private final boolean patches;
  private long charge;

  /**
   * @param nothing what is said when nothing was written
   */
  Bulk(
      ReadCoordinator reads,
      WriteRouter writes,
      CollectionName collection,
      List<BulkOperation> operations,
      WriteOptions options,
      Supplier<Answer> nothing) {
    this.reads = reads;
    this.writes = writes;
    this.collection = collection;
    this.operations = operations;
    this.options = options;
    this.nothing = nothing;
    this.outcomes = new BulkOutcome[operations.size()];
    this.patches = operations.stream().anyMatch(PatchedGroup::isByItself);
  }

  CompletionStage<Documents.BulkResult> run() {
    return writes
        .whenPlaceable(collection, operations)
        .thenCompose(ready -> from(0))
        .thenApply(done -> result());
  }

  private Documents.BulkResult result() {
    Answer all = answer.orElseGet(nothing);
    return new Documents.BulkResult(
        Arrays.asList(outcomes),
        new Answer(all.session(), 0, all.charge() + charge, all.receipt()));
  }

  private CompletionStage<Void> from(int start) {
    if (start == operations.size()) {
      return CompletableFuture.completedFuture(null);
    }
    if (operations.get(start) instanceof BulkOperation.Get get) {
      return found(get)
          .thenCompose(
              found -> {
                outcomes[start] = found;
                return from(start + 1);
              });
    }
    Map<Placements.Target, List<Integer>> groups = new LinkedHashMap<>();
    int end = groups(start, groups);
    CompletionStage<Void> all = CompletableFuture.completedFuture(null);
    for (Map.Entry<Placements.Target, List<Integer>> group : groups.entrySet()) {
      List<Integer> lines = group.getValue();
      all =
          all.thenCombine(
              writes.group(
                  collection,
                  group.getKey(),
                  lines.stream().map(operations::get).toList(),
                  options),
              (before, result) -> {
                take(lines, result);
                return before;
              });
    }
    return all.thenCompose(done -> from(end));
  }

  /**
   * Puts the writes from a line on into groups of the same regions.
   *
   * @return the line after them: a read, a write to a document that another group has already, or a
   *     write to one that a patch before it is about, or the other way round
   */
  private int groups(int start, Map<Placements.Target, List<Integer>> groups) {
    Map<DocumentId, Placements.Target> placed = new HashMap<>();
    Map<DocumentId, Boolean> patched = new HashMap<>();
    int end = start;
    while (end < operations.size() && !(operations.get(end) instanceof BulkOperation.Get)) {
      BulkOperation operation = operations.get(end);
      if (patches && !isApart(operation, patched)) {
        break;
      }
      Placements.Target target;
      try {
        target = writes.target(collection, operation);
      } catch (StoreFailure unknown) {
        outcomes[end++] = new BulkOutcome.Failed(unknown);
        continue;
      }
      boolean everywhere = target.equals(Placements.Target.EVERYWHERE);
      Placements.Target before = everywhere ? null : placed.putIfAbsent(operation.id(), target);
      if (before != null && !before.equals(target)) {
        break;
      }
      groups.computeIfAbsent(target, unused -> new ArrayList<>()).add(end);
      end++;
    }
    return end;
  }

  /**
   * Whether an operation may run with those before it: a patch reads what they wrote.
   *
   * @param patched whether a document before it is patched
   */
  private static boolean isApart(BulkOperation operation, Map<DocumentId, Boolean> patched) {
    boolean patch = operation instanceof BulkOperation.Patch;
    Boolean before = patched.putIfAbsent(operation.id(), patch);
    return before == null || !before && !patch;
  }

  private synchronized void take(List<Integer> lines, Documents.BulkResult result) {
    for (int i = 0; i < lines.size(); i++) {
      outcomes[lines.get(i)] = result.outcomes().get(i);
    }
    answer = Optional.of(answer.map(before -> before.and(result.answer())).orElse(result.answer()));
  }

  private CompletionStage<BulkOutcome> found(BulkOperation.Get get) {
    return reads
        .getNow(collection, get.id(), options.timeout())
        .handle(
            (document, thrown) -> {
              if (thrown == null) {
                charge += RequestCharge.read(document.body().length());
                return new BulkOutcome.Found(document);
              }
              StoreFailure failure = RegionDocuments.asStoreFailure(thrown);
              return new BulkOutcome.Failed(failure);
            });
  }
}
