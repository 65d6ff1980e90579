package dev.meridian.engine;

import dev.meridian.clock.VersionVector;
import dev.meridian.coordinator.KnownSettings;
import dev.meridian.crdt.CrdtType;
import dev.meridian.crdt.FieldKey;
import dev.meridian.crdt.FieldOperation;
import dev.meridian.document.Bytes;
import dev.meridian.document.ChangeCodecV1;
import dev.meridian.document.CollectionSettings;
import dev.meridian.document.CollectionSettingsJson;
import dev.meridian.document.ConflictSettings;
import dev.meridian.document.DocumentId;
import dev.meridian.document.FieldedBody;
import dev.meridian.document.JsonPointer;
import dev.meridian.document.JsonValue;
import dev.meridian.document.Placement;
import dev.meridian.document.PlacementRules;
import dev.meridian.document.Precondition;
import dev.meridian.document.StoredDocument;
import dev.meridian.simulation.ManualClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Regions of one clock that hear of each other only when they are told to. */
final class RegionsApart implements AutoCloseable {

  private static final EngineSettings SETTINGS =
      EngineSettings.defaults().withMemtableBytes(64 << 10).withOperationsPerRecord(3);

  final ManualClock wall = new ManualClock(1_764_000_000_000L);
  private final Path directory;
  private final Map<String, EngineRig> rigs = new TreeMap<>();

  RegionsApart(Path directory, String... regions) throws IOException {
    this.directory = directory;
    for (String region : regions) {
      rigs.put(region, open(directory.resolve(region), region));
    }
  }

  private EngineRig open(Path place, String region) throws IOException {
    return EngineRig.in(Files.createDirectories(place))
        .region(region)
        .settings(SETTINGS)
        .wall(wall)
        .history(new KnownSettings())
        .open();
  }

  EngineRig at(String region) {
    return rigs.get(region);
  }

  /** What another process would find that opens what is on disk now. */
  EngineRig copyOf(String region) throws IOException {
    while (true) {
      Path copy = Files.createTempDirectory(directory, "copy");
      try {
        copy(directory.resolve(region), copy);
        return open(copy, region);
      } catch (UncheckedIOException | NoSuchFileException removed) {
        // Tables that were merged went meanwhile.
      }
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(from)) {
      files = all.filter(Files::isRegularFile).toList();
    }
    for (Path file : files) {
      Path target = to.resolve(from.relativize(file).toString());
      Files.createDirectories(target.getParent());
      Files.copy(file, target);
    }
  }

  /** Another thing happens later. */
  void put(String region, String id, String body) {
    wall.advance(1);
    at(region).put(id, body);
  }

  void delete(String region, String id) {
    wall.advance(1);
    at(region).delete(id);
  }

  void drop(String region) {
    wall.advance(1);
    at(region).apply(new Mutation.Drop(EngineRig.C, ""));
  }

  void configure(String region, int keepVersions, ConflictSettings conflict) {
    wall.advance(1);
    CollectionSettings settings =
        new CollectionSettings(
            keepVersions, Duration.ZERO, false, PlacementRules.EVERYWHERE, conflict);
    at(region)
        .apply(new Mutation.Configure(EngineRig.C, CollectionSettingsJson.render(settings), ""));
  }

  /** A body with places for fields. */
  void putFielded(String region, String id, String body) {
    wall.advance(1);
    EngineRig rig = at(region);
    Mutation put =
        rig.engine.withFields(
            EngineRig.C,
            new DocumentId(id),
            document ->
                new Mutation.Put(
                    EngineRig.C,
                    new DocumentId(id),
                    document
                        .body()
                        .written(
                            (JsonValue.JsonObject) JsonValue.parse(Bytes.utf8(body)),
                            document.incarnation())
                        .toBytes(),
                    Precondition.NONE,
                    Placement.EVERYWHERE,
                    "",
                    false,
                    true));
    rig.apply(put);
  }

  /** Adds one to the counter at {@code /n}. */
  Outcome increment(String region, String id) {
    wall.advance(1);
    EngineRig rig = at(region);
    Bytes delta =
        rig.engine.withFields(EngineRig.C, new DocumentId(id), document -> increment(document));
    return rig.apply(
        new Mutation.Operate(EngineRig.C, new DocumentId(id), delta, Precondition.NONE, ""));
  }

  private static Bytes increment(FieldedDocument document) {
    FieldedBody body = document.body();
    FieldKey key =
        body.fieldOrNew(JsonPointer.parse("/n"), CrdtType.PN_COUNTER, document.incarnation());
    return new Bytes(body.translate(List.of(new FieldOperation.Increment(key, 1))).encode());
  }

  /** All that one lacks of what the other has, in one batch. */
  void bring(String from, String to) {
    EngineRig target = at(to);
    List<Mutation> changes = new ArrayList<>();
    try (ChangeFeed.Cursor cursor =
        at(from).engine.changes().open(target.engine.vector(), Set.of())) {
      for (Bytes change : cursor.next(10_000, 1 << 24)) {
        changes.add(new Mutation.Replicated(ChangeCodecV1.decode(change)));
      }
    }
    for (Outcome outcome : target.apply(changes)) {
      if (outcome instanceof Outcome.Failed(var failure)) {
        throw new AssertionError(to + " refuses what " + from + " has", failure);
      }
    }
  }

  /** All get everything. */
  void heal() {
    for (int round = 0; round < 2; round++) {
      for (String from : rigs.keySet()) {
        rigs.keySet().stream().filter(to -> !to.equals(from)).forEach(to -> bring(from, to));
      }
    }
    VersionVector all = rigs.values().iterator().next().engine.vector();
    if (!rigs.values().stream().allMatch(rig -> rig.engine.vector().equals(all))) {
      throw new AssertionError("they are not equal");
    }
  }

  /** A document as a region shows it, and lists it; "none" when there is none. */
  String shown(String region, String id) {
    EngineRig rig = at(region);
    Optional<StoredDocument> found = rig.find(id).filter(StoredDocument::isLive);
    List<StoredDocument> listed =
        rig.engine.scan(EngineRig.C, id, Optional.empty(), 1, rig.engine.latest());
    String text = found.map(RegionsApart::text).orElse("none");
    String inList = listed.isEmpty() ? "none" : text(listed.getFirst());
    if (!text.equals(inList)) {
      throw new AssertionError("shown as " + text + ", listed as " + inList);
    }
    return text;
  }

  private static String text(StoredDocument document) {
    return document instanceof StoredDocument.LiveDocument live ? live.body().utf8() : "none";
  }

  List<String> regions() {
    return List.copyOf(rigs.keySet());
  }

  @Override
  public void close() throws IOException {
    for (EngineRig rig : rigs.values()) {
      rig.close();
    }
  }
}
