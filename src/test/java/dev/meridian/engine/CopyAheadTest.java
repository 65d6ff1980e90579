package dev.meridian.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionVector;
import dev.meridian.document.Bytes;
import dev.meridian.document.Change;
import dev.meridian.document.ChangeCodecV1;
import dev.meridian.document.DocumentId;
import dev.meridian.engine.mapdb.MapDbTableStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A copy of tables has some of what was written while it was made. The log brings that again, one
 * change after the other, and it has to make no difference.
 */
class CopyAheadTest {

  @TempDir Path directory;

  @Test
  void whatTheCopyHadAheadOfTheLogMakesNoDifference() throws IOException {
    try (EngineRig eu = open("eu")) {
      Counted.put(eu, "counted");
      eu.put("written", "{\"n\":0}");
      VersionVector named = eu.engine.vector();
      for (int i = 0; i < 5; i++) {
        Counted.increment(eu, "counted");
        eu.put("written", "{\"n\":" + i + "}");
      }
      seed(eu, named);
      for (int life = 0; life < 2; life++) {
        try (EngineRig us = open("us")) {
          tell(eu, us);
          assertSame(eu, us);
        }
      }
    }
  }

  /** What stands side by side in the copy comes again, from each of its regions. */
  @Test
  void conflictsThatTheCopyHadAreTheSameConflicts() throws IOException {
    try (EngineRig eu = open("eu");
        EngineRig ap = open("ap")) {
      VersionVector named = eu.engine.vector();
      Counted.put(eu, "counted");
      eu.put("written", "{\"n\":1}");
      Counted.put(ap, "counted");
      ap.put("written", "{\"n\":2}");
      tell(ap, eu);
      tell(eu, ap);
      Counted.increment(ap, "counted");
      Counted.increment(eu, "counted");
      tell(ap, eu);
      seed(eu, named);
      for (int life = 0; life < 2; life++) {
        try (EngineRig us = open("us")) {
          tell(eu, us);
          assertSame(eu, us);
        }
      }
    }
  }

  private EngineRig open(String region) throws IOException {
    return EngineRig.in(Files.createDirectories(directory.resolve(region))).region(region).open();
  }

  /** Fills the directory of {@code us}. */
  private void seed(EngineRig from, VersionVector named) throws IOException {
    List<Change> entries = new ArrayList<>();
    Optional<byte[]> after = Optional.empty();
    CopyStore.EntryPage page;
    do {
      page = from.engine.entries(after, 100);
      page.changes().forEach(each -> entries.add(ChangeCodecV1.decodeStored(each)));
      after = Optional.of(TableKey.of(entries.getLast()));
    } while (!page.isLast());
    Path us = Files.createDirectories(directory.resolve("us"));
    new Seed(new ReplicaId("us"), new MapDbTableStore(us.resolve("tables")), new ManifestFile(us))
        .write(entries.iterator(), () -> named, entries.size());
  }

  /** A restart in the middle of it tells it again from there. */
  private static void tell(EngineRig from, EngineRig to) {
    try (ChangeFeed.Cursor cursor = from.engine.changes().open(to.engine.vector(), Set.of())) {
      for (List<Bytes> more = cursor.next(1, 1 << 20);
          !more.isEmpty();
          more = cursor.next(1, 1 << 20)) {
        more.forEach(bytes -> to.apply(new Mutation.Replicated(ChangeCodecV1.decode(bytes))));
      }
    }
  }

  private static void assertSame(EngineRig eu, EngineRig us) {
    HashedCollection here = EngineRig.await(eu.engine.hashed(EngineRig.C).toCompletableFuture());
    HashedCollection there = EngineRig.await(us.engine.hashed(EngineRig.C).toCompletableFuture());
    assertEquals(here.state().digest(), there.state().digest());
    assertEquals(here.state().count(), there.state().count());
    assertEquals(here.state().concurrency().conflicted(), there.state().concurrency().conflicted());
    assertEquals(here.state().concurrency().conflicts(), there.state().concurrency().conflicts());
    assertArrayEquals(here.tree().upper(), there.tree().upper());
    for (String id : List.of("counted", "written")) {
      assertEquals(eu.body(id), us.body(id));
      assertEquals(
          eu.engine.conflicts(EngineRig.C, new DocumentId(id)).map(ConflictRecord::conflicts),
          us.engine.conflicts(EngineRig.C, new DocumentId(id)).map(ConflictRecord::conflicts));
    }
  }
}
