package dev.meridian.engine;

import com.sun.management.OperatingSystemMXBean;
import dev.meridian.bench.ShortRun;
import dev.meridian.clock.Dot;
import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionVector;
import dev.meridian.document.Bytes;
import dev.meridian.document.Change;
import dev.meridian.document.ChangeCodecV1;
import dev.meridian.document.ChangeKind;
import dev.meridian.document.CollectionSettings;
import dev.meridian.document.ConflictSettings;
import dev.meridian.document.DocumentId;
import dev.meridian.document.JsonPointer;
import dev.meridian.document.MergeRule;
import dev.meridian.document.PlacementRules;
import dev.meridian.document.StoredDocument;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * A region gets writes of two others to documents that it wrote itself meanwhile: all three collide
 * in each document. With log, force and memtable, on the disk of the temporary directory.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(java.util.concurrent.TimeUnit.SECONDS)
public class ConflictBenchmark extends ShortRun {

  private static final int DOCUMENTS = 1_000;
  private static final List<ReplicaId> OTHERS = List.of(new ReplicaId("ap"), new ReplicaId("us"));
  private static final int CONFLICTS = DOCUMENTS * 2;

  /** As many as a link brings in one batch, about. */
  private static final int BATCH = 256;

  private static final OperatingSystemMXBean SYSTEM =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  @Param({"LWW", "SIBLINGS", "MERGE"})
  ConflictSettings.Policy policy = ConflictSettings.Policy.LWW;

  private Path directory = Path.of("");
  private EngineRig region = null;
  private long round;
  private final List<List<Mutation>> batches = new ArrayList<>();
  private final List<DocumentId> ids = new ArrayList<>();
  private VersionVector written = VersionVector.EMPTY;

  private long cpuNanos;
  private long conflicts;

  @Setup
  public void open() throws IOException {
    directory = Files.createTempDirectory("meridian-conflicts");
    Map<JsonPointer, MergeRule> rules =
        policy == ConflictSettings.Policy.MERGE
            ? Map.of(
                JsonPointer.parse("/total"),
                new MergeRule(MergeRule.Kind.SUM_DELTAS, ""),
                JsonPointer.parse("/tags"),
                new MergeRule(MergeRule.Kind.UNION, ""))
            : Map.of();
    CollectionSettings settings =
        new CollectionSettings(
            100,
            Duration.ofDays(7),
            false,
            PlacementRules.EVERYWHERE,
            new ConflictSettings(policy, rules, false));
    region =
        EngineRig.in(directory)
            .history(unused -> settings)
            .wall(new dev.meridian.env.SystemEnvironment())
            .open();
  }

  /** New documents, known here and there, written here and not yet heard of the others' writes. */
  @Setup(Level.Invocation)
  public void collide() {
    round++;
    ids.clear();
    batches.clear();
    List<Mutation> first = new ArrayList<>();
    ReplicaId us = OTHERS.getLast();
    List<Change> bases = new ArrayList<>();
    for (int i = 0; i < DOCUMENTS; i++) {
      DocumentId id = new DocumentId("r" + round + "-" + i);
      ids.add(id);
      Change base = change(us, id, VersionVector.EMPTY, "base", i);
      bases.add(base);
      first.add(new Mutation.Replicated(base));
    }
    region.apply(first);
    List<Mutation> here = new ArrayList<>();
    for (DocumentId id : ids) {
      here.add(
          new Mutation.Put(
              EngineRig.C, id, body("eu", 1), dev.meridian.document.Precondition.NONE, ""));
    }
    region.apply(here);
    List<Mutation> there = new ArrayList<>();
    for (int i = 0; i < DOCUMENTS; i++) {
      for (ReplicaId other : OTHERS) {
        Change change = change(other, ids.get(i), bases.get(i).vector(), other.value(), i);
        there.add(new Mutation.Replicated(change));
      }
    }
    for (int from = 0; from < there.size(); from += BATCH) {
      batches.add(there.subList(from, Math.min(there.size(), from + BATCH)));
    }
  }

  private Change change(ReplicaId origin, DocumentId id, VersionVector context, String by, int n) {
    Dot dot = new Dot(origin, written.get(origin) + 1);
    written = written.with(dot);
    return ChangeCodecV1.encode(
        dot,
        HlcTimestamp.of(System.currentTimeMillis(), n),
        ChangeKind.PUT,
        EngineRig.C,
        id,
        context,
        context,
        "",
        body(by, n));
  }

  /** About 300 bytes, most of them the same in all versions. */
  private static Bytes body(String by, int n) {
    return Bytes.utf8(
        "{\"customer\":\"Ada Lovelace\",\"city\":\"London\",\"total\":"
            + n
            + ",\"tags\":[\"gift\",\""
            + by
            + "\"],\"by_"
            + by
            + "\":true,\"address\":{\"street\":\"St James's Square\",\"number\":12},\"note\":\""
            + "leave the parcel with a neighbour ".repeat(4)
            + "\"}");
  }

  /** What the others wrote is applied and forced, batch after batch. */
  @Benchmark
  @OperationsPerInvocation(CONFLICTS)
  public void apply() {
    long before = SYSTEM.getProcessCpuTime();
    applyAll();
    cpuNanos += SYSTEM.getProcessCpuTime() - before;
    conflicts += CONFLICTS;
  }

  /** The same, and then every document is read, as what the policy makes of it. */
  @Benchmark
  @OperationsPerInvocation(CONFLICTS)
  public int applyAndRead() {
    long before = SYSTEM.getProcessCpuTime();
    applyAll();
    int siblings = 0;
    for (DocumentId id : ids) {
      StoredDocument document = region.engine.find(EngineRig.C, id).orElseThrow();
      siblings += document.heads().siblings();
    }
    cpuNanos += SYSTEM.getProcessCpuTime() - before;
    conflicts += CONFLICTS;
    int expected = policy == ConflictSettings.Policy.SIBLINGS ? 3 : 1;
    if (siblings != DOCUMENTS * expected) {
      throw new IllegalStateException(siblings + " siblings of " + DOCUMENTS + " documents");
    }
    return siblings;
  }

  /** Of the whole process, while it was measured. */
  @TearDown(Level.Iteration)
  public void tellProcessorTime() {
    System.out.printf("CPU %.1f µs each, ", cpuNanos / 1e3 / conflicts);
    cpuNanos = 0;
    conflicts = 0;
  }

  private void applyAll() {
    for (List<Mutation> batch : batches) {
      for (Outcome outcome : region.apply(batch)) {
        if (!(outcome instanceof Outcome.Applied)) {
          throw new IllegalStateException("not applied: " + outcome);
        }
      }
    }
  }

  @TearDown
  public void close() throws IOException {
    region.close();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
