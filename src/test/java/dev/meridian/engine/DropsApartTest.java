package dev.meridian.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.meridian.document.Change;
import dev.meridian.document.DocumentId;
import dev.meridian.document.StoredDocument;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a drop leaves of changes by regions that had not heard of it. */
class DropsApartTest {

  @TempDir Path directory;

  @Test
  void whatADropHasUndoneHidesNothingThatComesWithIt() throws IOException {
    try (RegionsApart regions = new RegionsApart(directory, "eu", "us")) {
      regions.put("us", "x", "{\"us\":1}");
      regions.put("eu", "x", "{\"eu\":1}");
      regions.drop("eu");
      regions.put("eu", "x", "{\"eu\":2}");
      regions.put("us", "x", "{\"us\":2}");
      regions.heal();
      for (String region : regions.regions()) {
        StoredDocument found = regions.at(region).find("x").orElseThrow();
        List<Change> heads = found.heads().versions();
        assertEquals(
            List.of("{\"us\":2}", "{\"eu\":2}"),
            heads.stream().map(head -> head.body().utf8()).toList(),
            region);
        assertEquals(1, state(regions, region).concurrency().conflicted(), region);
      }
    }
  }

  @Test
  void operationsOnWhatWasDroppedMakeNoDocument() throws IOException {
    try (RegionsApart regions = new RegionsApart(directory, "eu", "us", "ap")) {
      regions.put("eu", "x", "{}");
      regions.heal();
      regions.drop("eu");
      regions.increment("us", "x");
      regions.increment("ap", "x");
      regions.heal();
      for (String region : regions.regions()) {
        assertEquals("none", regions.shown(region, "x"), region);
        assertEquals(Optional.empty(), regions.at(region).find("x"), region);
        assertEquals(0, state(regions, region).count(), region);
      }
      regions.put("us", "x", "{\"k\":1}");
      regions.heal();
      for (String region : regions.regions()) {
        assertEquals("{\"k\":1}", regions.shown(region, "x"), region);
        assertEquals(1, state(regions, region).count(), region);
        assertEquals(0, state(regions, region).concurrency().conflicted(), region);
      }
    }
  }

  @Test
  void anOperationBesideADeletionMakesNoDocumentOnceItsWriteIsDropped() throws IOException {
    try (RegionsApart regions = new RegionsApart(directory, "eu", "us", "ap")) {
      regions.put("ap", "other", "{}");
      regions.put("eu", "x", "{\"eu\":1}");
      regions.wall.advance(10);
      regions.drop("ap");
      regions.wall.advance(10);
      regions.put("us", "x", "{}");
      regions.delete("us", "x");
      regions.bring("eu", "us");
      regions.increment("us", "x");
      assertEquals("{\"eu\":1,\"n\":1}", regions.shown("us", "x"));
      regions.heal();
      for (String region : regions.regions()) {
        assertEquals("none", regions.shown(region, "x"), region);
        assertEquals(0, state(regions, region).count(), region);
        assertEquals(0, state(regions, region).bytes(), region);
      }
    }
  }

  @Test
  void conflictsBelowADropAreForgottenWhereverItComesLate() throws IOException {
    try (RegionsApart regions = new RegionsApart(directory, "eu", "us", "ap")) {
      regions.put("ap", "other", "{}");
      regions.put("eu", "x", "{\"eu\":1}");
      regions.put("us", "x", "{\"us\":1}");
      regions.bring("us", "eu");
      regions.drop("ap");
      regions.put("eu", "x", "{\"eu\":2}");
      regions.put("eu", "z", "{}");
      regions.increment("eu", "z");
      regions.bring("ap", "us");
      regions.heal();
      for (String region : regions.regions()) {
        boolean told =
            regions
                .at(region)
                .engine
                .conflicts(EngineRig.C, new DocumentId("x"))
                .filter(record -> !record.conflicts().isEmpty() || record.isConflicted())
                .isPresent();
        assertEquals(false, told, region);
        assertEquals(0, state(regions, region).concurrency().conflicts(), region);
        assertEquals("{\"eu\":2}", regions.shown(region, "x"), region);
        assertEquals(
            List.of(),
            regions.at(region).engine.collided(EngineRig.C, Optional.empty(), 10),
            region);
      }
    }
  }

  @Test
  void fieldsHoldWhatWasDoneAfterADropOnly() throws IOException {
    try (RegionsApart regions = new RegionsApart(directory, "eu", "us", "ap")) {
      regions.putFielded("eu", "x", "{\"n\":{\"$crdt\":\"pn-counter\"}}");
      regions.increment("eu", "x");
      regions.heal();
      for (int i = 0; i < 10; i++) {
        regions.increment("eu", "x");
      }
      assertEquals("{\"n\":11}", regions.shown("eu", "x")); // and recorded
      regions.drop("ap");
      for (int i = 0; i < 10; i++) {
        regions.increment("eu", "x");
        regions.shown("eu", "x");
      }
      regions.putFielded("eu", "x", "{\"n\":{\"$crdt\":\"pn-counter\"},\"k\":1}");
      regions.increment("eu", "x");
      regions.heal();
      for (String region : regions.regions()) {
        assertEquals("{\"n\":11,\"k\":1}", regions.shown(region, "x"), region);
      }
    }
  }

  private static CollectionState state(RegionsApart regions, String region) {
    return regions.at(region).engine.collection(EngineRig.C);
  }
}
