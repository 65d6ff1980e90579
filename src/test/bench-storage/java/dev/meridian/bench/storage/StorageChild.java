package dev.meridian.bench.storage;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import java.util.function.ToLongFunction;

/**
 * One store in a process of its own, so that what the process uses is what the store uses, and so
 * that it can be killed. Started by {@link StorageBench}.
 */
final class StorageChild {

  /** Documents in a call of the store under test. */
  static final int GROUP = 64;

  static final int ROUNDS = 3;

  /** The load is generation 0; these follow. */
  static final int OVERWRITES = 3;

  private static final long QUIET_NANOS = 2_000_000_000L;
  private static final long SAMPLE_MILLIS = 250;
  private static final double BUSY_SHARE = 0.1;
  private static final int GENERATED_ALONE = 200_000;
  private static final int MAX_COLD_GETS = 10_000;

  private final Job job;
  private final Corpus corpus;
  private final ChildProgress progress = new ChildProgress();
  private final RandomReads reads;

  /**
   * What to do.
   *
   * @param mode see {@link #main}
   * @param group documents in a call
   * @param acknowledged for {@code verify}: how many writes of {@code endless} were answered
   */
  record Job(
      String mode,
      String store,
      Path directory,
      long documents,
      int bytes,
      double seconds,
      int group,
      int versions,
      long acknowledged) {

    List<String> arguments() {
      return List.of(
          mode,
          store,
          directory.toString(),
          Long.toString(documents),
          Integer.toString(bytes),
          Double.toString(seconds),
          Integer.toString(group),
          Integer.toString(versions),
          Long.toString(acknowledged));
    }

    static Job of(String[] arguments) {
      return new Job(
          arguments[0],
          arguments[1],
          Path.of(arguments[2]),
          Long.parseLong(arguments[3]),
          Integer.parseInt(arguments[4]),
          Double.parseDouble(arguments[5]),
          Integer.parseInt(arguments[6]),
          Integer.parseInt(arguments[7]),
          Long.parseLong(arguments[8]));
    }
  }

  private StorageChild(Job job) {
    this.job = job;
    this.corpus = new Corpus(job.documents(), job.bytes());
    this.reads = new RandomReads(corpus, job.seconds(), progress);
  }

  public static void main(String[] arguments) throws Exception {
    Job job = Job.of(arguments);
    StorageChild child = new StorageChild(job);
    child.progress.report();
    switch (job.mode()) {
      case "measure" -> child.measure();
      case "settle" -> child.settle();
      case "cold" -> child.cold();
      case "reopen" -> child.reopen("start after a clean stop, ms");
      case "endless" -> child.endless();
      case "verify" -> child.verify();
      default -> throw new IllegalArgumentException(job.mode());
    }
  }

  private Subject open() throws IOException {
    return open(job.directory());
  }

  private Subject open(Path directory) throws IOException {
    return switch (job.store()) {
      case "meridian" -> new MeridianSubject(directory, job.versions());
      case "rocksdb" -> new RocksDbSubject(directory);
      case "mvstore" -> new MvStoreSubject(directory);
      default -> throw new IllegalArgumentException(job.store());
    };
  }

  // ---- everything that one life of the process can measure ----

  private void measure() throws Exception {
    double generating = generatingAlone();
    firstLoad(generating);
    try (Subject store = open()) {
      Report.say(Report.SET_UP, store.setUp());
      long heapBefore = ProcessFigures.liveHeapBytes();
      writes(store, generating);
      check(store, OVERWRITES);
      scans(store);
      Report.row("heap after full collection, before, MB", 1, heapBefore / 1e6);
      Report.row("heap after full collection, after, MB", 1, ProcessFigures.liveHeapBytes() / 1e6);
      long before = ProcessFigures.bytesRead();
      reads.gets(store, "get", corpus::id, corpus.bytes());
      long read = ProcessFigures.bytesRead() - before;
      if (read > 1 << 20) {
        Report.row("read from disk during warm gets, MB", 1, read / 1e6);
      }
      reads.gets(store, "get of an absent id", corpus::absentId, 0);
      reads.pages(store);
      deletes(store);
    }
  }

  /** What is compiled while a process runs is compiled here, and counted. */
  private void firstLoad(double generating) throws Exception {
    Path directory = job.directory().resolveSibling(job.store() + "-first");
    try (Subject store = open(directory)) {
      Written load = write(store, "first load", 0, corpus.count(), 0);
      Report.row("first load of a process, documents/s", 0, load.perSecond());
      Report.row("first load of a process, CPU µs each", 1, load.cpuMicros() - generating);
    }
    DirectoryFiles.delete(directory);
  }

  private double generatingAlone() {
    int documents = (int) Math.min(corpus.count(), GENERATED_ALONE);
    double micros = 0;
    progress.phase("generate alone", 2L * documents);
    for (int round = 0; round < 2; round++) { // the first one warms up
      long cpu = ProcessFigures.cpuNanos();
      for (int from = 0; from < documents; from += job.group()) {
        progress.more(group(from, Math.min(from + job.group(), documents), 0).size());
      }
      micros = (ProcessFigures.cpuNanos() - cpu) / 1e3 / documents;
    }
    Report.row("generating a document, CPU µs (taken off)", 2, micros);
    return micros;
  }

  private void writes(Subject store, double generating) throws Exception {
    long documents = corpus.count();
    long bytesBefore = ProcessFigures.bytesWritten();
    long cpuBefore = ProcessFigures.cpuNanos();
    Written load = write(store, "load", 0, documents, 0);
    Report.row("load, documents/s", 0, load.perSecond());
    Report.row("load, CPU µs each", 1, load.cpuMicros() - generating);
    Report.row("load, documents per force", 0, load.perForce());
    double[] perSecond = new double[OVERWRITES];
    double[] cpu = new double[OVERWRITES];
    for (int round = 0; round < OVERWRITES; round++) {
      String name = "overwrite " + (round + 1) + " of " + OVERWRITES;
      Written overwrite = write(store, name, 0, documents, round + 1);
      perSecond[round] = overwrite.perSecond();
      cpu[round] = overwrite.cpuMicros() - generating;
    }
    Report.row("overwrite, documents/s", 0, perSecond);
    Report.row("overwrite, CPU µs each", 1, cpu);
    Report.row("merging goes on for, s", 1, awaitQuiet(store));
    double changes = (double) documents * (1 + OVERWRITES);
    Report.row(
        "all writes and merging, CPU µs each",
        1,
        (ProcessFigures.cpuNanos() - cpuBefore) / 1e3 / changes - generating);
    long written = ProcessFigures.bytesWritten() - bytesBefore;
    Report.row("bytes of changes, MB", 1, store.changeBytes() / 1e6);
    Report.row("written to disk, MB", 1, written / 1e6);
    Report.row("write amplification", 2, (double) written / store.changeBytes());
    long tables = fileBytes(path -> store.isLog(path) ? 0 : 1);
    Report.row("tables, MB", 1, tables / 1e6);
    Report.row("log, MB", 1, fileBytes(path -> store.isLog(path) ? 1 : 0) / 1e6);
    Report.row("space amplification, tables", 2, tables / ((double) documents * corpus.bytes()));
  }

  private void deletes(Subject store) throws Exception {
    long count = Math.max(1, corpus.count() / 10);
    progress.phase("delete a tenth", count);
    long start = System.nanoTime();
    long cpu = ProcessFigures.cpuNanos();
    pipeline(store, 0, count, -1, acknowledged -> {});
    double micros = (ProcessFigures.cpuNanos() - cpu) / 1e3 / count;
    Report.row("delete of a tenth, documents/s", 0, count * 1e9 / (System.nanoTime() - start));
    Report.row("delete of a tenth, CPU µs each", 1, micros);
    awaitQuiet(store);
  }

  private record Written(double perSecond, double cpuMicros, double perForce) {}

  private Written write(Subject store, String name, long from, long to, int generation)
      throws Exception {
    progress.phase(name, to - from);
    long forces = store.forces();
    long cpu = ProcessFigures.cpuNanos();
    long start = System.nanoTime();
    pipeline(store, from, to, generation, acknowledged -> {});
    long took = System.nanoTime() - start;
    long used = ProcessFigures.cpuNanos() - cpu;
    return new Written(
        (to - from) * 1e9 / took,
        used / 1e3 / (to - from),
        (double) (to - from) / Math.max(1, store.forces() - forces));
  }

  /** Writes the documents of some positions; returns when all are answered. */
  private void pipeline(
      Subject store, long from, long to, int generation, LongConsumer acknowledged)
      throws Exception {
    Semaphore room = new Semaphore(store.groupsUnderWay());
    for (long at = from; at < to; at += job.group()) {
      long end = Math.min(at + job.group(), to);
      List<Subject.Write> group = group(at, end, generation);
      room.acquire();
      store.check();
      store.write(
          group,
          () -> {
            progress.more(group.size());
            acknowledged.accept(group.size());
            room.release();
          });
    }
    room.acquire(store.groupsUnderWay());
    store.check();
  }

  /**
   * @param generation -1 for deletions
   */
  private List<Subject.Write> group(long from, long to, int generation) {
    List<Subject.Write> group = new ArrayList<>((int) (to - from));
    for (long position = from; position < to; position++) {
      long number = corpus.number(position);
      byte[] body = generation < 0 ? new byte[0] : corpus.body(number, generation);
      group.add(new Subject.Write(corpus.id(number), body));
    }
    return group;
  }

  /** Waits until files and processor rest; the seconds until they did. */
  private double awaitQuiet(Subject store) throws Exception {
    progress.phase("wait for merging", 0);
    long start = System.nanoTime();
    long lastBusy = start;
    long lastSample = start;
    long cpu = ProcessFigures.cpuNanos();
    Map<String, Long> files = DirectoryFiles.sizes(job.directory());
    while (System.nanoTime() - lastBusy < QUIET_NANOS) {
      Thread.sleep(SAMPLE_MILLIS);
      long now = System.nanoTime();
      long cpuNow = ProcessFigures.cpuNanos();
      Map<String, Long> filesNow = DirectoryFiles.sizes(job.directory());
      boolean busy =
          (double) (cpuNow - cpu) / (now - lastSample) > BUSY_SHARE
              || !filesNow.equals(files)
              || !store.isIdle();
      if (busy) {
        lastBusy = now;
      }
      lastSample = now;
      cpu = cpuNow;
      files = filesNow;
    }
    return (lastBusy - start) / 1e9;
  }

  /** Reads everything once and compares every byte. */
  private void check(Subject store, int generation) throws IOException {
    progress.phase("check", corpus.count());
    long[] next = {0};
    scan(
        store,
        (id, array, offset, length) -> {
          byte[] expected = corpus.body(next[0], generation);
          if (!id.equals(corpus.id(next[0]))
              || !Arrays.equals(array, offset, offset + length, expected, 0, expected.length)) {
            throw new IllegalStateException(
                "document " + next[0] + " is not as it was written: " + id);
          }
          next[0]++;
        });
    if (next[0] != corpus.count()) {
      throw new IOException(next[0] + " documents were found instead of " + corpus.count());
    }
  }

  private void scans(Subject store) throws IOException {
    double[] perSecond = new double[ROUNDS];
    double[] cpuMicros = new double[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
      progress.phase("scan " + (round + 1) + " of " + ROUNDS, corpus.count());
      long[] bytes = {0};
      long cpu = ProcessFigures.cpuNanos();
      long start = System.nanoTime();
      scan(store, (id, array, offset, length) -> bytes[0] += length);
      perSecond[round] = corpus.count() * 1e9 / (System.nanoTime() - start);
      cpuMicros[round] = (ProcessFigures.cpuNanos() - cpu) / 1e3 / corpus.count();
      if (bytes[0] != corpus.count() * corpus.bytes()) {
        throw new IOException("a scan found " + bytes[0] + " bytes");
      }
    }
    Report.row("scan, documents/s", 0, perSecond);
    Report.row("scan, CPU µs each", 2, cpuMicros);
  }

  private void scan(Subject store, Subject.Visitor visitor) {
    String[] last = {""};
    long[] seen = {0};
    Subject.Visitor counting =
        (id, array, offset, length) -> {
          visitor.document(id, array, offset, length);
          last[0] = id;
          if ((++seen[0] & 1023) == 0) {
            progress.done(seen[0]);
          }
        };
    while (store.page(last[0], store.scanPage(), counting) == store.scanPage()) {
      // the next page
    }
  }

  // ---- lives of their own ----

  /**
   * Empties the log's tail: what a start replays, it looks up, and a start that looks up much has
   * warmed up what {@link #cold} asks for.
   */
  private void settle() throws Exception {
    try (Subject store = open()) {
      progress.phase("flush", 0);
      store.flush();
      awaitQuiet(store);
    }
  }

  /** Gets in a process that has touched nothing yet, after the files' pages were dropped. */
  private void cold() throws IOException {
    long atStart = ProcessFigures.bytesRead();
    try (Subject store = open()) {
      progress.phase("cold gets", 0);
      Report.row(
          "read from disk by a cold start, MB", 1, (ProcessFigures.bytesRead() - atStart) / 1e6);
      // What was deleted is left out, else half of a get would be the same for all.
      long deleted = Math.max(1, corpus.count() / 10);
      SplittableRandom random = new SplittableRandom(4);
      Latencies latencies = new Latencies();
      // Each miss brings its neighbours in: once much has been read, gets are no longer cold.
      long enough = fileBytes(path -> store.isLog(path) ? 0 : 1) / 5;
      long before = ProcessFigures.bytesRead();
      long read = 0;
      while (latencies.count() < MAX_COLD_GETS && read < enough) {
        long position = random.nextLong(deleted, Math.max(deleted + 1, corpus.count()));
        String id = corpus.id(corpus.number(position));
        long asked = System.nanoTime();
        store.get(id);
        latencies.add(System.nanoTime() - asked);
        read = ProcessFigures.bytesRead() - before;
      }
      double perGet = (double) read / latencies.count();
      if (perGet >= corpus.bytes()) {
        Report.row("cold gets", 0, latencies.count());
        Report.row("get, cold, p50 µs", 0, latencies.micros(0.5));
        Report.row("get, cold, p99 µs", 0, latencies.micros(0.99));
        Report.row("get, cold, KB read from disk", 1, perGet / 1e3);
      }
    }
  }

  private void reopen(String name) throws IOException {
    progress.phase("start", 0);
    long start = System.nanoTime();
    try (Subject store = open()) {
      int found = store.page("", 1, (id, array, offset, length) -> {});
      Report.row(name, 0, (System.nanoTime() - start) / 1e6);
      if (found != 1) {
        throw new IOException("nothing was found");
      }
    }
  }

  /** Overwrites everything again and again, and says what was answered, until it is killed. */
  private void endless() throws Exception {
    AtomicLong answered = new AtomicLong();
    try (Subject store = open()) {
      for (int generation = OVERWRITES + 1; ; generation++) {
        progress.phase("overwrite until kill -9", 0);
        pipeline(
            store,
            0,
            corpus.count(),
            generation,
            size -> Report.say(Report.ACKNOWLEDGED, answered.addAndGet(size)));
      }
    }
  }

  /** Every answered write is there, byte for byte, and nothing that was never sent. */
  private void verify() throws IOException {
    progress.phase("start", 0);
    long start = System.nanoTime();
    try (Subject store = open()) {
      Report.row("start after kill -9, ms", 0, (System.nanoTime() - start) / 1e6);
      progress.phase("check every answered write", corpus.count());
      Expected expected = new Expected(store.groupsUnderWay());
      scan(store, expected);
      expected.upTo(corpus.count());
      Report.row("writes answered before kill -9", 0, job.acknowledged());
      Report.row("of them missing or wrong", 0, expected.wrong);
    }
  }

  /** What may be found after the kill. */
  private final class Expected implements Subject.Visitor {
    private final long unanswered;
    private long next;
    private long wrong;

    Expected(int groupsUnderWay) {
      unanswered = 2L * groupsUnderWay * job.group();
    }

    @Override
    public void document(String id, byte[] array, int offset, int length) {
      long number = Long.parseLong(id.substring(id.indexOf('-') + 1)) / 2;
      upTo(number);
      next = number + 1;
      int generation = Corpus.generation(array, offset, length);
      byte[] body = corpus.body(number, Math.max(0, generation));
      boolean whole = Arrays.equals(array, offset, offset + length, body, 0, body.length);
      if (!whole || !mayBe(corpus.position(number), generation)) {
        wrong++;
      }
    }

    /** Counts what is missing before a document that is there. */
    void upTo(long number) {
      for (; next < number; next++) {
        long position = corpus.position(next);
        boolean deleted = position < Math.max(1, corpus.count() / 10);
        if (!deleted || position < job.acknowledged()) {
          wrong++;
        }
      }
    }

    private boolean mayBe(long position, int generation) {
      if (generation <= OVERWRITES) {
        return generation == OVERWRITES && position >= job.acknowledged();
      }
      long sequence = (generation - OVERWRITES - 1) * corpus.count() + position;
      return sequence < job.acknowledged() + unanswered
          && sequence + corpus.count() >= job.acknowledged();
    }
  }

  private long fileBytes(ToLongFunction<String> weight) throws IOException {
    long sum = 0;
    for (Map.Entry<String, Long> file : DirectoryFiles.sizes(job.directory()).entrySet()) {
      sum += weight.applyAsLong(file.getKey()) * file.getValue();
    }
    return sum;
  }
}
