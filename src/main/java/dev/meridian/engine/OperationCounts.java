package dev.meridian.engine;

import dev.meridian.document.Change;
import dev.meridian.document.ChangeKind;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Counts the operations on CRDT fields of each document and tells when there were many, so that
 * their state is recorded where nobody reads it, too. Counts of documents that were not heard of
 * for long are forgotten: these are told later. Writer only.
 */
final class OperationCounts {

  private static final int MAX_DOCUMENTS = 4096;

  private final int limit;
  private final Consumer<FieldViews.DocumentName> many;
  private final Map<DocumentPrefix, Integer> counts =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<DocumentPrefix, Integer> eldest) {
          return size() > MAX_DOCUMENTS;
        }
      };

  OperationCounts(int limit, Consumer<FieldViews.DocumentName> many) {
    this.limit = limit;
    this.many = many;
  }

  void applied(Change change, DocumentPrefix prefix) {
    if (change.kind() != ChangeKind.OPERATIONS) {
      return;
    }
    if (counts.merge(prefix, 1, Integer::sum) >= limit) {
      counts.remove(prefix);
      many.accept(new FieldViews.DocumentName(change.collection(), change.id()));
    }
  }
}
