package dev.meridian.coordinator;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionId;
import dev.meridian.document.Bytes;
import dev.meridian.document.ChangeKind;
import dev.meridian.document.CollectionName;
import dev.meridian.document.CollectionSettings;
import dev.meridian.document.CollectionSettingsJson;
import dev.meridian.document.ConflictSettings;
import dev.meridian.document.DocumentId;
import dev.meridian.document.FailureCode;
import dev.meridian.document.StoreFailure;
import dev.meridian.document.StoredDocument;
import dev.meridian.engine.CollectionState;
import dev.meridian.engine.CollidedDocument;
import dev.meridian.engine.ConflictRecord;
import dev.meridian.engine.LogStructuredEngine;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Reads remembered conflicts out of the engine. May read the disk; any thread that may. */
final class ConflictScan {

  /** Documents looked at for one page. */
  static final int MAX_EXAMINED = 5000;

  /** Bodies of one page, unless a single conflict has more. */
  private static final long MAX_PAGE_BYTES = 8L << 20;

  private static final int CHUNK = 128;

  private final LogStructuredEngine engine;
  private final Function<CollectionState, CollectionSettings> settings;

  /**
   * @param next where to go on; empty at the end
   */
  record Page(List<ConflictCase> cases, Optional<ConflictKey> next) {}

  /**
   * @param next where to go on counting; empty at the end
   */
  record Count(long conflicts, Optional<ConflictKey> next) {}

  /**
   * @param settings reads a collection's settings
   */
  ConflictScan(LogStructuredEngine engine, Function<CollectionState, CollectionSettings> settings) {
    this.engine = engine;
    this.settings = settings;
  }

  Page page(Conflicts.Filter filter) {
    List<ConflictCase> cases = new ArrayList<>();
    long[] bytes = {0};
    Optional<ConflictKey> next =
        walk(
            filter,
            each -> {
              boolean full =
                  cases.size() == filter.limit()
                      || !cases.isEmpty() && bytes[0] + each.bytes() > MAX_PAGE_BYTES;
              if (!full) {
                cases.add(each);
                bytes[0] += each.bytes();
              }
              return !full;
            });
    return new Page(List.copyOf(cases), next);
  }

  /** How many a filter means, whatever its limit. */
  Count count(Conflicts.Filter filter) {
    long[] count = {0};
    Optional<ConflictKey> next =
        walk(
            filter,
            each -> {
              count[0]++;
              return true;
            });
    return new Count(count[0], next);
  }

  /** The conflict with this key. */
  ConflictCase find(ConflictKey key) {
    return engine
        .conflicts(key.collection(), key.id())
        .flatMap(
            record ->
                record.conflicts().stream()
                    .filter(each -> isRemembered(each, engine.collection(key.collection())))
                    .filter(
                        each ->
                            each.key().compareTo(key.version()) <= 0
                                && each.at().compareTo(key.version()) >= 0)
                    .findFirst()
                    .map(each -> read(key.collection(), key.id(), record, each, new HashMap<>())))
        .orElseThrow(
            () ->
                new StoreFailure.CallerMistake(
                    FailureCode.CONFLICT_NOT_FOUND,
                    "there is no such conflict here, or it is not remembered any more"));
  }

  /** All versions that stand side by side now, highest first. */
  List<VersionId> heads(CollectionName collection, DocumentId id) {
    return engine
        .conflicts(collection, id)
        .filter(ConflictRecord::isConflicted)
        .map(ConflictRecord::heads)
        .orElseGet(
            () -> engine.find(collection, id).map(StoredDocument::version).stream().toList());
  }

  /**
   * @param take false when it is not taken and the walk is to end
   * @return where to go on; empty at the end
   */
  private Optional<ConflictKey> walk(Conflicts.Filter filter, Predicate<ConflictCase> take) {
    Map<Bytes, ConflictSettings> past = new HashMap<>();
    Optional<ConflictKey> last = filter.after();
    int examined = 0;
    for (CollectionState collection : collections(filter)) {
      Documents documents = new Documents(collection.name(), filter.after());
      for (List<CollidedDocument> some = documents.next();
          !some.isEmpty();
          some = documents.next()) {
        for (CollidedDocument document : some) {
          if (examined++ == MAX_EXAMINED) {
            return last;
          }
          for (ConflictRecord.Conflict each : document.record().conflicts()) {
            ConflictKey key = new ConflictKey(collection.name(), document.id(), each.key());
            if (!isMeant(key, each, collection, filter)) {
              continue;
            }
            ConflictCase found =
                read(collection.name(), document.id(), document.record(), each, past);
            if (filter.state().isEmpty() || filter.state().get() == found.state()) {
              if (!take.test(found)) {
                return last;
              }
              last = Optional.of(key);
            }
          }
          last = Optional.of(endOf(collection.name(), document.id()));
        }
      }
    }
    return Optional.empty();
  }

  /** Below all conflicts of a document. */
  private static ConflictKey endOf(CollectionName collection, DocumentId id) {
    return new ConflictKey(collection, id, new VersionId(HlcTimestamp.ZERO, new ReplicaId("a")));
  }

  private List<CollectionState> collections(Conflicts.Filter filter) {
    Stream<CollectionState> all =
        filter.collection().isPresent()
            ? Stream.of(engine.collection(filter.collection().get()))
            : engine.collections().stream();
    return all.filter(each -> each.concurrency().conflicts() > 0)
        .filter(
            each ->
                filter.after().isEmpty()
                    || each.name().compareTo(filter.after().get().collection()) >= 0)
        .toList();
  }

  private boolean isMeant(
      ConflictKey key,
      ConflictRecord.Conflict conflict,
      CollectionState collection,
      Conflicts.Filter filter) {
    boolean passed =
        filter
            .after()
            .filter(after -> after.collection().equals(key.collection()))
            .filter(after -> after.id().equals(key.id()))
            .map(after -> key.version().compareTo(after.version()) >= 0)
            .orElse(false);
    boolean early = filter.since().map(since -> since.isAfter(conflict.at().hlc())).orElse(false);
    return !passed
        && !early
        && mayBe(filter.state(), conflict)
        && isRemembered(conflict, collection);
  }

  private static boolean mayBe(Optional<Conflicts.State> state, ConflictRecord.Conflict conflict) {
    return state.isEmpty()
        || switch (state.get()) {
          case OPEN -> conflict.closedBy().isEmpty();
          case RESOLVED -> conflict.closedBy().isPresent();
          case AUTO -> true;
        };
  }

  private boolean isRemembered(ConflictRecord.Conflict conflict, CollectionState collection) {
    return !conflict.isForgotten(engine.latest())
        && conflict.at().hlc().isAfter(collection.droppedAt());
  }

  private ConflictCase read(
      CollectionName collection,
      DocumentId id,
      ConflictRecord record,
      ConflictRecord.Conflict conflict,
      Map<Bytes, ConflictSettings> past) {
    Function<VersionId, Optional<StoredDocument>> kept =
        version -> engine.kept(collection, id, version);
    boolean standing = conflict.closedBy().isEmpty();
    Optional<StoredDocument> base = (standing ? record.base() : conflict.base()).flatMap(kept);
    List<StoredDocument> versions =
        conflict.versions().stream().flatMap(each -> kept.apply(each).stream()).toList();
    List<StoredDocument> plain =
        standing
            ? record.plain().stream().flatMap(each -> kept.apply(each).stream()).toList()
            : plain(versions, base);
    int expected = standing ? record.plain().size() : plain.size();
    boolean all = plain.size() == expected && versions.size() == conflict.versions().size();
    return new ConflictCase(
        new ConflictKey(collection, id, conflict.key()),
        conflict,
        standing
            ? settings.apply(engine.collection(collection)).conflict()
            : settingsAsOf(collection, conflict.at().hlc(), past),
        versions,
        all ? plain : List.of(),
        base,
        conflict.closedBy().flatMap(kept));
  }

  /** An operation on CRDT fields that a deletion had not seen keeps what it was done on. */
  private static List<StoredDocument> plain(
      List<StoredDocument> versions, Optional<StoredDocument> base) {
    List<StoredDocument> writes =
        versions.stream().filter(each -> each.change().kind() != ChangeKind.OPERATIONS).toList();
    boolean keeps =
        writes.size() < versions.size()
            && writes.stream().allMatch(each -> each.change().isTombstone());
    return keeps ? Stream.concat(writes.stream(), base.stream()).toList() : writes;
  }

  private ConflictSettings settingsAsOf(
      CollectionName collection, HlcTimestamp asOf, Map<Bytes, ConflictSettings> past) {
    return engine
        .settingsAsOf(collection, asOf)
        .map(json -> past.computeIfAbsent(json, ConflictScan::parse))
        .orElse(ConflictSettings.DEFAULTS);
  }

  private static ConflictSettings parse(Bytes json) {
    try {
      return CollectionSettingsJson.parse(json).conflict();
    } catch (StoreFailure ofANewerRelease) {
      return ConflictSettings.DEFAULTS;
    }
  }

  /** The collided documents of a collection, some at a time. */
  private final class Documents {
    private final CollectionName collection;
    private Optional<CollidedDocument> first;
    private Optional<DocumentId> last;

    Documents(CollectionName collection, Optional<ConflictKey> after) {
      this.collection = collection;
      this.last = after.filter(key -> key.collection().equals(collection)).map(ConflictKey::id);
      this.first =
          last.flatMap(
              id ->
                  engine.conflicts(collection, id).map(record -> new CollidedDocument(id, record)));
    }

    /** None at the end. */
    List<CollidedDocument> next() {
      if (first.isPresent()) {
        List<CollidedDocument> rest = List.of(first.get());
        first = Optional.empty();
        return rest;
      }
      List<CollidedDocument> some = engine.collided(collection, last, CHUNK);
      last = some.isEmpty() ? last : Optional.of(some.getLast().id());
      return some;
    }
  }
}
