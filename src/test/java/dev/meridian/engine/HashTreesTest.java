package dev.meridian.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.meridian.document.Bytes;
import dev.meridian.document.Change;
import dev.meridian.document.CollectionName;
import dev.meridian.document.DocumentId;
import dev.meridian.document.Precondition;
import dev.meridian.simulation.Contents;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The hash tree of a collection is what its documents hash to, whatever happened before. */
class HashTreesTest {

  private static final EngineSettings SMALL = EngineSettings.defaults().withMemtableBytes(64 << 10);
  private static final int LARGE = HashTrees.LARGE_FROM + 5_000;

  @TempDir Path directory;

  private static HashedCollection hashed(EngineRig rig) {
    return rig.engine.hashed(EngineRig.C).toCompletableFuture().join();
  }

  /** What all documents that the log tells of hash to; none of them is written concurrently. */
  private static long[] expected(EngineRig rig) {
    Map<DocumentId, Change> newest = new HashMap<>();
    for (Change change : Contents.changes(rig.engine)) {
      if (TableKey.space(change.kind()) == TableKey.DOCUMENTS) {
        newest.put(change.id(), change);
      }
    }
    NaiveHashes hashes = new NaiveHashes();
    newest.values().forEach(each -> hashes.document(List.of(each)));
    return hashes.upper();
  }

  private static void fill(EngineRig rig, int from, int to) {
    for (int at = from; at < to; at += 500) {
      List<Mutation> puts = new ArrayList<>();
      for (int i = at; i < Math.min(at + 500, to); i++) {
        puts.add(
            new Mutation.Put(
                EngineRig.C,
                new DocumentId("d" + i),
                Bytes.utf8("{\"n\":" + i + "}"),
                Precondition.NONE,
                ""));
      }
      rig.apply(puts);
    }
  }

  private static void assertRight(EngineRig rig) {
    HashedCollection now = hashed(rig);
    assertArrayEquals(expected(rig), now.tree().upper());
    assertEquals(now.state().digest(), now.tree().sum());
  }

  @Test
  void itIsWhatTheDocumentsHashToAfterEveryStart() throws IOException {
    long seed = Long.getLong("meridian.seed", new Random().nextLong());
    System.out.println("HashTreesTest seed=" + seed);
    Random random = new Random(seed);
    EngineRig rig = EngineRig.in(directory).settings(SMALL).open();
    try {
      for (int i = 0; i < 3_000; i++) {
        String id = "d" + random.nextInt(300);
        if (random.nextInt(4) == 0) {
          rig.delete(id);
        } else {
          rig.put(id, "{\"pad\":\"" + "x".repeat(random.nextInt(200)) + "\"}");
        }
        if (random.nextInt(100) == 0) {
          rig.engine.flush();
        }
        if (random.nextInt(300) == 0) {
          assertRight(rig);
          rig.close();
          rig = EngineRig.in(directory).settings(SMALL).open();
          assertRight(rig);
        }
      }
      assertRight(rig);
    } finally {
      rig.close();
    }
  }

  @Test
  void aCollectionThatGrowsGetsALargeTreeAndItStays() throws IOException {
    EngineRig rig = EngineRig.in(directory).open();
    try {
      fill(rig, 0, 1_000);
      assertFalse(hashed(rig).tree().isLarge());
      fill(rig, 1_000, LARGE);
      assertTrue(hashed(rig).tree().isLarge());
      assertRight(rig);
      rig.engine.flush();
      rig.put("d7", "{}");
      rig.close();
      rig = EngineRig.in(directory).open();
      assertTrue(hashed(rig).tree().isLarge());
      assertRight(rig);
      MerkleTree tree = hashed(rig).tree();
      for (int upper = 0; upper < MerkleTree.FAN_OUT; upper++) {
        assertEquals(tree.upper()[upper], LongStream.of(tree.lower(upper)).sum());
      }
    } finally {
      rig.close();
    }
  }

  @Test
  void oneThatIsNotThereIsMadeAgain() throws IOException {
    try (EngineRig rig = EngineRig.in(directory).open()) {
      fill(rig, 0, 500);
      rig.engine.flush();
    }
    ManifestFile file = new ManifestFile(directory);
    Manifest old = file.read().orElseThrow();
    List<CollectionState> collections =
        old.collections().stream().map(each -> each.withDigest(each.digest() + 1)).toList();
    file.write(
        new Manifest(
            old.region(),
            old.tableNumber(),
            old.checkpoint(),
            old.vector(),
            old.clockFloor(),
            old.tables(),
            collections));
    try (EngineRig rig = EngineRig.in(directory).open()) {
      assertRight(rig);
      rig.put("d1", "{}");
      assertRight(rig);
    }
  }

  @Test
  void aDropLeavesNothingInIt() throws IOException {
    try (EngineRig rig = EngineRig.in(directory).open()) {
      fill(rig, 0, 50);
      assertNotEquals(0, hashed(rig).tree().sum());
      rig.apply(List.of(new Mutation.Drop(EngineRig.C, "")));
      assertEquals(0, hashed(rig).tree().sum());
      assertEquals(0, rig.engine.collection(EngineRig.C).digest());
    }
  }

  @Test
  void manifestsFromBeforeItAreRead() throws IOException {
    byte[] published = Files.readAllBytes(Path.of("src/test/resources/golden/manifest-v2.bin"));
    Manifest manifest = ManifestCodecV3.decode(published);
    assertEquals(0, manifest.collections().getFirst().digest());
    assertEquals(new CollectionName("orders"), manifest.collections().getFirst().name());
  }

  @Test
  void bytesThatAreNoTreeAreRefused() {
    byte[] encoded = MerkleTree.small().encode().toArray();
    assertEquals(0, MerkleTree.decode(new Bytes(encoded)).sum());
    for (int length : List.of(0, 3, 4, encoded.length - 1)) {
      byte[] cut = Arrays.copyOf(encoded, length);
      assertThrows(IllegalArgumentException.class, () -> MerkleTree.decode(new Bytes(cut)));
    }
    encoded[0] = 1;
    assertThrows(IllegalArgumentException.class, () -> MerkleTree.decode(new Bytes(encoded)));
  }
}
