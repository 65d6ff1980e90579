package dev.meridian.engine;

import dev.meridian.bench.ShortRun;
import dev.meridian.document.Bytes;
import dev.meridian.document.ChangeCodecV1;
import dev.meridian.document.CollectionSettings;
import dev.meridian.document.ConflictSettings;
import dev.meridian.document.DocumentId;
import dev.meridian.document.JsonPointer;
import dev.meridian.document.MergeRule;
import dev.meridian.document.PlacementRules;
import dev.meridian.document.Precondition;
import dev.meridian.document.StoredDocument;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * A thousand documents that two regions wrote without hearing of each other: what one of them does
 * when it gets the writes of the other, with its force, and until the documents can be read.
 */
public class ConflictBenchmark extends ShortRun {

  private static final int DOCUMENTS = 1000;

  @Param({"LWW", "SIBLINGS", "MERGE"})
  private ConflictSettings.Policy policy = ConflictSettings.Policy.LWW;

  private Optional<Path> directory = Optional.empty();
  private Optional<EngineRig> here = Optional.empty();
  private Optional<EngineRig> there = Optional.empty();
  private List<Mutation> theirs = List.of();
  private int round;

  @Setup
  public void open() throws IOException {
    Path place = Files.createTempDirectory("meridian-conflicts");
    directory = Optional.of(place);
    here = Optional.of(open(place, "eu"));
    there = Optional.of(open(place, "us"));
  }

  private EngineRig open(Path place, String region) throws IOException {
    Map<JsonPointer, MergeRule> rules =
        policy == ConflictSettings.Policy.MERGE
            ? Map.of(JsonPointer.parse("/qty"), new MergeRule(MergeRule.Kind.SUM_DELTAS, ""))
            : Map.of();
    CollectionSettings settings =
        new CollectionSettings(
            100,
            Duration.ofDays(7),
            false,
            PlacementRules.EVERYWHERE,
            new ConflictSettings(policy, rules, false));
    return EngineRig.in(Files.createDirectories(place.resolve(region)))
        .region(region)
        .history(unused -> settings)
        .open();
  }

  @Setup(Level.Invocation)
  public void collide() {
    round++;
    here.orElseThrow().apply(writes("{\"qty\":1,\"name\":\"old\"}"));
    replicate(here.orElseThrow(), there.orElseThrow());
    there.orElseThrow().apply(writes("{\"qty\":4,\"name\":\"theirs\"}"));
    here.orElseThrow().apply(writes("{\"qty\":3,\"name\":\"ours\"}"));
    theirs = missing(there.orElseThrow(), here.orElseThrow());
  }

  private List<Mutation> writes(String body) {
    List<Mutation> writes = new ArrayList<>(DOCUMENTS);
    for (int i = 0; i < DOCUMENTS; i++) {
      writes.add(new Mutation.Put(EngineRig.C, id(i), Bytes.utf8(body), Precondition.NONE, ""));
    }
    return writes;
  }

  private DocumentId id(int document) {
    return new DocumentId("r" + round + "-" + document);
  }

  private static void replicate(EngineRig from, EngineRig to) {
    to.apply(missing(from, to));
  }

  private static List<Mutation> missing(EngineRig from, EngineRig to) {
    try (ChangeFeed.Cursor cursor = from.engine.changes().open(to.engine.vector(), Set.of())) {
      return cursor.next(10 * DOCUMENTS, 64 << 20).stream()
          .map(ChangeCodecV1::decode)
          .<Mutation>map(Mutation.Replicated::new)
          .toList();
    }
  }

  /** Per conflict. */
  @Benchmark
  @OperationsPerInvocation(DOCUMENTS)
  public List<Outcome> detectAndKeep() {
    return here.orElseThrow().apply(theirs);
  }

  /** The same, and each document is read as the policy makes it. */
  @Benchmark
  @OperationsPerInvocation(DOCUMENTS)
  public int resolve() {
    detectAndKeep();
    int live = 0;
    for (int i = 0; i < DOCUMENTS; i++) {
      live +=
          here.orElseThrow().find("r" + round + "-" + i).filter(StoredDocument::isLive).isPresent()
              ? 1
              : 0;
    }
    return live;
  }

  @TearDown
  public void close() throws IOException {
    here.orElseThrow().close();
    there.orElseThrow().close();
    try (Stream<Path> files = Files.walk(directory.orElseThrow())) {
      files
          .sorted(Comparator.reverseOrder())
          .forEach(
              file -> {
                try {
                  Files.delete(file);
                } catch (IOException stays) {
                  throw new UncheckedIOException(stays);
                }
              });
    }
  }
}
