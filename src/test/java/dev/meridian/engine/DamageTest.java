package dev.meridian.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.meridian.document.FailureCode;
import dev.meridian.document.StoreFailure;
import dev.meridian.simulation.ManualClock;
import dev.meridian.wal.LogDamagedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Flipped bits, missing and cut files, in every kind of file of a data directory. Whatever is
 * damaged, no read returns anything but what was written; and what the log still has is mended.
 */
class DamageTest {

  /** Flips of each of the two random tests; the gate runs few. */
  private static final int FLIPS = Integer.getInteger("meridian.damage.flips", 30);

  private static final EngineSettings SMALL =
      EngineSettings.defaults().withMemtableBytes(400 << 10).withCacheBytes(0);

  @TempDir Path directory;
  private final ManualClock wall = new ManualClock(1_764_000_000_000L);
  private final Map<String, String> model = new TreeMap<>();
  private Path pristine;

  private EngineRig open(Path data) throws IOException {
    return EngineRig.in(data).settings(SMALL).wall(wall).hasPeers(false).open();
  }

  @BeforeEach
  void writeData() throws Exception {
    pristine = Files.createDirectories(directory.resolve("pristine"));
    Random random = new Random(5);
    try (EngineRig rig = open(pristine)) {
      for (int i = 0; i < 2500; i++) {
        String id = "id-" + random.nextInt(900);
        if (random.nextInt(10) == 0) {
          if (rig.delete(id) instanceof Outcome.Applied) {
            model.remove(id);
          }
        } else {
          int pad = random.nextInt(100) == 0 ? 30_000 : random.nextInt(300);
          String body = "{\"n\":" + i + ",\"pad\":\"" + "x".repeat(pad) + i + "\"}";
          rig.put(id, body);
          model.put(id, body);
        }
      }
      awaitTables(rig);
    }
  }

  private static void awaitTables(EngineRig rig) throws InterruptedException {
    for (int i = 0; rig.engine.stats().frozenMemtables() > 0; i++) {
      assertTrue(i < 6_000, "a checkpoint takes too long");
      Thread.sleep(5);
    }
  }

  private Path copy(int number) throws IOException {
    Path copy = directory.resolve("copy-" + number);
    for (Path file : files(pristine)) {
      Path target = copy.resolve(pristine.relativize(file).toString());
      Files.createDirectories(target.getParent());
      Files.copy(file, target, java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
    }
    return copy;
  }

  private static List<Path> files(Path data) throws IOException {
    try (Stream<Path> files = Files.walk(data)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }

  /** Flips one bit somewhere in what is really used of a file; false when it is empty. */
  private static boolean flip(Path file, Random random) throws IOException {
    long size = Files.size(file);
    if (size == 0) {
      return false;
    }
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer one = ByteBuffer.allocate(1);
      long at = random.nextLong(size);
      channel.read(one, at);
      channel.write(ByteBuffer.wrap(new byte[] {(byte) (one.get(0) ^ 1 << random.nextInt(8))}), at);
    }
    return true;
  }

  private static Path any(List<Path> files, Random random) {
    return files.get(random.nextInt(files.size()));
  }

  /** A file of a kind chosen first, so that each kind has its turn. */
  private static Path anyKind(List<Path> files, Random random) {
    List<String> kinds = files.stream().map(DamageTest::kind).distinct().toList();
    String kind = kinds.get(random.nextInt(kinds.size()));
    return any(files.stream().filter(file -> kind(file).equals(kind)).toList(), random);
  }

  private static String kind(Path file) {
    String name = file.getFileName().toString();
    return name.contains(".") ? name.substring(name.lastIndexOf('.')) : name;
  }

  @Test
  void flippedBitsAtRestAreMendedOrNamed() throws Exception {
    long seed = Long.getLong("meridian.seed", new Random().nextLong());
    Random random = new Random(seed);
    for (int i = 0; i < FLIPS; i++) {
      Path data = copy(i);
      Path file = anyKind(files(data), random);
      if (!flip(file, random)) {
        continue;
      }
      String what = "seed " + seed + " flip " + i + " in " + file.getFileName();
      try (EngineRig rig = open(data)) {
        assertAllRight(rig, what);
      } catch (LogDamagedException refused) {
        assertEquals(".wal", kind(file), what);
        assertTrue(refused.getMessage().contains(file.toString()), what + refused.getMessage());
      }
      delete(data);
    }
  }

  /** Nothing tells at first that such a table is damaged; what the log adds to it asks it. */
  @Test
  void aStartThatMeetsARottenTableMakesItAgain() throws Exception {
    long seed = Long.getLong("meridian.seed", new Random().nextLong());
    Random random = new Random(seed);
    try (EngineRig rig = open(pristine)) {
      for (String id : List.copyOf(model.keySet())) {
        if (random.nextInt(3) == 0) {
          rig.put(id, "{}");
          model.put(id, "{}");
        }
      }
      assertEquals(0, rig.engine.stats().frozenMemtables(), "all of that is in the log only");
      int rebuilt = 0;
      for (int i = 0; i < FLIPS && rebuilt < 3; i++) {
        Path data = copy(i);
        Path file = anyKind(tables(data), random);
        FileTime time = Files.getLastModifiedTime(file);
        for (int k = 0; k < 20; k++) {
          flip(file, random);
        }
        Files.setLastModifiedTime(file, time);
        String what = "seed " + seed + " flips " + i + " in " + file.getFileName();
        try (EngineRig again = open(data)) {
          rebuilt +=
              (int)
                  again.engine.stats().damages().stream()
                      .filter(damage -> damage.state() == Damage.State.REBUILT)
                      .count();
          assertAllRight(again, what);
        }
        delete(data);
      }
      assertTrue(rebuilt > 0, "seed " + seed + ": no start met any damage");
    }
  }

  @Test
  void flippedBitsUnderAnOpenEngineAreNeverServed() throws Exception {
    long seed = Long.getLong("meridian.seed", new Random().nextLong());
    Random random = new Random(seed);
    Path data = copy(0);
    try (EngineRig rig = open(data)) {
      for (int i = 0; i < FLIPS; i++) {
        Path file = anyKind(tables(data), random);
        for (int k = 0; k < 3; k++) {
          flipIfThere(file, random);
        }
        assertAllRight(rig, "seed " + seed + " flip " + i + " in " + file.getFileName());
      }
    }
  }

  /** Files may go meanwhile: a table that was rebuilt takes the place of another. */
  private static List<Path> tables(Path data) throws IOException {
    try (Stream<Path> files = Files.list(data.resolve("tables"))) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }

  private static void flipIfThere(Path file, Random random) throws IOException {
    try {
      flip(file, random);
    } catch (NoSuchFileException gone) {
      assertFalse(Files.exists(file));
    }
  }

  @Test
  void missingAndCutTableFilesAreMadeAgain() throws Exception {
    List<Path> tables = files(pristine.resolve("tables"));
    for (int i = 0; i < tables.size(); i++) {
      Path data = copy(i);
      Path file = data.resolve(pristine.relativize(tables.get(i)).toString());
      if (i % 2 == 0) {
        Files.delete(file);
      } else {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
          channel.truncate(Files.size(file) / 2);
        }
      }
      boolean same = Files.exists(file) && Files.size(file) == Files.size(tables.get(i));
      try (EngineRig rig = open(data)) {
        assertEquals(!same, !rig.engine.stats().damages().isEmpty(), file.toString());
        assertAllRight(rig, "without " + file.getFileName());
      }
      delete(data);
    }
  }

  @Test
  void aScrubFindsWhatNobodyReads() throws Exception {
    Path data = copy(0);
    try (EngineRig rig = open(data)) {
      Path table =
          files(data.resolve("tables")).stream()
              .filter(file -> kind(file).equals(".table"))
              .findFirst()
              .orElseThrow();
      long last = Files.size(table) - 1; // padding of the last page
      try (FileChannel channel = FileChannel.open(table, StandardOpenOption.WRITE)) {
        channel.write(ByteBuffer.wrap(new byte[] {77}), last);
      }
      rig.engine.startScrub();
      for (int i = 0; rig.engine.stats().scrub().finishedMillis() == 0; i++) {
        assertTrue(i < 6_000, "the scrub takes too long");
        Thread.sleep(5);
      }
      assertEquals("", rig.engine.stats().scrub().failure());
      assertEquals(1, rig.engine.stats().scrub().damaged());
      Damage found = rig.engine.stats().damages().getFirst();
      assertEquals(table.getFileName().toString(), found.file());
      assertTrue(last - found.offset() < TableFile.Part.CHUNK_BYTES, found.toString());
      for (int i = 0;
          rig.engine.stats().damages().getFirst().state() != Damage.State.REBUILT;
          i++) {
        assertTrue(i < 6_000, "it is not rebuilt");
        Thread.sleep(5);
      }
      assertAllRight(rig, "after a scrub");
    }
  }

  /** Every document is what it was; a read may be put off while a table is rebuilt. */
  private void assertAllRight(EngineRig rig, String what) throws InterruptedException {
    for (int i = 0; i < 905; i++) {
      String id = "id-" + i;
      Optional<String> expected = Optional.ofNullable(model.get(id));
      assertEquals(expected, patiently(() -> rig.body(id), what), what + " document " + id);
    }
    List<String> scanned =
        patiently(
            () ->
                rig
                    .engine
                    .scan(EngineRig.C, "", Optional.empty(), 2000, rig.engine.latest())
                    .stream()
                    .map(document -> document.change().body())
                    .map(body -> body.utf8())
                    .toList(),
            what);
    assertEquals(new ArrayList<>(model.values()), scanned, what);
  }

  private static <T> T patiently(java.util.function.Supplier<T> read, String what)
      throws InterruptedException {
    for (int i = 0; ; i++) {
      try {
        return read.get();
      } catch (StoreFailure putOff) {
        assertEquals(FailureCode.NOT_READY, putOff.code(), what);
        assertTrue(i < 6_000, what + " is not mended: " + putOff.getMessage());
        Thread.sleep(5);
      }
    }
  }

  private static void delete(Path data) throws IOException {
    for (Path file : files(data)) {
      Files.delete(file);
    }
  }
}
