package dev.meridian.engine;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.document.Change;
import dev.meridian.document.DocumentId;
import dev.meridian.document.FailureCode;
import dev.meridian.document.StoreFailure;
import dev.meridian.document.StoredDocument;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;

/**
 * The documents under a key prefix, in id order, each as it was at given times. Fails with {@code
 * history-expired} when one of them cannot be told any more.
 */
final class DocumentsAsOf implements Iterator<DocumentsAsOf.States> {

  /** So many versions of a document are looked at when some may stand side by side. */
  private static final int MAX_VERSIONS = 20_000;

  private final Iterator<Table.Entry> entries;
  private final byte[] within;
  private final HlcTimestamp droppedAt;
  private final List<HlcTimestamp> instants;
  private final Retention retention;
  private final Optional<DocumentViews> concurrent;
  private Optional<Table.Entry> head;
  private Optional<States> next;

  /**
   * One document.
   *
   * @param versions for each instant the version it had then, which may be a deletion; empty when
   *     it did not exist yet
   */
  record States(DocumentId id, List<Optional<StoredDocument>> versions) {}

  /**
   * @param within only keys that start with this
   * @param start the first key looked at
   * @param droppedAt versions up to here are gone
   * @param instants latest first, none at or before {@code droppedAt}
   * @param concurrent makes documents of all their versions; empty when the newest one tells all
   */
  DocumentsAsOf(
      View view,
      byte[] within,
      byte[] start,
      HlcTimestamp droppedAt,
      List<HlcTimestamp> instants,
      Retention retention,
      Optional<DocumentViews> concurrent) {
    this.entries = view.from(start);
    this.within = within;
    this.droppedAt = droppedAt;
    this.instants = List.copyOf(instants);
    this.retention = retention;
    this.concurrent = concurrent;
    this.head = read();
    this.next = advance();
  }

  @Override
  public boolean hasNext() {
    return next.isPresent();
  }

  @Override
  public States next() {
    States result = next.orElseThrow(NoSuchElementException::new);
    next = advance();
    return result;
  }

  private Optional<Table.Entry> read() {
    if (!entries.hasNext()) {
      return Optional.empty();
    }
    Table.Entry entry = entries.next();
    return TableKey.startsWith(entry.key(), within) ? Optional.of(entry) : Optional.empty();
  }

  /** The next document that existed at any of the instants. */
  private Optional<States> advance() {
    while (head.isPresent()) {
      States states = document(head.get());
      if (states.versions().stream().anyMatch(Optional::isPresent)) {
        return Optional.of(states);
      }
    }
    return Optional.empty();
  }

  /** Reads all versions of one document, and the first entry of the next one. */
  private States document(Table.Entry first) {
    int length = TableKey.documentPrefixLength(first.key());
    DocumentId id = first.change().id();
    List<Optional<Change>> found = new ArrayList<>(instants.size());
    HlcTimestamp replacedAt = HlcTimestamp.ZERO;
    Optional<Change> oldest = Optional.empty();
    List<Change> all = new ArrayList<>();
    int rank = 0;
    while (head.isPresent() && isOf(head.get().key(), first.key(), length)) {
      Change version = head.get().change();
      head = read();
      if (concurrent.isPresent() && all.size() < MAX_VERSIONS && version.hlc().isAfter(droppedAt)) {
        all.add(version);
      }
      if (found.size() == instants.size() || !version.hlc().isAfter(droppedAt)) {
        continue;
      }
      rank++;
      if (!retention.keeps(rank, replacedAt)) {
        throw expired(id, instants.get(found.size()));
      }
      while (found.size() < instants.size() && !version.hlc().isAfter(instants.get(found.size()))) {
        found.add(Optional.of(version));
      }
      replacedAt = version.hlc();
      oldest = Optional.of(version);
    }
    if (found.size() < instants.size() && oldest.isPresent() && oldest.get().context().size() > 0) {
      throw expired(id, instants.get(found.size())); // the oldest replaced something, now dropped
    }
    while (found.size() < instants.size()) {
      found.add(Optional.empty());
    }
    return new States(id, found.stream().map(newest -> newest.flatMap(n -> view(n, all))).toList());
  }

  /** The document as it was when {@code newest} was the newest of its versions. */
  private Optional<StoredDocument> view(Change newest, List<Change> all) {
    return concurrent.isEmpty()
        ? DocumentViews.untouched(newest)
        : concurrent.get().of(all.stream().filter(each -> !isAfter(each, newest)).toList());
  }

  private static boolean isAfter(Change change, Change other) {
    return change.version().compareTo(other.version()) > 0;
  }

  private static boolean isOf(byte[] key, byte[] first, int length) {
    return key.length >= length && Arrays.equals(key, 0, length, first, 0, length);
  }

  static StoreFailure expired(DocumentId id, HlcTimestamp instant) {
    return new StoreFailure.CallerMistake(
        FailureCode.HISTORY_EXPIRED,
        "what document '"
            + id.value()
            + "' was at "
            + instant
            + " is not kept any more; the collection's history settings say how long it is");
  }
}
