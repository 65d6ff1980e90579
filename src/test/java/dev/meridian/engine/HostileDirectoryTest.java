package dev.meridian.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.document.Bytes;
import dev.meridian.document.CollectionName;
import dev.meridian.document.DocumentId;
import dev.meridian.document.FailureCode;
import dev.meridian.document.Precondition;
import dev.meridian.document.StoreFailure;
import dev.meridian.document.StoredDocument;
import dev.meridian.engine.mapdb.MapDbTableStore;
import dev.meridian.simulation.FaultyDisk;
import dev.meridian.simulation.ManualClock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a careless administrator and an unusual file system do to a data directory. */
class HostileDirectoryTest {

  private static final long NOW = 1_764_000_000_000L;
  private static final int DOCUMENTS = 200;

  @TempDir Path data;
  private final ManualClock wall = new ManualClock(NOW);

  private EngineRig open() throws IOException {
    return open(data);
  }

  private EngineRig open(Path data) throws IOException {
    return EngineRig.in(data)
        .settings(EngineSettings.defaults().withCacheBytes(0))
        .segmentBytes(4 << 20)
        .wall(wall)
        .hasPeers(false)
        .open();
  }

  private static String body(int i) {
    return "{\"n\":" + i + ",\"pad\":\"" + "x".repeat(400) + i + "\"}";
  }

  /** Puts documents into a table. */
  private static void fill(EngineRig rig) {
    for (int i = 0; i < DOCUMENTS; i++) {
      rig.put("id-" + i, body(i));
    }
    checkpoint(rig);
  }

  private static void checkpoint(EngineRig rig) {
    var wanted = rig.engine.stats().durableLsn();
    rig.engine.flush();
    await("a checkpoint", () -> rig.engine.stats().checkpoint().compareTo(wanted) >= 0);
  }

  private static void await(String what, BooleanSupplier there) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!there.getAsBoolean()) {
      assertTrue(System.nanoTime() < deadline, "no " + what);
      LockSupport.parkNanos(1_000_000);
    }
  }

  private static void assertAllThere(EngineRig rig) {
    for (int i = 0; i < DOCUMENTS; i++) {
      assertEquals(Optional.of(body(i)), rig.body("id-" + i));
    }
  }

  private Path tableFile(String suffix) throws IOException {
    try (Stream<Path> files = Files.list(data.resolve("tables"))) {
      return files.filter(file -> file.toString().endsWith(suffix)).findFirst().orElseThrow();
    }
  }

  private List<Path> tables() throws IOException {
    try (Stream<Path> files = Files.list(data.resolve("tables"))) {
      return files.sorted().toList();
    }
  }

  /** The same manifest as a later release might write it. */
  private static void makeNewer(Path manifest) throws IOException {
    byte[] bytes = Files.readAllBytes(manifest);
    bytes[4] = 99;
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, bytes.length - 4);
    ByteBuffer.wrap(bytes).putInt(bytes.length - 4, (int) crc.getValue());
    Files.write(manifest, bytes);
  }

  @Test
  void theManifestOfANewerReleaseIsRefusedAndNothingIsTouched() throws IOException {
    try (EngineRig rig = open()) {
      fill(rig);
    }
    byte[] before = Files.readAllBytes(data.resolve(ManifestFile.NAME));
    makeNewer(data.resolve(ManifestFile.NAME));
    List<Path> tables = tables();
    IOException refused = assertThrows(IOException.class, this::open);
    assertTrue(refused.getMessage().contains("format version 99"), refused.getMessage());
    assertFalse(refused.getMessage().contains("Move"), refused.getMessage());
    IOException unchecked =
        assertThrows(
            IOException.class,
            () ->
                new DataDirectoryCheck(
                        data, new MapDbTableStore(data.resolve("tables")), doing -> {})
                    .run());
    assertTrue(unchecked.getMessage().contains("format version 99"), unchecked.getMessage());
    assertEquals(tables, tables());
    Files.write(data.resolve(ManifestFile.NAME), before);
    try (EngineRig rig = open()) {
      assertAllThere(rig);
    }
  }

  @Test
  void filesOfOthersAreLeftAlone() throws IOException {
    Files.createDirectories(data.resolve("wal/lost+found"));
    Files.createDirectories(data.resolve("tables/lost+found/inner"));
    Path note = Files.writeString(data.resolve("tables/README"), "on the fast disk");
    try (EngineRig rig = open()) {
      fill(rig);
    }
    try (EngineRig rig = open()) {
      assertAllThere(rig);
    }
    assertEquals("on the fast disk", Files.readString(note));
    assertTrue(Files.exists(data.resolve("tables/lost+found/inner")));
  }

  @Test
  void tablesWithoutManifestAndLogAreNotTakenForAFreshStart() throws IOException {
    try (EngineRig rig = open()) {
      fill(rig);
    }
    Path aside = Files.createDirectories(data.resolve("aside"));
    for (String name : List.of(ManifestFile.NAME, ManifestFile.COPY, "wal")) {
      Files.move(data.resolve(name), aside.resolve(name));
    }
    List<Path> tables = tables();
    for (int attempt = 0; attempt < 2; attempt++) {
      IOException refused = assertThrows(IOException.class, this::open);
      assertTrue(refused.getMessage().contains("manifest"), refused.getMessage());
      assertEquals(tables, tables());
    }
    for (String name : List.of(ManifestFile.NAME, ManifestFile.COPY)) {
      Files.move(aside.resolve(name), data.resolve(name), StandardCopyOption.REPLACE_EXISTING);
    }
    try (Stream<Path> made = Files.list(data.resolve("wal"))) {
      assertEquals(0, made.count());
    }
    Files.delete(data.resolve("wal"));
    Files.move(aside.resolve("wal"), data.resolve("wal"));
    try (EngineRig rig = open()) {
      assertAllThere(rig);
    }
  }

  @Test
  void aTableCutUnderTheRunningEngineIsRebuiltAndWritesGoOn() throws IOException {
    for (String suffix : List.of(".0.table", ".filter", ".keys", ".ends")) {
      try (EngineRig rig = open()) {
        fill(rig);
        Path table = tableFile(suffix);
        String name = table.getFileName().toString().substring(0, 16);
        try (FileChannel cut = FileChannel.open(table, StandardOpenOption.WRITE)) {
          cut.truncate(0);
        }
        StoreFailure refused = assertThrows(StoreFailure.class, () -> rig.body("id-7"), suffix);
        assertEquals(FailureCode.NOT_READY, refused.code());
        rig.put("id-8", body(8)); // the writer asks for the version before
        await("a rebuild", () -> rebuilt(rig, name));
        assertAllThere(rig);
        assertInstanceOf(Outcome.Applied.class, rig.put("id-7", body(7)));
      }
      delete(data.resolve("tables"));
      delete(data.resolve("wal"));
      Files.delete(data.resolve(ManifestFile.NAME));
      Files.delete(data.resolve(ManifestFile.COPY));
    }
  }

  @Test
  void aScrubTakesAFileThatTheDiskCannotReadForDamage() throws IOException {
    try (FaultyDisk disk =
            new FaultyDisk(
                data.resolve("disk"), data.resolve("graves"), RandomGenerator.getDefault());
        EngineRig rig = open(disk.path())) {
      fill(rig);
      String name = rig.engine.stats().tables().getFirst().name();
      disk.failReadsOf(name + ".0.table");
      rig.engine.startScrub();
      await("the end of the scrub", () -> !rig.engine.stats().scrub().running());
      assertEquals("", rig.engine.stats().scrub().failure());
      assertEquals(1, rig.engine.stats().scrub().damaged());
      await("a rebuild", () -> rebuilt(rig, name));
      assertAllThere(rig);
    }
  }

  private static boolean rebuilt(EngineRig rig, String table) {
    return rig.engine.stats().tables().stream().noneMatch(file -> file.name().equals(table));
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  @Test
  void deletedFilesUnderTheRunningEngineAreMadeAgainAtTheNextStart() throws IOException {
    try (EngineRig rig = open()) {
      fill(rig);
      for (Path file : tables()) {
        Files.delete(file);
      }
      Files.delete(data.resolve(ManifestFile.NAME));
      assertAllThere(rig);
      rig.put("later", "{}");
      checkpoint(rig);
    }
    try (EngineRig rig = open()) {
      assertAllThere(rig);
      assertEquals(Optional.of("{}"), rig.body("later"));
    }
  }

  @Test
  void aDirectoryReachedByLinksIsTheSame() throws IOException {
    Path elsewhere = Files.createDirectories(data.resolve("other-disk"));
    for (String name : List.of("wal", "tables")) {
      Files.createDirectories(elsewhere.resolve(name));
      Files.createSymbolicLink(data.resolve(name), elsewhere.resolve(name));
    }
    try (EngineRig rig = open()) {
      fill(rig);
    }
    try (EngineRig rig = open()) {
      assertAllThere(rig);
    }
    assertTrue(Files.isSymbolicLink(data.resolve("tables")));
  }

  @Test
  void oneDirectoryUnderTwoNamesIsLockedOnce() throws IOException {
    Path link = data.resolve("link");
    Path real = Files.createDirectories(data.resolve("real"));
    Files.createSymbolicLink(link, real);
    DirectoryLock first = DirectoryLock.acquire(real);
    IOException refused = assertThrows(IOException.class, () -> DirectoryLock.acquire(link));
    assertTrue(refused.getMessage().contains("in use"), refused.getMessage());
    first.close();
    DirectoryLock.acquire(link).close();
  }

  @Test
  void whoDeletesTheLockStillLetsNobodyIn() throws IOException {
    DirectoryLock first = DirectoryLock.acquire(data);
    Files.delete(data.resolve("LOCK"));
    IOException refused = assertThrows(IOException.class, () -> DirectoryLock.acquire(data));
    assertTrue(refused.getMessage().contains("in use"), refused.getMessage());
    assertThrows(IOException.class, () -> DirectoryLock.acquireToRead(data));
    first.close();
    DirectoryLock.acquire(data).close();
  }

  @Test
  void whoOnlyReadsMakesNoFileAndKeepsWritersOut() throws IOException {
    DirectoryLock.acquireToRead(data).close();
    try (Stream<Path> files = Files.list(data)) {
      assertEquals(List.of(), files.toList());
    }
    DirectoryLock.acquire(data).close();
    DirectoryLock reader = DirectoryLock.acquireToRead(data);
    assertThrows(IOException.class, () -> DirectoryLock.acquire(data));
    reader.close();
    DirectoryLock.acquire(data).close();
  }

  @Test
  void aWallThatGoesBackADayBetweenLivesTakesNothingAway() throws IOException {
    HlcTimestamp before;
    try (EngineRig rig = open()) {
      fill(rig);
      before = ((Outcome.Applied) rig.put("id-0", body(0))).change().hlc();
    }
    wall.set(NOW - TimeUnit.DAYS.toMillis(1));
    try (EngineRig rig = open()) {
      assertAllThere(rig);
      Outcome.Applied after = (Outcome.Applied) rig.put("id-0", "{\"after\":1}");
      assertTrue(after.change().hlc().isAfter(before));
      assertEquals(Optional.of("{\"after\":1}"), rig.body("id-0"));
      Optional<StoredDocument> then =
          rig.engine.findAsOf(EngineRig.C, new DocumentId("id-0"), before);
      assertEquals(body(0), then.orElseThrow().change().body().utf8());
      assertEquals(
          3, rig.engine.versions(EngineRig.C, new DocumentId("id-0"), Optional.empty(), 10).size());
      checkpoint(rig);
    }
    try (EngineRig rig = open()) {
      assertEquals(Optional.of("{\"after\":1}"), rig.body("id-0"));
    }
  }

  @Test
  void theLongestNamesAndLargestDocumentsOfAThousandCollectionsComeBack() throws IOException {
    String longId = "\u20ac".repeat(170) + "id"; // 512 bytes
    byte[] large = new byte[1 << 20];
    java.util.Arrays.fill(large, (byte) 'x');
    System.arraycopy(Bytes.utf8("{\"a\":\"").array(), 0, large, 0, 6);
    large[large.length - 2] = '"';
    large[large.length - 1] = '}';
    try (EngineRig rig = open()) {
      for (int i = 0; i < 1_000; i++) {
        assertInstanceOf(Outcome.Applied.class, put(rig, i, longId, Bytes.utf8(body(i))));
      }
      assertInstanceOf(Outcome.Applied.class, put(rig, 0, "large", new Bytes(large)));
      checkpoint(rig);
    }
    try (EngineRig rig = open()) {
      assertEquals(1_000, rig.engine.collections().size());
      for (int i = 0; i < 1_000; i++) {
        StoredDocument found = rig.engine.find(collection(i), new DocumentId(longId)).orElseThrow();
        assertEquals(body(i), found.change().body().utf8());
        assertEquals(i == 0 ? 2 : 1, rig.engine.collection(collection(i)).count());
      }
      StoredDocument found = rig.engine.find(collection(0), new DocumentId("large")).orElseThrow();
      assertArrayEquals(large, found.change().body().toArray());
    }
  }

  private static Outcome put(EngineRig rig, int collection, String id, Bytes body) {
    return rig.apply(
        new Mutation.Put(collection(collection), new DocumentId(id), body, Precondition.NONE, ""));
  }

  private static CollectionName collection(int i) {
    return new CollectionName("c" + "o".repeat(59) + String.format("%04d", i));
  }
}
