package dev.meridian.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionId;
import dev.meridian.clock.VersionVector;
import dev.meridian.crdt.CrdtType;
import dev.meridian.crdt.FieldKey;
import dev.meridian.crdt.FieldOperation;
import dev.meridian.document.Bytes;
import dev.meridian.document.Change;
import dev.meridian.document.ChangeCodecV1;
import dev.meridian.document.CollectionSettings;
import dev.meridian.document.ConflictSettings;
import dev.meridian.document.DocumentId;
import dev.meridian.document.FailureCode;
import dev.meridian.document.FieldedBody;
import dev.meridian.document.JsonPointer;
import dev.meridian.document.JsonValue;
import dev.meridian.document.Lineage;
import dev.meridian.document.MergeRule;
import dev.meridian.document.PlacementRules;
import dev.meridian.document.Precondition;
import dev.meridian.document.Revision;
import dev.meridian.document.StoredDocument;
import dev.meridian.simulation.ManualClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Regions that write the same documents and hear of each other late, in pieces and after restarts:
 * in the end all show the same, and know the same of what collided.
 */
class ConflictConvergenceTest {

  private static final List<String> REGIONS = List.of("eu", "us", "ap", "sa", "af");
  private static final int DOCUMENTS = 6;

  /** Schedules of each policy; the gate runs few. */
  private static final int SCHEDULES = Integer.getInteger("meridian.conflicts.schedules", 12);

  private static final int STEPS = 120;

  @TempDir Path directory;
  private final ManualClock wall = new ManualClock(1_764_000_000_000L);
  private ConflictSettings settings = ConflictSettings.DEFAULTS;

  private EngineRig open(Path place, String region) throws IOException {
    CollectionSettings collection =
        new CollectionSettings(100, Duration.ofDays(7), false, PlacementRules.EVERYWHERE, settings);
    return EngineRig.in(Files.createDirectories(place))
        .region(region)
        .settings(EngineSettings.defaults().withMemtableBytes(64 << 10).withOperationsPerRecord(3))
        .wall(wall)
        .history(unused -> collection)
        .open();
  }

  /** Regions with everything they ever made. */
  private final class World implements AutoCloseable {
    final List<String> regions;
    final Random random;
    private Set<String> cutOff = Set.of();
    final Path place;
    final Map<String, EngineRig> rigs = new TreeMap<>();

    /** Two to five of them. */
    World(long seed) throws IOException {
      this(seed, 2 + new Random(seed).nextInt(REGIONS.size() - 1));
    }

    World(long seed, int count) throws IOException {
      regions = REGIONS.subList(0, count);
      random = new Random(seed);
      place = Files.createTempDirectory(directory, "world");
      for (String region : regions) {
        start(region);
      }
    }

    private void start(String region) throws IOException {
      EngineRig rig = open(place.resolve(region), region);
      rigs.put(region, rig);
      rig.engine.collectBelow(() -> stable(rig));
    }

    /** As much as can be told when regions say at once what they have. */
    private VersionVector stable(EngineRig rig) {
      VersionVector mine = rig.engine.vector();
      VersionVector cut = mine;
      for (Map.Entry<String, EngineRig> other : rigs.entrySet()) {
        ReplicaId id = new ReplicaId(other.getKey());
        VersionVector theirs = other.getValue().engine.vector();
        cut = cut.meet(mine.get(id) == theirs.get(id) ? theirs : VersionVector.EMPTY);
      }
      return regions.size() == rigs.size() ? cut : VersionVector.EMPTY;
    }

    String any(List<String> of) {
      return of.get(random.nextInt(of.size()));
    }

    void step() throws IOException {
      wall.advance(random.nextInt(3));
      String region = any(regions);
      EngineRig rig = rigs.get(region);
      String id = "d" + random.nextInt(DOCUMENTS);
      switch (random.nextInt(20)) {
        case 0 -> {
          rig.close();
          start(region);
        }
        case 1 -> rig.engine.flush();
        case 2, 3 ->
            rig.apply(new Mutation.Delete(EngineRig.C, new DocumentId(id), seen(rig, id), ""));
        case 4, 5, 6, 7 -> write(rig, id);
        case 8, 10, 11 -> operate(rig, id);
        case 9 ->
            cutOff =
                random.nextBoolean()
                    ? Set.of()
                    : new java.util.HashSet<>(List.of(any(regions), any(regions)));
        default -> exchange(any(regions), region, 1 + random.nextInt(4));
      }
    }

    private void write(EngineRig rig, String id) {
      Bytes body =
          Bytes.utf8("{\"n\":" + random.nextInt(1000) + ",\"s\":" + random.nextInt(3) + "}");
      rig.apply(new Mutation.Put(EngineRig.C, new DocumentId(id), body, seen(rig, id), ""));
    }

    /**
     * Does something to a field, old or new, and sometimes writes all with or without its place.
     */
    private void operate(EngineRig rig, String id) {
      List<CrdtType> types = List.of(CrdtType.PN_COUNTER, CrdtType.OR_SET, CrdtType.RGA);
      CrdtType type = types.get(random.nextInt(types.size()));
      JsonPointer at = JsonPointer.parse("/" + type.text());
      DocumentId document = new DocumentId(id);
      Optional<Mutation> mutation =
          rig.engine.withFields(
              EngineRig.C,
              document,
              fielded -> {
                if (fielded.plain().filter(StoredDocument::isLive).isEmpty()) {
                  return Optional.empty();
                }
                if (random.nextInt(6) == 0) {
                  Bytes places =
                      Bytes.utf8(
                          random.nextBoolean()
                              ? "{\"n\":1,\""
                                  + type.text()
                                  + "\":{\"$crdt\":\""
                                  + type.text()
                                  + "\"}}"
                              : "{\"n\":1}");
                  JsonValue.JsonObject written =
                      fielded
                          .body()
                          .written(
                              (JsonValue.JsonObject) JsonValue.parse(places),
                              fielded.incarnation());
                  return Optional.of(
                      new Mutation.Put(
                          EngineRig.C,
                          document,
                          written.toBytes(),
                          Precondition.NONE,
                          dev.meridian.document.Placement.EVERYWHERE,
                          "",
                          false,
                          FieldedBody.mayHaveFields(written.toBytes())));
                }
                FieldKey key = fielded.body().fieldOrNew(at, type, fielded.incarnation());
                int length = shownText(fielded, key).length();
                byte[] delta = fielded.body().translate(List.of(operation(key, length))).encode();
                return Optional.of(
                    new Mutation.Operate(
                        EngineRig.C, document, new Bytes(delta), Precondition.NONE, ""));
              });
      mutation.ifPresent(rig::apply);
    }

    private static String shownText(FieldedDocument fielded, FieldKey key) {
      return JsonPointer.parse(key.path())
                  .in(fielded.body().shown(FieldedBody.Show.VALUES))
                  .orElse(JsonValue.NULL)
              instanceof JsonValue.JsonString(String text)
          ? text
          : "";
    }

    /**
     * @param length of the text, if it is one
     */
    private FieldOperation operation(FieldKey key, int length) {
      return switch (key.type()) {
        case PN_COUNTER -> new FieldOperation.Increment(key, random.nextInt(5));
        case OR_SET ->
            random.nextBoolean()
                ? new FieldOperation.Add(key, "" + random.nextInt(3))
                : new FieldOperation.Remove(key, "" + random.nextInt(3));
        default ->
            length > 0 && random.nextInt(3) == 0
                ? new FieldOperation.Delete(
                    key, new FieldOperation.Position.Index(random.nextInt(length)), 1)
                : new FieldOperation.InsertText(
                    key,
                    new FieldOperation.Position.Index(random.nextInt(length + 1)),
                    "xyz".substring(0, 1 + random.nextInt(3)));
      };
    }

    /** A client that read the document before, or one that does not care. */
    private Precondition seen(EngineRig rig, String id) {
      Optional<Revision> current =
          rig.find(id).filter(StoredDocument::isLive).map(StoredDocument::revision);
      return current.isPresent() && random.nextBoolean()
          ? new Precondition.AnyOf(List.of(current.get()))
          : Precondition.NONE;
    }

    /** Some of what {@code to} lacks of what {@code from} has, in the order of its log. */
    boolean exchange(String from, String to, int limit) {
      if (from.equals(to) || cutOff.contains(from) != cutOff.contains(to)) {
        return false;
      }
      EngineRig target = rigs.get(to);
      List<Bytes> changes;
      try (ChangeFeed.Cursor cursor =
          rigs.get(from).engine.changes().open(target.engine.vector(), Set.of())) {
        changes = cursor.next(limit, 1 << 20);
      }
      target.apply(
          changes.stream()
              .map(ChangeCodecV1::decode)
              .<Mutation>map(Mutation.Replicated::new)
              .toList());
      return !changes.isEmpty();
    }

    void heal() {
      cutOff = Set.of();
      boolean moved = true;
      while (moved) {
        moved = false;
        for (String from : regions) {
          for (String to : regions) {
            moved |= exchange(from, to, 1000);
          }
        }
      }
    }

    List<Change> history(String region) {
      List<Change> all = new ArrayList<>();
      try (ChangeFeed.Cursor cursor =
          rigs.get(region).engine.changes().open(VersionVector.EMPTY, Set.of())) {
        for (List<Bytes> part = cursor.next(1000, 1 << 20);
            !part.isEmpty();
            part = cursor.next(1000, 1 << 20)) {
          part.forEach(each -> all.add(ChangeCodecV1.decode(each)));
        }
      }
      return all;
    }

    @Override
    public void close() throws IOException {
      for (EngineRig rig : rigs.values()) {
        rig.close();
      }
    }
  }

  @ParameterizedTest
  @EnumSource(ConflictSettings.Policy.class)
  void allRegionsEndWithTheSame(ConflictSettings.Policy policy) throws IOException {
    long base = System.nanoTime();
    for (int i = 0; i < SCHEDULES; i++) {
      long seed = base + i;
      settings = new ConflictSettings(policy, rules(policy), i % 2 == 1);
      try (World world = new World(seed)) {
        for (int step = 0; step < STEPS; step++) {
          world.step();
        }
        world.heal();
        check(world, policy + " seed " + seed);
      } catch (AssertionError | RuntimeException failed) {
        throw new AssertionError(policy + " seed " + seed + ": " + failed.getMessage(), failed);
      }
    }
  }

  private static Map<JsonPointer, MergeRule> rules(ConflictSettings.Policy policy) {
    return policy == ConflictSettings.Policy.MERGE
        ? Map.of(
            JsonPointer.parse("/n"),
            new MergeRule(MergeRule.Kind.SUM_DELTAS, ""),
            JsonPointer.parse("/s"),
            new MergeRule(MergeRule.Kind.SIBLINGS, ""))
        : Map.of();
  }

  private void check(World world, String context) {
    List<Change> history = world.history("eu");
    long conflicted = 0;
    long documents = 0;
    for (int d = 0; d < DOCUMENTS; d++) {
      String id = "d" + d;
      List<Change> versions =
          history.stream().filter(change -> change.id().value().equals(id)).toList();
      if (versions.isEmpty()) {
        continue;
      }
      List<Change> heads = NaiveLineage.heads(versions);
      conflicted += heads.size() > 1 || new Lineage(versions).plain().size() > 1 ? 1 : 0;
      String expected = shown(world.rigs.get("eu"), id);
      documents += world.rigs.get("eu").find(id).orElseThrow().isLive() ? 1 : 0;
      for (String region : world.regions) {
        EngineRig rig = world.rigs.get(region);
        assertEquals(expected, shown(rig, id), context + " " + region + " " + id);
        assertEquals(
            heads.stream().map(Change::version).toList(),
            rig.find(id).orElseThrow().heads().versions().stream().map(Change::version).toList(),
            context + " heads in " + region + " of " + id);
        assertEquals(
            NaiveLineage.collisions(versions),
            conflicts(rig, id),
            context + " conflicts in " + region + " of " + id);
      }
    }
    for (String region : world.regions) {
      CollectionState state = world.rigs.get(region).engine.collection(EngineRig.C);
      assertEquals(conflicted, state.concurrency().conflicted(), context + " in " + region);
      assertEquals(documents, state.count(), context + " count in " + region);
    }
  }

  private static String shown(EngineRig rig, String id) {
    StoredDocument now = rig.find(id).orElseThrow();
    StoredDocument then =
        rig.engine.findAsOf(EngineRig.C, new DocumentId(id), rig.engine.latest()).orElseThrow();
    assertEquals(text(now), text(then), "as of now");
    boolean listed =
        rig.engine.scan(EngineRig.C, id, Optional.empty(), 1, rig.engine.latest()).stream()
            .anyMatch(each -> text(each).equals(text(now)));
    assertEquals(now.isLive(), listed, "in the list");
    return text(now);
  }

  private static String text(StoredDocument document) {
    String body =
        document instanceof StoredDocument.LiveDocument live ? live.body().utf8() : "deleted";
    return document.version()
        + " "
        + document.revision()
        + " "
        + document.heads().siblings()
        + " "
        + body;
  }

  /** The key of each conflict with its versions, the latest first. */
  private static List<List<VersionId>> conflicts(EngineRig rig, String id) {
    Optional<ConflictRecord> record = rig.engine.conflicts(EngineRig.C, new DocumentId(id));
    List<List<VersionId>> all = new ArrayList<>();
    for (ConflictRecord.Conflict each : record.map(ConflictRecord::conflicts).orElse(List.of())) {
      List<VersionId> one = new ArrayList<>();
      one.add(each.key());
      one.addAll(each.versions());
      each.closedBy().ifPresent(one::add);
      all.add(one);
    }
    return all;
  }

  private static void count(EngineRig rig, int times) {
    FieldKey key = new FieldKey("/views", CrdtType.PN_COUNTER, "");
    for (int i = 0; i < times; i++) {
      byte[] delta =
          rig.engine.withFields(
              EngineRig.C,
              new DocumentId("x"),
              fielded ->
                  fielded.body().translate(List.of(new FieldOperation.Increment(key, 1))).encode());
      assertInstanceOf(
          Outcome.Applied.class,
          rig.apply(
              new Mutation.Operate(
                  EngineRig.C, new DocumentId("x"), new Bytes(delta), Precondition.NONE, "")));
    }
  }

  /** The write is behind more operations than versions are looked at. */
  @ParameterizedTest
  @EnumSource(ConflictSettings.Policy.class)
  void aLongRowOfOperationsHidesNoWrite(ConflictSettings.Policy policy) throws IOException {
    settings = new ConflictSettings(policy, Map.of(), false);
    for (String apart : List.of("count", "put", "delete", "count and restart")) {
      try (World world = new World(1, 3)) {
        EngineRig eu = world.rigs.get("eu");
        EngineRig us = world.rigs.get("us");
        eu.put("x", "{\"n\":1}");
        world.heal();
        count(us, 1);
        count(eu, 600);
        switch (apart) {
          case "put" -> us.put("x", "{\"n\":2}");
          case "delete" -> us.delete("x");
          default -> count(us, 300);
        }
        if (apart.endsWith("restart")) {
          eu.close();
          world.rigs.put("eu", open(world.place.resolve("eu"), "eu"));
        }
        world.heal();
        String expected = shown(world.rigs.get("eu"), "x");
        for (EngineRig rig : world.rigs.values()) {
          assertEquals(expected, shown(rig, "x"), apart);
          CollectionState state = rig.engine.collection(EngineRig.C);
          assertEquals(1, state.count(), apart);
          assertEquals("{\"n\":1}".length(), state.bytes(), apart);
        }
        int views = apart.startsWith("count") ? 901 : 601;
        assertTrue(expected.contains("\"views\":" + views), apart + ": " + expected);
        assertTrue(expected.contains(apart.equals("put") ? "\"n\":2" : "\"n\":1"), expected);
        if (world.rigs.get("us").find("x").orElseThrow().heads().siblings() == 1) {
          count(world.rigs.get("us"), 1); // else a client has to decide first
        }
        world.heal();
        assertEquals(shown(world.rigs.get("us"), "x"), shown(world.rigs.get("eu"), "x"), apart);
      }
    }
  }

  @Test
  void siblingsAreWrittenOverOnlyByNamingThemAll() throws IOException {
    settings = new ConflictSettings(ConflictSettings.Policy.SIBLINGS, Map.of(), false);
    try (World world = new World(1, 3)) {
      EngineRig eu = world.rigs.get("eu");
      EngineRig us = world.rigs.get("us");
      eu.put("x", "{\"n\":1}");
      us.put("x", "{\"n\":2}");
      world.heal();
      StoredDocument both = eu.find("x").orElseThrow();
      assertEquals(2, both.heads().siblings());
      assertEquals(2, both.revision().versions().size());
      assertEquals(FailureCode.PRECONDITION_REQUIRED, refusal(eu.put("x", "{\"n\":3}")));
      assertEquals(FailureCode.PRECONDITION_REQUIRED, refusal(eu.delete("x")));
      assertEquals(
          FailureCode.PRECONDITION_FAILED, refusal(put(eu, "x", new Revision(both.version()))));
      assertInstanceOf(Outcome.Applied.class, put(eu, "x", both.revision()));
      world.heal();
      for (EngineRig rig : world.rigs.values()) {
        StoredDocument one = rig.find("x").orElseThrow();
        assertEquals(1, one.heads().siblings());
        assertEquals(1, one.revision().versions().size());
        ConflictRecord.Conflict over =
            rig.engine
                .conflicts(EngineRig.C, new DocumentId("x"))
                .orElseThrow()
                .conflicts()
                .getFirst();
        assertEquals(Optional.of(one.version()), over.closedBy());
      }
    }
  }

  private static Outcome put(EngineRig rig, String id, Revision seen) {
    return rig.apply(
        new Mutation.Put(
            EngineRig.C,
            new DocumentId(id),
            Bytes.utf8("{\"n\":9}"),
            new Precondition.AnyOf(List.of(seen)),
            ""));
  }

  private static FailureCode refusal(Outcome outcome) {
    return assertInstanceOf(Outcome.Failed.class, outcome).failure().code();
  }

  @Test
  void anUpdateSurvivesADeletionThatDidNotSeeIt() throws IOException {
    try (World world = new World(2, 3)) {
      EngineRig eu = world.rigs.get("eu");
      EngineRig us = world.rigs.get("us");
      eu.put("x", "{\"n\":1}");
      world.heal();
      us.put("x", "{\"n\":2}");
      wall.advance(1000);
      eu.delete("x");
      world.heal();
      for (EngineRig rig : world.rigs.values()) {
        assertEquals("{\"n\":2}", rig.body("x").orElseThrow());
        assertEquals(1, rig.engine.collection(EngineRig.C).count());
        ConflictRecord record =
            rig.engine.conflicts(EngineRig.C, new DocumentId("x")).orElseThrow();
        VersionId deletion = record.conflicts().getFirst().versions().getFirst();
        assertTrue(
            rig.engine.kept(EngineRig.C, new DocumentId("x"), deletion).orElseThrow()
                instanceof StoredDocument.Tombstone,
            "the deletion is in the log");
      }
    }
  }

  @Test
  void sequentialUseThroughSeveralRegionsIsNoConflict() throws IOException {
    try (World world = new World(3, 3)) {
      for (int i = 0; i < 30; i++) {
        world.rigs.get(REGIONS.get(i % 3)).put("x", "{\"n\":" + i + "}");
        world.heal();
      }
      for (EngineRig rig : world.rigs.values()) {
        assertEquals(Optional.empty(), rig.engine.conflicts(EngineRig.C, new DocumentId("x")));
        assertEquals(Concurrency.NONE, rig.engine.collection(EngineRig.C).concurrency());
      }
    }
  }

  @Test
  void theLineageIsWhatTheGraphOfVersionsSays() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 2000; i++) {
      List<Change> versions = NaiveLineage.random(random, 2 + random.nextInt(12), 4);
      Lineage lineage = new Lineage(versions);
      String context = "seed " + seed + " case " + i;
      assertEquals(NaiveLineage.heads(versions), lineage.heads(), context);
      List<List<VersionId>> found = new ArrayList<>();
      for (Lineage.Collision each : lineage.collisions()) {
        List<VersionId> one = new ArrayList<>(List.of(each.lowest().version()));
        each.versions().forEach(version -> one.add(version.version()));
        each.after().ifPresent(after -> one.add(after.version()));
        found.add(one);
      }
      assertEquals(NaiveLineage.collisions(versions), found, context);
    }
  }

  @Test
  void conflictRecordsKeepTheirFormat() {
    ConflictRecord record = sample();
    Bytes encoded = ConflictRecordCodecV1.encode(record);
    assertEquals(record, ConflictRecordCodecV1.decode(encoded));
    for (int length = 0; length < encoded.length(); length++) {
      Bytes cut = new Bytes(encoded.array(), 0, length);
      org.junit.jupiter.api.Assertions.assertThrows(
          IllegalArgumentException.class, () -> ConflictRecordCodecV1.decode(cut));
    }
  }

  @Test
  void theFormatOfConflictRecordsIsTheOneThatWasPublished() throws IOException {
    Bytes encoded = ConflictRecordCodecV1.encode(sample());
    org.junit.jupiter.api.Assertions.assertArrayEquals(
        dev.meridian.simulation.Golden.bytes("conflict-record-v1.bin", encoded.toArray()),
        encoded.toArray());
  }

  private static ConflictRecord sample() {
    VersionId a = VersionId.parse("0197f3a2c1d40003-eu");
    VersionId b = VersionId.parse("0197f3a2c1d40001-us");
    VersionId c = VersionId.parse("0197f3a2c1d40000-us");
    return new ConflictRecord(
        List.of(a, b),
        List.of(a),
        Optional.of(c),
        List.of(
            new ConflictRecord.Conflict(b, Optional.of(c), List.of(a, b), Optional.empty(), false),
            new ConflictRecord.Conflict(c, Optional.empty(), List.of(b, c), Optional.of(a), true)),
        new ConflictRecord.Before(List.of(b), List.of(b), 1));
  }
}
