package dev.meridian.engine;

import dev.meridian.document.Bytes;
import dev.meridian.document.Change;
import dev.meridian.document.ChangeCodecV1;
import dev.meridian.document.ChangeKind;
import dev.meridian.document.Placement;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Damage that is done on purpose, to see it found and mended. Neither log nor hash trees hear of
 * it.
 *
 * @param documents which
 * @param harm what happens to them
 * @param done gets how many entries were left out or altered, once it is in force
 */
record TableDrill(Set<DocumentPrefix> documents, Harm harm, CompletableFuture<Integer> done) {

  private static final Bytes ALTERED = Bytes.utf8("{\"altered\":\"by a drill\"}");

  /** False while something of them is in no table yet. */
  boolean isReady(View view) {
    return documents.stream().noneMatch(view::isInMemory);
  }

  /** The same entries with the damage done. */
  Damaged through(Iterator<Table.Entry> entries) {
    return new Damaged(entries);
  }

  /** The entries of tables, damaged. */
  final class Damaged implements Iterator<Table.Entry> {
    private final Iterator<Table.Entry> entries;
    private final Set<DocumentPrefix> met = new HashSet<>();
    private Optional<Table.Entry> next;
    private int count;

    Damaged(Iterator<Table.Entry> entries) {
      this.entries = entries;
      this.next = advance();
    }

    int count() {
      return count;
    }

    @Override
    public boolean hasNext() {
      return next.isPresent();
    }

    @Override
    public Table.Entry next() {
      Table.Entry result = next.orElseThrow(NoSuchElementException::new);
      next = advance();
      return result;
    }

    private Optional<Table.Entry> advance() {
      while (entries.hasNext()) {
        Table.Entry entry = entries.next();
        if (entry.key()[0] != TableKey.DOCUMENTS) {
          return Optional.of(entry);
        }
        DocumentPrefix prefix =
            new DocumentPrefix(
                Arrays.copyOf(entry.key(), TableKey.documentPrefixLength(entry.key())));
        if (!documents.contains(prefix)) {
          return Optional.of(entry);
        }
        boolean isNewest = met.add(prefix);
        if (harm == Harm.ALTER) {
          return Optional.of(isNewest ? altered(entry) : entry);
        }
        if (harm == Harm.LOSE_NEWEST && !isNewest) {
          return Optional.of(entry);
        }
        count++;
      }
      return Optional.empty();
    }

    private Table.Entry altered(Table.Entry entry) {
      Change change = entry.change();
      if (change.kind() != ChangeKind.PUT || change.isWithheld()) {
        return entry;
      }
      count++;
      return new Table.Entry(
          entry.key(),
          ChangeCodecV1.encode(
                  change.dot(),
                  change.hlc(),
                  change.kind(),
                  change.collection(),
                  change.id(),
                  change.context(),
                  change.dependencies(),
                  change.traceparent(),
                  Placement.EVERYWHERE,
                  ALTERED)
              .encoded());
    }
  }
}
