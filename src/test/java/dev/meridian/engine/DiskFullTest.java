package dev.meridian.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.meridian.document.FailureCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
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
