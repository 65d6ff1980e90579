package dev.meridian.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.meridian.clock.ReplicaId;
import dev.meridian.document.Bytes;
import dev.meridian.document.CollectionName;
import dev.meridian.document.CollectionSettings;
import dev.meridian.document.DocumentId;
import dev.meridian.document.Precondition;
import dev.meridian.engine.DirectoryLock;
import dev.meridian.engine.EngineSettings;
import dev.meridian.engine.LogStructuredEngine;
import dev.meridian.engine.ManifestFile;
import dev.meridian.engine.Mutation;
import dev.meridian.engine.Outcome;
import dev.meridian.engine.mapdb.MapDbTableStore;
import dev.meridian.env.SystemEnvironment;
import dev.meridian.wal.DiskLogDirectory;
import dev.meridian.wal.WalSettings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckCommandTest {

  @TempDir Path directory;

  @BeforeEach
  void writeData() throws Exception {
    SystemEnvironment environment = new SystemEnvironment();
    try (LogStructuredEngine engine =
        LogStructuredEngine.open(
            new LogStructuredEngine.Parts(
                new ReplicaId("eu"),
                Set.of(new ReplicaId("eu")),
                EngineSettings.defaults().withMemtableBytes(200 << 10),
                WalSettings.defaults().withSegmentBytes(1 << 20),
                new DiskLogDirectory(directory.resolve("wal")),
                new MapDbTableStore(directory.resolve("tables")),
                new ManifestFile(directory),
                collection -> CollectionSettings.DEFAULTS,
                environment,
                environment,
                Runnable::run,
                progress -> {}))) {
      for (int i = 0; i < 600; i++) {
        write(engine, i);
      }
      engine.flush();
      for (int i = 0; engine.stats().checkpoint().value() < 600; i++) {
        assertTrue(i < 6_000, "a checkpoint takes too long");
        Thread.sleep(5);
      }
    } finally {
      environment.close();
    }
  }

  private static void write(LogStructuredEngine engine, int i) throws Exception {
    CompletableFuture<List<Outcome>> done = new CompletableFuture<>();
    String body = "{\"pad\":\"" + "x".repeat(i == 7 ? 30_000 : 300) + "\"}";
    engine.apply(
        List.of(
            new Mutation.Put(
                new CollectionName("c"),
                new DocumentId("id-" + i),
                Bytes.utf8(body),
                Precondition.NONE,
                "")),
        done::complete);
    done.get();
  }

  /** The exit code; what was printed is added to {@code printed}. */
  private int check(Path data, StringBuilder printed) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int code =
        CheckCommand.run(
            new String[] {data.toString()}, new PrintStream(out, true, StandardCharsets.UTF_8));
    printed.append(out.toString(StandardCharsets.UTF_8));
    return code;
  }

  private static void assertContains(String part, StringBuilder printed) {
    assertTrue(printed.toString().contains(part), () -> part + " in " + printed);
  }

  @Test
  void aSoundDirectoryIsWellAndLeftAsItIs() throws IOException {
    List<String> before = contents();
    StringBuilder printed = new StringBuilder();
    assertEquals(0, check(directory, printed), printed.toString());
    assertContains("All is well.", printed);
    assertEquals(before, contents());
    for (Path lock : List.of(directory.resolve("LOCK"), directory.resolve("wal/LOCK"))) {
      Files.deleteIfExists(lock);
    }
    before = contents();
    assertEquals(0, check(directory, printed), "as on a disk that cannot be written");
    assertEquals(before, contents());
  }

  @Test
  void eachDamagedFileIsNamedWithWhatToDo() throws IOException {
    for (String kind : List.of(".table", ".values", ".filter", ".keys", ".ends", "MANIFEST")) {
      Path file = any(kind);
      byte[] whole = Files.readAllBytes(file);
      byte[] damaged = whole.clone();
      damaged[damaged.length / 3] ^= 4;
      Files.write(file, damaged);
      StringBuilder printed = new StringBuilder();
      assertEquals(1, check(directory, printed), kind + printed);
      assertContains(file.getFileName().toString(), printed);
      assertContains("do:  ", printed);
      Files.write(file, whole);
    }
  }

  @Test
  void aGapInTheLogIsToldWithItsRecords() throws IOException {
    Path file = any(".wal");
    byte[] bytes = Files.readAllBytes(file);
    for (int i = 0; i < 100; i++) {
      bytes[40_000 + i] ^= 1;
    }
    Files.write(file, bytes);
    StringBuilder printed = new StringBuilder();
    assertEquals(1, check(directory, printed), printed.toString());
    assertContains("cannot be read", printed);
    assertContains("The tables hold these changes", printed);
  }

  @Test
  void whatCannotBeCheckedIsSaidSo() throws IOException {
    DirectoryLock lock = DirectoryLock.acquire(directory);
    StringBuilder printed = new StringBuilder();
    assertEquals(2, check(directory, printed));
    assertContains("in use", printed);
    lock.close();
    assertEquals(2, check(directory.resolve("nowhere"), printed));
    assertContains("is no data directory", printed);
  }

  private Path any(String end) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files
          .filter(file -> file.toString().endsWith(end) && file.toFile().length() > 0)
          .sorted()
          .findFirst()
          .orElseThrow();
    }
  }

  private List<String> contents() throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files
          .filter(file -> Files.isRegularFile(file) && !file.endsWith("LOCK"))
          .map(file -> file + " " + file.toFile().length() + " " + file.toFile().lastModified())
          .sorted()
          .toList();
    }
  }
}
