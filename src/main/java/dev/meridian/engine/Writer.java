package dev.meridian.engine;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.HybridLogicalClock;
import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionVector;
import dev.meridian.clock.Watermark;
import dev.meridian.document.Bytes;
import dev.meridian.document.Change;
import dev.meridian.document.ChangeKind;
import dev.meridian.document.CollectionName;
import dev.meridian.document.FailureCode;
import dev.meridian.document.StoreFailure;
import dev.meridian.env.WallClock;
import dev.meridian.env.Worker.Next;
import dev.meridian.wal.LogFullException;
import dev.meridian.wal.WriteAheadLog;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * The one thread that changes anything: it decides, logs, forces, applies and answers, a batch at a
 * time. While it waits for the disk the next batch gathers in its queue, so batches grow with the
 * load and an idle region answers after one force.
 *
 * <p>Fails once: after the log refused to take or force bytes, nothing is accepted until a restart.
 */
final class Writer {

  /** Log record: the payload is an encoded change. */
  static final byte CHANGE = 1;

  /**
   * Log record: the payload is a timestamp (u64) that the clock will not pass before the next one.
   */
  static final byte CEILING = 2;

  /** Log record: a change and what was derived from it, as {@link LoggedChange} has them. */
  static final byte CHANGE_WITH_RECORD = 3;

  /** Log record: something derived, as an encoded change. */
  static final byte RECORD = 4;

  /** Log record: the payload is an encoded change that a repair put back. */
  static final byte REPAIRED = 5;

  /** Log record: the same with what was derived from it. */
  static final byte REPAIRED_WITH_RECORD = 6;

  /** Log record: the payload is the name of a collection that was counted and hashed again. */
  static final byte RECOUNT = 7;

  /** So many mutations of one call wait for memory together; what they touch fits near caches. */
  private static final int TOUCHED_TOGETHER = 128;

  private static final System.Logger LOG = System.getLogger(Writer.class.getName());

  private final ReplicaId self;
  private final EngineSettings settings;
  private final WriteAheadLog log;
  private final EngineState state;
  private final HybridLogicalClock clock;
  private final WallClock wall;
  private final Sequencer sequencer;
  private final LogTrim trim;
  private final Checkpointer checkpointer;
  private final WriterPace pace;
  private final WriterQueue queue;
  private final Arrivals arrivals;
  private final Executor answering;
  private final OperationCounts operations;
  private final Consumer<DamagedTableException> damaged;
  private final Consumer<DocumentPrefix> repaired;
  private final List<Task> tasks = new ArrayList<>();
  private int tasksDone;
  private final List<Sequencer.Decision.Log> batch = new ArrayList<>();
  private final List<Change> records = new ArrayList<>();
  private final List<Runnable> answers = new ArrayList<>();
  private HlcTimestamp ceiling;
  private long touched;
  private ForceTime forceTime = new ForceTime();
  private volatile Optional<IOException> broken = Optional.empty();

  /** What the writer is asked to do. */
  sealed interface Task {
    /** What a mutation takes besides what it carries: key, versions, who waits for it. */
    int MUTATION_BYTES = 200;

    /** How much of the queue it takes. */
    default int size() {
      return 1;
    }

    /** Heap that it takes there, and in the memtable afterwards, about. */
    default long bytes() {
      return MUTATION_BYTES;
    }

    record Apply(
        List<Mutation> mutations, StorageEngine.Sync sync, Consumer<List<Outcome>> done, long bytes)
        implements Task {

      Apply(List<Mutation> mutations, StorageEngine.Sync sync, Consumer<List<Outcome>> done) {
        this(mutations, sync, done, bytes(mutations));
      }

      private static long bytes(List<Mutation> mutations) {
        long bytes = 0;
        for (Mutation mutation : mutations) {
          bytes += MUTATION_BYTES + mutation.payloadBytes();
        }
        return bytes;
      }

      @Override
      public int size() {
        return mutations.size();
      }
    }

    record Promise(CompletableFuture<Watermark> answer) implements Task {}

    /**
     * Keep the state of a document's CRDT fields.
     *
     * @param isStale whether something was put back meanwhile that the state may lack
     */
    record Record(FieldViews.DocumentName name, FieldsRecord state, BooleanSupplier isStale)
        implements Task {

      @Override
      public long bytes() {
        return MUTATION_BYTES + state.states().length();
      }
    }

    /** Copy the hash tree of a collection. */
    record Hash(CollectionName collection, CompletableFuture<HashedCollection> answer)
        implements Task {}

    /** Count and hash all documents of a collection again, while everything waits. */
    record Recount(CollectionName collection, CompletableFuture<HashedCollection> answer)
        implements Task {}

    /** Hand the memtable over now, whatever its size. */
    record Flush() implements Task {}
  }

  Writer(
      ReplicaId self,
      Set<ReplicaId> members,
      EngineSettings settings,
      WriteAheadLog log,
      EngineState state,
      HybridLogicalClock clock,
      WallClock wall,
      HlcTimestamp ceiling,
      LogTrim trim,
      Checkpointer checkpointer,
      WriterPace pace,
      WriterQueue queue,
      Arrivals arrivals,
      Executor answering,
      OperationCounts operations,
      Consumer<DamagedTableException> damaged,
      Consumer<DocumentPrefix> repaired) {
    this.self = self;
    this.settings = settings;
    this.log = log;
    this.state = state;
    this.clock = clock;
    this.wall = wall;
    this.ceiling = ceiling;
    this.trim = trim;
    this.sequencer = new Sequencer(self, members, clock, state);
    this.checkpointer = checkpointer;
    this.pace = pace;
    this.queue = queue;
    this.arrivals = arrivals;
    this.answering = answering;
    this.operations = operations;
    this.damaged = damaged;
    this.repaired = repaired;
  }

  /** False once the log has failed. Any thread. */
  boolean accepts() {
    return broken.isEmpty();
  }

  /** Dots handed out so far, forced or not. */
  VersionVector decided() {
    return sequencer.vector();
  }

  /** Takes a batch and answers it. Ends once the queue is closed and empty. */
  Next step() {
    pace.handOver(log.durableLsn(), ceiling);
    if (broken.isEmpty()) {
      trim.step(checkpointer.checkpoint());
    }
    if (pace.holdsBack()) {
      return Next.SLEEP;
    }
    if (!queue.take(tasks, settings.maxBatchMutations(), settings.maxBatchBytes())) {
      return queue.isOver() ? end() : Next.SLEEP;
    }
    try {
      process();
    } catch (RuntimeException | Error fault) {
      // The state in memory may be half changed. The log is right: a restart reads it again.
      fail(new IOException("a logged change could not be applied", fault));
      answer();
      refuseUndecided();
    }
    tasks.clear();
    return pace.afterBatch();
  }

  private Next end() {
    lowerCeiling();
    return Next.END;
  }

  private void process() {
    tasksDone = 0;
    for (Task task : tasks) {
      switch (task) {
        case Task.Apply apply -> decide(apply);
        case Task.Promise promise -> promise(promise);
        case Task.Record record -> record(record);
        case Task.Hash hash -> hash(hash);
        case Task.Recount recount -> recount(recount);
        case Task.Flush flush -> pace.flush();
      }
      tasksDone++;
    }
    commit();
    answer();
  }

  /** Nobody waits for ever: the first one may be found after a restart, the others not. */
  private void refuseUndecided() {
    for (int i = tasksDone; i < tasks.size(); i++) {
      Outcome outcome = i == tasksDone ? Refusals.unknown() : refused();
      switch (tasks.get(i)) {
        case Task.Apply apply ->
            runSafely(
                () -> apply.done().accept(Collections.nCopies(apply.mutations().size(), outcome)));
        case Task.Promise promise -> promise.answer().completeExceptionally(failure());
        case Task.Record record -> {}
        case Task.Hash hash -> hash.answer().completeExceptionally(failure());
        case Task.Recount recount -> recount.answer().completeExceptionally(failure());
        case Task.Flush flush -> {}
      }
    }
  }

  /** After the force, and after the changes are readable: who was answered reads what it wrote. */
  private void answer() {
    if (!answers.isEmpty()) {
      runSafely(() -> answering.execute(() -> answers.forEach(Writer::runSafely)));
      answers.clear();
    }
  }

  private void decide(Task.Apply apply) {
    List<Outcome> outcomes = new ArrayList<>(apply.mutations().size());
    List<Mutation> mutations = apply.mutations();
    for (int from = 0; from < mutations.size(); from += TOUCHED_TOGETHER) {
      int to = Math.min(from + TOUCHED_TOGETHER, mutations.size());
      decide(mutations.subList(from, to), outcomes);
    }
    switch (apply.sync()) {
      case FORCED ->
          answers.add(
              () ->
                  apply.done().accept(broken.isPresent() ? Refusals.unknown(outcomes) : outcomes));
      case DECIDED -> runSafely(() -> apply.done().accept(outcomes));
    }
  }

  private void decide(List<Mutation> mutations, List<Outcome> outcomes) {
    DocumentPrefix[] prefixes = new DocumentPrefix[mutations.size()];
    for (int i = 0; i < prefixes.length; i++) {
      prefixes[i] = Sequencer.prefix(mutations.get(i));
    }
    if (prefixes.length > 1) {
      View view = state.view();
      for (DocumentPrefix prefix : prefixes) {
        touched += view.touch(prefix);
      }
    }
    for (int i = 0; i < prefixes.length; i++) {
      outcomes.add(broken.isPresent() ? refused() : decideIfRoom(mutations.get(i), prefixes[i]));
    }
  }

  private Outcome decideIfRoom(Mutation mutation, DocumentPrefix prefix) {
    boolean backlog = state.view().active().bytes() > 2 * settings.memtableBytes();
    return backlog && checkpointer.isFailing()
        ? new Outcome.Failed(Refusals.full("tables cannot be written; there may be no room"))
        : decide(mutation, prefix);
  }

  private Outcome decide(Mutation mutation, DocumentPrefix prefix) {
    // Settings and drops change how documents are seen: they stand alone between two batches.
    boolean alone = isAlone(mutation);
    if (alone) {
      commit();
    }
    Outcome outcome;
    try {
      outcome =
          switch (sequencer.decide(mutation, prefix)) {
            case Sequencer.Decision.Answer(Outcome answer) -> answer;
            case Sequencer.Decision.Log logged -> {
              append(logged);
              yield new Outcome.Applied(logged.change(), logged.created(), forceTime);
            }
          };
    } catch (LogFullException full) {
      sequencer.undoLast();
      outcome = new Outcome.Failed(Refusals.full("there is no room for the log"));
    } catch (IOException failed) {
      fail(failed);
      return refused();
    } catch (DamagedTableException damage) {
      sequencer.undoLast();
      damaged.accept(damage);
      outcome = new Outcome.Failed(Refusals.beingRebuilt());
    } catch (RuntimeException fault) {
      sequencer.undoLast();
      LOG.log(System.Logger.Level.ERROR, "a change could not be decided", fault);
      outcome =
          new Outcome.Failed(
              new StoreFailure.Fault(
                  FailureCode.INTERNAL_ERROR, "the change could not be made", fault));
    }
    if (alone) {
      commit();
    }
    return outcome;
  }

  private static boolean isAlone(Mutation mutation) {
    return switch (mutation) {
      case Mutation.Put put -> false;
      case Mutation.Delete delete -> false;
      case Mutation.Operate operate -> false;
      case Mutation.Configure configure -> true;
      case Mutation.Drop drop -> true;
      case Mutation.Replicated(Change change) -> isOfSettings(change);
      case Mutation.Repaired(Change change, boolean instead) -> isOfSettings(change);
    };
  }

  private static boolean isOfSettings(Change change) {
    return TableKey.space(change.kind()) == TableKey.SETTINGS;
  }

  private void append(Sequencer.Decision.Log logged) throws IOException {
    Change change = logged.change();
    if (change.dot().origin().equals(self)) {
      raiseCeiling(change.hlc());
    }
    if (logged.record().isEmpty()) {
      Bytes encoded = change.encoded();
      byte type = logged.isRepair() ? REPAIRED : CHANGE;
      log.append(type, change.hlc(), encoded.array(), encoded.offset(), encoded.length());
    } else {
      Change record = logged.record().get();
      raiseCeiling(record.hlc());
      byte[] both = LoggedChange.encode(change, record);
      byte type = logged.isRepair() ? REPAIRED_WITH_RECORD : CHANGE_WITH_RECORD;
      log.append(type, change.hlc(), both, 0, both.length);
    }
    batch.add(logged);
  }

  private void raiseCeiling(HlcTimestamp used) throws IOException {
    if (used.isAfter(ceiling)) {
      writeCeiling(HlcTimestamp.of(used.millis() + settings.clockCeiling().toMillis(), 0));
    }
  }

  private void writeCeiling(HlcTimestamp raised) throws IOException {
    byte[] payload = ByteBuffer.allocate(Long.BYTES).putLong(raised.packed()).array();
    log.append(CEILING, raised, payload, 0, payload.length);
    ceiling = raised;
  }

  private void promise(Task.Promise promise) {
    if (broken.isPresent()) {
      promise.answer().completeExceptionally(failure());
      return;
    }
    HlcTimestamp until = clock.tick();
    try {
      raiseCeiling(until);
    } catch (LogFullException full) {
      promise.answer().completeExceptionally(Refusals.full("there is no room for the log"));
      return;
    } catch (IOException failed) {
      fail(failed);
    }
    Watermark watermark = new Watermark(self, until, sequencer.vector().get(self));
    answers.add(
        () -> {
          if (broken.isPresent()) {
            promise.answer().completeExceptionally(failure());
          } else {
            promise.answer().complete(watermark);
          }
        });
  }

  private void hash(Task.Hash hash) {
    commit();
    if (broken.isPresent()) {
      hash.answer().completeExceptionally(failure());
      return;
    }
    HashedCollection now = hashed(hash.collection());
    answers.add(() -> hash.answer().complete(now));
  }

  private HashedCollection hashed(CollectionName collection) {
    return new HashedCollection(
        state.vector(),
        state.collection(collection),
        state.tree(collection).orElseGet(MerkleTree::small));
  }

  private void recount(Task.Recount recount) {
    commit();
    if (broken.isPresent()) {
      recount.answer().completeExceptionally(failure());
      return;
    }
    try {
      sequencer.recounting();
      state.recount(recount.collection());
      byte[] name = recount.collection().value().getBytes(StandardCharsets.US_ASCII);
      log.append(RECOUNT, clock.latest(), name, 0, name.length);
      commit();
    } catch (TableClosedException replaced) {
      recount.answer().completeExceptionally(Refusals.mergedMeanwhile());
      return;
    } catch (DamagedTableException damage) {
      damaged.accept(damage);
      recount.answer().completeExceptionally(Refusals.beingRebuilt());
      return;
    } catch (LogFullException full) {
      recount.answer().completeExceptionally(Refusals.full("there is no room for the log"));
      return;
    } catch (IOException failed) {
      fail(failed);
      recount.answer().completeExceptionally(failure());
      return;
    }
    HashedCollection now = hashed(recount.collection());
    answers.add(() -> recount.answer().complete(now));
  }

  /** Unless a later one is here already: what that covers may be gone from the tables. */
  private void record(Task.Record task) {
    if (broken.isPresent()) {
      return;
    }
    FieldViews.DocumentName name = task.name();
    FieldsRecord fields = task.state();
    try {
      commit();
      if (task.isStale().getAsBoolean()) {
        return;
      }
      HlcTimestamp droppedAt = state.collection(name.collection()).droppedAt();
      boolean newer =
          state
              .view()
              .newest(TableKey.FIELDS, name.collection(), name.id())
              .map(known -> FieldsRecord.decode(known.body()))
              .filter(known -> known.droppedAt().equals(droppedAt))
              .map(known -> fields.covered().covers(known.covered()))
              .orElse(true);
      if (newer && fields.droppedAt().equals(droppedAt)) {
        Change record = sequencer.derived(ChangeKind.FIELDS, name, fields.encode());
        raiseCeiling(record.hlc());
        Bytes encoded = record.encoded();
        log.append(RECORD, record.hlc(), encoded.array(), encoded.offset(), encoded.length());
        records.add(record);
        commit();
      }
    } catch (LogFullException | DamagedTableException notNow) {
      LOG.log(System.Logger.Level.DEBUG, "event=fields-not-recorded id={0}", name.id());
    } catch (IOException failed) {
      fail(failed);
    }
  }

  /** Forces what was appended, then makes it readable. */
  private void commit() {
    if (broken.isPresent() || log.lastLsn().equals(log.durableLsn())) {
      return;
    }
    try {
      log.force();
    } catch (IOException failed) {
      fail(failed);
      return;
    }
    forceTime.forced(wall.nanos());
    forceTime = new ForceTime();
    for (Sequencer.Decision.Log logged : batch) {
      state.apply(logged.change(), logged.prefix(), logged.effect(), logged.record());
    }
    records.forEach(state::applyRecord);
    state.settle();
    batch.forEach(logged -> operations.applied(logged.change(), logged.prefix()));
    batch.stream()
        .filter(Sequencer.Decision.Log::isRepair)
        .forEach(logged -> repaired.accept(logged.prefix()));
    records.clear();
    batch.clear();
    sequencer.forced();
    VersionVector applied = sequencer.vector();
    boolean advanced = !applied.equals(state.vector());
    state.vector(applied);
    if (advanced) {
      arrivals.advanced(applied);
    }
    pace.handOver(log.durableLsn(), ceiling);
  }

  private void fail(IOException cause) {
    broken = Optional.of(cause);
    checkpointer.stopWriting();
    LOG.log(
        System.Logger.Level.ERROR,
        "event=log-failed region=" + self + " writes are refused until a restart",
        cause);
  }

  /**
   * On a clean stop the clock's real reading is enough; it will not run ahead at the next start.
   */
  private void lowerCeiling() {
    if (broken.isPresent()) {
      return;
    }
    try {
      writeCeiling(clock.latest());
      commit();
    } catch (IOException failed) {
      fail(failed);
    }
  }

  private Outcome refused() {
    return new Outcome.Failed(failure());
  }

  private StoreFailure failure() {
    return Refusals.failed(broken.orElseThrow());
  }

  private static void runSafely(Runnable answer) {
    try {
      answer.run();
    } catch (RuntimeException fault) {
      LOG.log(System.Logger.Level.ERROR, "an answer could not be delivered", fault);
    }
  }
}
