package dev.meridian.engine;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.meridian.clock.Dot;
import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionVector;
import dev.meridian.crdt.FieldDelta;
import dev.meridian.crdt.FieldKey;
import dev.meridian.crdt.FieldStates;
import dev.meridian.document.Bytes;
import dev.meridian.document.Change;
import dev.meridian.document.ChangeCodecV1;
import dev.meridian.document.ChangeKind;
import dev.meridian.document.CollectionName;
import dev.meridian.document.DocumentId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What the CRDT fields of documents hold. Made of the last record of a document's fields and the
 * operations since; those of documents in use are kept. After a number of operations a new record
 * is asked for. Any thread; one at a time for a document.
 */
final class FieldViews {

  private static final int ENTRY_BYTES = 500;

  private static final Comparator<Change> LOWEST_FIRST = Comparator.comparing(Change::version);

  private final EngineState state;
  private final int operationsPerRecord;
  private final Cache<DocumentPrefix, Known> known;
  private volatile Recorder recorder = (name, record, isStale) -> true;
  private volatile Supplier<VersionVector> stable = () -> VersionVector.EMPTY;

  /** Keeps records on disk. */
  interface Recorder {

    /**
     * @param isStale asked when its turn comes: then it is not kept
     * @return false when it is not going to be kept, since too much waits
     */
    boolean record(DocumentName name, FieldsRecord record, BooleanSupplier isStale);
  }

  /** Which document. */
  record DocumentName(CollectionName collection, DocumentId id) {}

  /**
   * A document at one moment.
   *
   * @param seen all versions of it there are
   * @param latest the highest timestamp of them
   * @param live which fields show, or may do so again, if all regions have seen that much
   */
  record Moment(
      DocumentName name,
      VersionVector seen,
      HlcTimestamp latest,
      Function<FieldStates, Set<FieldKey>> live) {}

  /** The fields of one document, up to some versions of it. Guarded by itself. */
  private static final class Known {
    private FieldStates states = new FieldStates();
    private VersionVector covered = VersionVector.EMPTY;
    private HlcTimestamp latest = HlcTimestamp.ZERO;
    private int sinceRecord;
    private boolean started;

    /** Something was put back of the document: who still uses this has it recorded no more. */
    private volatile boolean isStale;

    private HlcTimestamp dropped = HlcTimestamp.ZERO;

    /** Of each origin the time of its last version in {@code covered}: what is new is later. */
    private final Map<ReplicaId, HlcTimestamp> last = new HashMap<>();

    /** The highest version that is no operation. */
    private Optional<Change> write = Optional.empty();

    private void forget(HlcTimestamp droppedAt) {
      states = new FieldStates();
      covered = VersionVector.EMPTY;
      latest = HlcTimestamp.ZERO;
      sinceRecord = 0;
      started = false;
      dropped = droppedAt;
      last.clear();
      write = Optional.empty();
    }

    /** All versions that are seen and not covered have a later time. */
    private HlcTimestamp newerThan(VersionVector seen) {
      HlcTimestamp[] lowest = {HlcTimestamp.endOf(HlcTimestamp.MAX_MILLIS)};
      seen.forEach(
          (origin, sequence) -> {
            HlcTimestamp known = last.getOrDefault(origin, HlcTimestamp.ZERO);
            if (sequence > covered.get(origin) && lowest[0].isAfter(known)) {
              lowest[0] = known;
            }
          });
      return lowest[0];
    }
  }

  /**
   * @param limitBytes of heap for the fields of documents in use, about
   * @param operationsPerRecord after so many, the state of a document's fields is recorded again
   */
  FieldViews(EngineState state, long limitBytes, int operationsPerRecord) {
    this.state = state;
    this.operationsPerRecord = operationsPerRecord;
    this.known =
        Caffeine.newBuilder()
            .maximumWeight(limitBytes)
            .<DocumentPrefix, Known>weigher(
                (prefix, each) -> ENTRY_BYTES + prefix.bytes().length + each.states.bytes())
            .executor(Runnable::run)
            .build();
  }

  /** Who is asked to keep a record. */
  void recordBy(Recorder asked) {
    recorder = asked;
  }

  /**
   * Who tells what every region has. Whatever a region did before it had that has to be here.
   * Nothing is collected until then.
   */
  void collectBelow(Supplier<VersionVector> cut) {
    stable = cut;
  }

  /** What every region has, as {@link #collectBelow} was told. */
  VersionVector stable() {
    return stable.get();
  }

  /**
   * Uses the fields of a document as they are now.
   *
   * @param use gets states that are not to be kept or changed
   * @param must use them even if they hold more than these versions by now
   * @return empty when they do
   */
  <T> Optional<T> now(Moment moment, boolean must, Function<FieldStates, T> use) {
    Known each = known.get(prefix(moment.name()), unused -> new Known());
    synchronized (each) {
      bringUpToDate(each, moment.name(), moment.seen());
      if (each.sinceRecord >= operationsPerRecord) {
        record(each, moment);
      }
      return must || each.covered.equals(moment.seen())
          ? Optional.of(use.apply(each.states))
          : Optional.empty();
    }
  }

  /**
   * The highest version of a document that is no operation.
   *
   * @param seen all versions of the document there are
   * @return empty too when there are more by now
   */
  Optional<Change> write(DocumentName name, VersionVector seen) {
    Known each = known.get(prefix(name), unused -> new Known());
    synchronized (each) {
      bringUpToDate(each, name, seen);
      return each.covered.equals(seen) ? each.write : Optional.empty();
    }
  }

  /**
   * The fields of a document with all that is seen, for another region; empty when it has none.
   *
   * @param seen all versions of the document there are
   */
  Optional<FieldsRecord> snapshot(DocumentName name, VersionVector seen) {
    Known each = known.get(prefix(name), unused -> new Known());
    synchronized (each) {
      bringUpToDate(each, name, seen);
      return each.states.isEmpty() ? Optional.empty() : Optional.of(record(each));
    }
  }

  /**
   * Takes in what another region knows of the fields of a document, and has it recorded: it may
   * have operations in it that are gone here. It takes the place of a record that knows no more:
   * what that lacks, though it counts it as included, would seem to be deleted.
   */
  void take(DocumentName name, FieldsRecord theirs) {
    if (!isInForce(theirs, name)) {
      return;
    }
    FieldStates more = theirs.read();
    Known each = known.get(prefix(name), unused -> new Known());
    synchronized (each) {
      VersionVector seen = each.covered;
      boolean knowsAll =
          newestRecord(name).map(own -> theirs.covered().covers(own.covered())).orElse(true);
      if (knowsAll) {
        each.forget(theirs.droppedAt());
        each.started = true;
      }
      bringUpToDate(each, name, each.covered);
      each.states.merge(more);
      each.covered = each.covered.merge(theirs.covered());
      each.latest = HlcTimestamp.max(each.latest, theirs.latest());
      bringUpToDate(each, name, seen);
      known.asMap().computeIfPresent(prefix(name), (same, kept) -> kept); // it weighs more now
      recorded(each, name);
    }
  }

  /** The next one who asks begins with what is on disk. Writer thread only. */
  void forget(DocumentPrefix document) {
    Known forgotten = known.asMap().remove(document);
    if (forgotten != null) {
      forgotten.isStale = true;
    }
  }

  private static DocumentPrefix prefix(DocumentName name) {
    return new DocumentPrefix(TableKey.DOCUMENTS, name.collection(), name.id());
  }

  private void bringUpToDate(Known each, DocumentName name, VersionVector seen) {
    HlcTimestamp dropped = state.collection(name.collection()).droppedAt();
    if (!dropped.equals(each.dropped)) {
      each.forget(dropped);
    }
    if (each.started && each.covered.covers(seen)) {
      return;
    }
    HlcTimestamp newerThan = each.started ? each.newerThan(seen) : HlcTimestamp.ZERO;
    if (!each.started) {
      newestRecord(name)
          .ifPresent(
              found -> {
                each.states = found.read();
                each.covered = found.covered();
                each.latest = found.latest();
              });
      each.started = true;
    }
    DocumentPrefix prefix = prefix(name);
    for (Change operation : newOperations(each, prefix, seen, newerThan)) {
      apply(operation, each.states);
      each.latest = HlcTimestamp.max(each.latest, operation.hlc());
      each.sinceRecord++;
    }
    each.covered = each.covered.merge(seen);
    // It weighs something else now; not put back, where it was forgotten meanwhile.
    known.asMap().computeIfPresent(prefix, (same, kept) -> kept);
  }

  private void record(Known each, Moment moment) {
    collect(each, moment);
    recorded(each, moment.name());
  }

  private void recorded(Known each, DocumentName name) {
    boolean accepted = recorder.record(name, record(each), () -> each.isStale);
    each.sinceRecord = accepted ? 0 : operationsPerRecord; // or the next one who asks has it kept
  }

  private static FieldsRecord record(Known each) {
    return new FieldsRecord(
        each.covered, each.latest, each.dropped, new Bytes(each.states.encode()));
  }

  private void collect(Known each, Moment moment) {
    VersionVector cut = stable.get();
    List<FieldKey> keys = each.states.keys();
    Set<FieldKey> live =
        cut.covers(moment.seen()) ? moment.live().apply(each.states) : Set.copyOf(keys);
    each.states.collect(cut, live);
    if (!each.states.keys().equals(keys)) { // older reads may want them: this is not for those
      each.latest = HlcTimestamp.max(each.latest, moment.latest());
    }
  }

  Optional<FieldsRecord> newestRecord(DocumentName name) {
    return state
        .view()
        .newest(TableKey.FIELDS, name.collection(), name.id())
        .map(record -> FieldsRecord.decode(record.body()))
        .filter(record -> isInForce(record, name));
  }

  /** A drop takes operations out of it that it cannot be made without. */
  private boolean isInForce(FieldsRecord record, DocumentName name) {
    return record.droppedAt().equals(state.collection(name.collection()).droppedAt());
  }

  /**
   * The operations on a document that are not included yet, lowest first. Notes what else is new.
   *
   * @param newerThan nothing that is new has this time or a lower one: a document to which much was
   *     done is not walked through each time
   */
  private List<Change> newOperations(
      Known each, DocumentPrefix prefix, VersionVector seen, HlcTimestamp newerThan) {
    boolean all = newerThan.equals(HlcTimestamp.ZERO);
    List<Change> found = new ArrayList<>();
    Iterator<Table.Entry> entries = state.view().of(prefix, prefix.bytes());
    while (entries.hasNext()) {
      Table.Entry entry = entries.next();
      if (!TableKey.startsWith(entry.key(), prefix.bytes())) {
        break;
      }
      HlcTimestamp time = TableKey.hlc(entry.key(), prefix.bytes().length);
      if (!time.isAfter(newerThan)) {
        break;
      }
      Dot dot = ChangeCodecV1.dot(entry.encoded());
      // Regions that left are in no vector; with all versions at hand none of theirs is missed.
      if (!seen.contains(dot) && !(all && seen.get(dot.origin()) == 0)) {
        continue; // came since: its turn is when it is seen, with what came before it
      }
      each.last.merge(dot.origin(), time, HlcTimestamp::max);
      if (!ChangeCodecV1.isOperation(entry.encoded())) {
        Change write = entry.change();
        boolean highest =
            each.write.map(known -> write.version().compareTo(known.version()) > 0).orElse(true);
        if (highest && state.isVisible(write)) {
          each.write = Optional.of(write);
        }
      } else if (!each.states.included().contains(dot)) {
        found.add(entry.change());
      }
    }
    found.removeIf(change -> !state.isVisible(change));
    found.sort(LOWEST_FIRST);
    return found;
  }

  /** Bytes that are no operations were made up by somebody, and have no effect anywhere. */
  private static void apply(Change operation, FieldStates states) {
    Bytes body = operation.body();
    FieldDelta delta;
    try {
      delta = FieldDelta.decode(body.array(), body.offset(), body.length());
    } catch (IllegalArgumentException madeUp) {
      delta = FieldDelta.NOTHING;
    }
    states.apply(operation.dot(), operation.version(), delta);
  }

  /**
   * The fields of a document as they were.
   *
   * @param versions those it had then, at least one
   * @return empty when that cannot be told any more
   */
  Optional<FieldStates> then(List<Change> versions) {
    Change newest = versions.getFirst();
    DocumentName name = new DocumentName(newest.collection(), newest.id());
    Optional<FieldsRecord> record = recordOf(name, newest.hlc());
    boolean whole = versions.getLast().context().size() == 0;
    // Operations stay until a record has them.
    if (record.isEmpty() && !whole && newestRecord(name).isPresent()) {
      return Optional.empty();
    }
    FieldStates states = record.map(FieldsRecord::read).orElseGet(FieldStates::new);
    versions.stream()
        .filter(change -> change.kind() == ChangeKind.OPERATIONS)
        .sorted(LOWEST_FIRST)
        .forEach(change -> apply(change, states));
    return Optional.of(states);
  }

  /** The last record that holds nothing younger than a time. */
  private Optional<FieldsRecord> recordOf(DocumentName name, HlcTimestamp asOf) {
    byte[] prefix = TableKey.prefix(TableKey.FIELDS, name.collection(), name.id());
    Iterator<Table.Entry> entries = state.view().from(prefix);
    while (entries.hasNext()) {
      Table.Entry entry = entries.next();
      if (!TableKey.startsWith(entry.key(), prefix)) {
        break;
      }
      Change change = entry.change();
      FieldsRecord record = FieldsRecord.decode(change.body());
      if (isInForce(record, name) && !record.latest().isAfter(asOf)) {
        return Optional.of(record);
      }
    }
    return Optional.empty();
  }
}
