package dev.meridian.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.meridian.document.Change;
import dev.meridian.document.FailureCode;
import dev.meridian.engine.mapdb.MapDbTableStore;
import dev.meridian.simulation.Changes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file system that runs full under the engine. Needs to be allowed to mount a small one. */
class DiskFullTest {

  private static final int BALLAST_BYTES = 24 << 20;
  private static final int INODES = 400;

  @TempDir Path directory;
  private boolean mounted;

  @BeforeEach
  void mount() throws Exception {
    mounted =
        Files.isExecutable(Path.of("/usr/bin/mount"))
            && run(
                "mount",
                "-t",
                "tmpfs",
                "-o",
                "size=64m,nr_inodes=" + INODES,
                "tmpfs",
                directory.toString());
    assumeTrue(mounted, "this user may not mount a file system");
  }

  @AfterEach
  void unmount() throws Exception {
    if (mounted) {
      run("umount", "-l", directory.toString());
    }
  }

  private static boolean run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
  }

  private EngineRig open() throws IOException {
    return EngineRig.in(directory)
        .settings(EngineSettings.defaults().withMemtableBytes(1 << 20).withCacheBytes(0))
        .segmentBytes(4 << 20)
        .open();
  }

  @Test
  void writesAreRefusedWhileItIsFullAndGoOnWhenThereIsRoom() throws Exception {
    Path ballast = directory.resolve("ballast");
    Files.write(ballast, new byte[BALLAST_BYTES]);
    Map<String, String> acknowledged = new HashMap<>();
    try (EngineRig rig = open()) {
      FailureCode refused = writeUntilRefused(rig, acknowledged, 0);
      assertEquals(FailureCode.STORAGE_FULL, refused);
      assertTrue(rig.engine.acceptsWrites(), "the log is still usable");
      assertAllThere(rig, acknowledged);
      int before = acknowledged.size();
      Files.delete(ballast);
      awaitWritable(rig, acknowledged);
      writeSome(rig, acknowledged, 2_000);
      assertTrue(acknowledged.size() > before + 1_000);
      assertAllThere(rig, acknowledged);
    }
    try (EngineRig again = open()) {
      assertAllThere(again, acknowledged);
    }
  }

  @Test
  void theSameWhenThereIsRoomButNoNameForAnotherFile() throws Exception {
    Path ballast = Files.createDirectories(directory.resolve("ballast"));
    Map<String, String> acknowledged = new HashMap<>();
    try (EngineRig rig = open()) {
      int files = 0;
      try {
        while (files < INODES) {
          Files.createFile(ballast.resolve("file-" + files));
          files++;
        }
      } catch (IOException noInode) {
        assertTrue(files > 0, noInode::toString);
      }
      assertTrue(files < INODES, "the file system has more inodes than it was given");
      assertEquals(FailureCode.STORAGE_FULL, writeUntilRefused(rig, acknowledged, 0));
      assertTrue(rig.engine.acceptsWrites(), "the log is still usable");
      assertAllThere(rig, acknowledged);
      for (int i = 0; i < files; i++) {
        Files.delete(ballast.resolve("file-" + i));
      }
      awaitWritable(rig, acknowledged);
      writeSome(rig, acknowledged, 2_000);
      assertAllThere(rig, acknowledged);
    }
    try (EngineRig again = open()) {
      assertAllThere(again, acknowledged);
    }
  }

  /** However much of it there is room for: what the disk took only a part of is no table. */
  @Test
  void aTableIsWholeOrNotThere() throws Exception {
    Path ballast = directory.resolve("ballast");
    List<Table.Entry> entries = new ArrayList<>();
    for (int i = 0; i < 3_000; i++) {
      Change change = Changes.put("eu", i + 1, i + 1, String.format("id-%05d", i), random(1_000));
      entries.add(new Table.Entry(TableKey.of(change), change.encoded()));
    }
    TableStore store = new MapDbTableStore(directory.resolve("tables"));
    int whole = 0;
    for (long room = 64 << 10; room < 6 << 20; room += 196_608 + 4_096) {
      leave(ballast, room);
      try {
        TableFile file = store.write("t", TableStore.Packing.FAST, 3_000, entries.iterator());
        assertHas(store, file, entries);
        whole++;
      } catch (IOException full) {
        assertTrue(("" + full.getMessage()).contains("No space left"), full::toString);
      }
      store.keepOnly(Set.of());
    }
    assertTrue(whole > 2 && whole < 20, "there was room " + whole + " times");
  }

  private static String random(int length) {
    return ThreadLocalRandom.current()
        .ints(length, 'a', 'z')
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  private void leave(Path ballast, long room) throws IOException {
    Files.deleteIfExists(ballast);
    long free = Files.getFileStore(directory).getUsableSpace();
    Files.write(ballast, new byte[(int) (free - room)]);
  }

  private static void assertHas(TableStore store, TableFile file, List<Table.Entry> entries)
      throws IOException {
    Table table = store.open(file);
    Iterator<Table.Entry> found = table.from(new byte[0]);
    for (Table.Entry entry : entries) {
      assertEquals(entry.encoded(), found.next().encoded());
    }
    table.close();
  }

  private static FailureCode writeUntilRefused(
      EngineRig rig, Map<String, String> acknowledged, int from) {
    for (int i = from; i < 1_000_000; i++) {
      Outcome outcome = write(rig, acknowledged, i);
      if (outcome instanceof Outcome.Failed failed) {
        return failed.failure().code();
      }
    }
    throw new AssertionError("it never ran full");
  }

  private static Outcome write(EngineRig rig, Map<String, String> acknowledged, int i) {
    String id = "id-" + i;
    String body = "{\"n\":" + i + ",\"pad\":\"" + "x".repeat(400) + i + "\"}";
    Outcome outcome = rig.put(id, body);
    if (outcome instanceof Outcome.Applied) {
      acknowledged.put(id, body);
    }
    return outcome;
  }

  private static void awaitWritable(EngineRig rig, Map<String, String> acknowledged)
      throws InterruptedException {
    for (int i = 0; write(rig, acknowledged, 2_000_000 + i) instanceof Outcome.Failed; i++) {
      assertTrue(i < 6_000, "writes do not go on although there is room");
      Thread.sleep(5);
    }
  }

  private static void writeSome(EngineRig rig, Map<String, String> acknowledged, int count) {
    for (int i = 0; i < count; i++) {
      write(rig, acknowledged, 3_000_000 + i);
    }
  }

  private static void assertAllThere(EngineRig rig, Map<String, String> acknowledged) {
    acknowledged.forEach((id, body) -> assertEquals(Optional.of(body), rig.body(id), id));
  }
}
