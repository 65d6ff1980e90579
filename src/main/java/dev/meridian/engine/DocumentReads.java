package dev.meridian.engine;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.VersionId;
import dev.meridian.document.Bytes;
import dev.meridian.document.Change;
import dev.meridian.document.ChangeKind;
import dev.meridian.document.CollectionName;
import dev.meridian.document.CollectionSettings;
import dev.meridian.document.DocumentId;
import dev.meridian.document.FailureCode;
import dev.meridian.document.StoreFailure;
import dev.meridian.document.StoredDocument;
import dev.meridian.env.WallClock;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Reads documents out of memtables and tables, now and in the past. Any thread; damage that is met
 * is handed on to be mended, and the read fails with {@code not-ready}.
 */
final class DocumentReads {

  private final EngineState state;
  private final Function<CollectionState, CollectionSettings> history;
  private final WallClock wall;
  private final DocumentViews views;
  private final Consumer<DamagedTableException> met;

  /**
   * @param history reads a collection's settings for how much history it keeps
   * @param views how documents are shown
   * @param met gets damage that a read found
   */
  DocumentReads(
      EngineState state,
      Function<CollectionState, CollectionSettings> history,
      WallClock wall,
      DocumentViews views,
      Consumer<DamagedTableException> met) {
    this.state = state;
    this.history = history;
    this.wall = wall;
    this.views = views;
    this.met = met;
  }

  /** Reads; once more if a table was replaced meanwhile. */
  <T> T read(Supplier<T> reading) {
    try {
      try {
        return reading.get();
      } catch (TableClosedException replaced) {
        return reading.get();
      }
    } catch (DamagedTableException damage) {
      met.accept(damage);
      throw Refusals.beingRebuilt();
    } catch (TableClosedException stopping) {
      throw new StoreFailure.Unavailable(FailureCode.NOT_READY, "the region is stopping");
    }
  }

  Optional<StoredDocument> find(CollectionName collection, DocumentId id) {
    return read(() -> views.of(state.visible(collection, id)));
  }

  Optional<Optional<StoredDocument>> findInMemory(CollectionName collection, DocumentId id) {
    return read(
        () ->
            state
                .view()
                .newestIfInMemory(TableKey.DOCUMENTS, collection, id)
                .flatMap(newest -> views.inMemory(newest.filter(state::isVisible))));
  }

  List<StoredDocument> scan(
      CollectionName collection,
      String prefix,
      Optional<DocumentId> after,
      int limit,
      HlcTimestamp asOf) {
    KeyRange range = KeyRange.documents(collection, prefix, after);
    return read(
        () -> {
          List<StoredDocument> page = new ArrayList<>(Math.min(limit, 128));
          DocumentsAsOf documents = documents(collection, range, List.of(asOf));
          while (page.size() < limit && documents.hasNext()) {
            documents
                .next()
                .versions()
                .getFirst()
                .filter(StoredDocument::isLive)
                .ifPresent(page::add);
          }
          return page;
        });
  }

  List<DocumentDiff> diff(
      CollectionName collection,
      HlcTimestamp from,
      HlcTimestamp to,
      Optional<DocumentId> after,
      int examine) {
    KeyRange range = KeyRange.documents(collection, "", after);
    return read(
        () -> {
          List<DocumentDiff> differing = new ArrayList<>();
          DocumentsAsOf documents = documents(collection, range, List.of(to, from));
          for (int i = 0; i < examine && documents.hasNext(); i++) {
            DocumentsAsOf.States states = documents.next();
            DocumentDiff diff =
                new DocumentDiff(states.id(), states.versions().get(1), states.versions().get(0));
            if (!diff.isSame() || i == examine - 1) {
              differing.add(diff);
            }
          }
          return differing;
        });
  }

  /**
   * @param instants latest first
   */
  private DocumentsAsOf documents(
      CollectionName collection, KeyRange range, List<HlcTimestamp> instants) {
    CollectionState known = state.collection(collection);
    if (known.droppedAt().isAfter(instants.getLast())) {
      throw new StoreFailure.CallerMistake(
          FailureCode.HISTORY_EXPIRED,
          "collection '" + collection + "' was dropped at " + known.droppedAt() + " with its past");
    }
    return new DocumentsAsOf(
        state.view(),
        range.within(),
        range.from(),
        known.droppedAt(),
        instants,
        retention(known),
        known.concurrency().isNone() && known.concurrency().conflicts() == 0
            ? Optional.empty()
            : Optional.of(views));
  }

  private Retention retention(CollectionState known) {
    return Retention.ofReading(known, history.apply(known), state.latest(), wall.millis());
  }

  private DocumentsAsOf versionsOf(
      CollectionName collection, DocumentId id, List<HlcTimestamp> instants) {
    byte[] prefix = TableKey.prefix(TableKey.DOCUMENTS, collection, id);
    return documents(collection, new KeyRange(prefix, prefix), instants);
  }

  Optional<StoredDocument> findAsOf(CollectionName collection, DocumentId id, HlcTimestamp asOf) {
    return read(
        () -> {
          DocumentsAsOf document = versionsOf(collection, id, List.of(asOf));
          return document.hasNext() ? document.next().versions().getFirst() : Optional.empty();
        });
  }

  /** Uses a document together with its CRDT fields as they are at one moment. */
  <T> T withFields(CollectionName collection, DocumentId id, Function<FieldedDocument, T> use) {
    return read(() -> views.withFields(state.visible(collection, id), use));
  }

  /** A version, also one that is kept for nothing but a conflict it took part in. */
  Optional<StoredDocument> kept(CollectionName collection, DocumentId id, VersionId version) {
    return read(() -> views.version(collection, id, version)).map(StoredDocument::of);
  }

  /** What is known of a document whose versions collided. */
  Optional<ConflictRecord> conflicts(CollectionName collection, DocumentId id) {
    return state.collection(collection).concurrency().conflicts() == 0
        ? Optional.empty()
        : read(() -> views.record(collection, id));
  }

  /** What the settings of a collection said at a time; empty when they said nothing. */
  Optional<Bytes> settingsAsOf(CollectionName collection, HlcTimestamp asOf) {
    byte[] prefix =
        TableKey.prefix(TableKey.SETTINGS, collection, new DocumentId(collection.value()));
    return read(
        () -> {
          Iterator<Table.Entry> entries = state.view().from(prefix);
          while (entries.hasNext()) {
            Table.Entry entry = entries.next();
            if (!TableKey.startsWith(entry.key(), prefix)) {
              break;
            }
            Change change = entry.change();
            if (!change.hlc().isAfter(asOf)) {
              return change.kind() == ChangeKind.SETTINGS
                  ? Optional.of(change.body())
                  : Optional.empty();
            }
          }
          return Optional.empty();
        });
  }

  /** Documents whose versions collided, in id order. */
  List<CollidedDocument> collided(
      CollectionName collection, Optional<DocumentId> after, int limit) {
    CollectionState known = state.collection(collection);
    if (known.concurrency().conflicts() == 0) {
      return List.of();
    }
    KeyRange range = KeyRange.of(TableKey.HEADS, collection, "", after);
    return read(
        () -> {
          List<CollidedDocument> page = new ArrayList<>();
          NewestOf records = new NewestOf(state.view(), range.within(), range.from());
          while (page.size() < limit && records.hasNext()) {
            Change record = records.next();
            ConflictRecord left =
                views.left(ConflictRecordCodecV1.decode(record.body()), collection, record.id());
            if (!left.isEmpty()) {
              page.add(new CollidedDocument(record.id(), left));
            }
          }
          return page;
        });
  }

  List<StoredDocument> versions(
      CollectionName collection, DocumentId id, Optional<VersionId> before, int limit) {
    byte[] prefix = TableKey.prefix(TableKey.DOCUMENTS, collection, id);
    CollectionState known = state.collection(collection);
    return read(
        () -> {
          Retention retention = retention(known);
          List<StoredDocument> page = new ArrayList<>();
          HlcTimestamp replacedAt = HlcTimestamp.ZERO;
          Iterator<Table.Entry> entries = state.view().from(prefix);
          for (int rank = 1; page.size() < limit && entries.hasNext(); rank++) {
            Table.Entry entry = entries.next();
            Change version = entry.change();
            if (!TableKey.startsWith(entry.key(), prefix)
                || !known.isVisible(version.hlc())
                || !retention.keeps(rank, replacedAt)) {
              break;
            }
            replacedAt = version.hlc();
            if (before.isEmpty() || version.version().compareTo(before.get()) < 0) {
              page.add(StoredDocument.of(version));
            }
          }
          return page;
        });
  }
}
