package dev.meridian.coordinator;

import dev.meridian.clock.VersionId;
import dev.meridian.coordinator.Conflicts.BulkOutcome;
import dev.meridian.coordinator.Conflicts.Choice;
import dev.meridian.coordinator.Conflicts.Resolution;
import dev.meridian.coordinator.Conflicts.Resolved;
import dev.meridian.document.Change;
import dev.meridian.document.ChangeKind;
import dev.meridian.document.ConflictResolver;
import dev.meridian.document.ConflictSettings;
import dev.meridian.document.DocumentId;
import dev.meridian.document.FailureCode;
import dev.meridian.document.StoreFailure;
import dev.meridian.document.StoredDocument;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Resolves many conflicts by one choice, some at a time. Nothing blocks. */
final class BulkResolutions {

  /** So many are under way at once. */
  private static final int AT_ONCE = 64;

  private final ConflictResolutions resolutions;
  private final Choice choice;
  private final WriteOptions options;
  private final List<BulkOutcome> outcomes = new ArrayList<>();
  private Answer answer;

  /**
   * @param nothing what is said when nothing was written
   */
  BulkResolutions(
      ConflictResolutions resolutions, Choice choice, WriteOptions options, Answer nothing) {
    this.resolutions = resolutions;
    this.choice = choice;
    this.options = options;
    this.answer = nothing;
  }

  /** What became of each, in order, and what is to be said of all. */
  record Done(List<BulkOutcome> outcomes, Answer answer) {}

  CompletionStage<Done> run(List<ConflictKey> keys) {
    return from(keys, 0).thenApply(end -> new Done(List.copyOf(outcomes), answer));
  }

  private CompletionStage<Void> from(List<ConflictKey> keys, int start) {
    if (start == keys.size()) {
      return CompletableFuture.completedFuture(null);
    }
    int end = end(keys, start);
    List<CompletableFuture<BulkOutcome>> under = new ArrayList<>();
    for (ConflictKey key : keys.subList(start, end)) {
      under.add(
          resolutions
              .resolve(key, this::resolution, options)
              .handle((resolved, failure) -> outcome(key, resolved, failure))
              .toCompletableFuture());
    }
    return CompletableFuture.allOf(under.toArray(CompletableFuture<?>[]::new))
        .thenCompose(
            all -> {
              under.forEach(each -> outcomes.add(each.join()));
              return from(keys, end);
            });
  }

  /** Two conflicts of one document are resolved one after the other. */
  private static int end(List<ConflictKey> keys, int start) {
    Set<Map.Entry<String, DocumentId>> documents = new HashSet<>();
    int end = start;
    while (end < keys.size()
        && end - start < AT_ONCE
        && documents.add(Map.entry(keys.get(end).collection().value(), keys.get(end).id()))) {
      end++;
    }
    return end;
  }

  private BulkOutcome outcome(
      ConflictKey key,
      @org.jspecify.annotations.Nullable Resolved resolved,
      @org.jspecify.annotations.Nullable Throwable failure) {
    if (resolved == null) {
      StoreFailure why =
          RegionDocuments.asStoreFailure(
              failure == null ? new IllegalStateException("no answer") : failure);
      return new BulkOutcome(key, Optional.empty(), Optional.of(why));
    }
    synchronized (this) {
      answer = answer.and(resolved.answer());
    }
    return new BulkOutcome(key, Optional.of(resolved.version()), resolved.unconfirmed());
  }

  private Resolution resolution(ConflictCase conflict) {
    List<StoredDocument> documents =
        conflict.versions().stream()
            .filter(each -> each.change().kind() != ChangeKind.OPERATIONS)
            .toList();
    Optional<VersionId> chosen =
        documents.isEmpty() ? Optional.empty() : chosen(conflict, documents);
    return new Resolution.Pick(
        chosen.orElseThrow(
            () ->
                new StoreFailure.CallerMistake(
                    FailureCode.VERSION_NOT_FOUND, "the conflict has no version to choose")));
  }

  private Optional<VersionId> chosen(ConflictCase conflict, List<StoredDocument> documents) {
    return switch (choice) {
      case Choice.Newest newest -> Optional.of(documents.getFirst().version());
      case Choice.Oldest oldest -> Optional.of(documents.getLast().version());
      case Choice.LastWrite last -> {
        List<Change> changes = documents.stream().map(StoredDocument::change).toList();
        ConflictSettings lww =
            new ConflictSettings(
                ConflictSettings.Policy.LWW, Map.of(), conflict.settings().deleteWins());
        yield Optional.of(ConflictResolver.winner(changes, lww).version());
      }
      case Choice.Origin(var region) ->
          documents.stream()
              .map(StoredDocument::version)
              .filter(version -> version.origin().equals(region))
              .findFirst();
    };
  }
}
