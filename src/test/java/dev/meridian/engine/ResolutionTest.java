package dev.meridian.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.meridian.clock.Dot;
import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionId;
import dev.meridian.clock.VersionVector;
import dev.meridian.document.Bytes;
import dev.meridian.document.Change;
import dev.meridian.document.ChangeCodecV1;
import dev.meridian.document.ChangeKind;
import dev.meridian.document.CollectionSettings;
import dev.meridian.document.ConflictSettings;
import dev.meridian.document.DocumentId;
import dev.meridian.document.FailureCode;
import dev.meridian.document.PlacementRules;
import dev.meridian.document.Precondition;
import dev.meridian.document.Revision;
import dev.meridian.document.StoredDocument;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A write that ends a conflict names all versions there are, whatever the policy. */
class ResolutionTest {

  private static final DocumentId X = new DocumentId("x");

  @TempDir Path directory;

  private EngineRig open(ConflictSettings.Policy policy, boolean deleteWins) throws IOException {
    CollectionSettings settings =
        new CollectionSettings(
            100,
            Duration.ofDays(7),
            false,
            PlacementRules.EVERYWHERE,
            new ConflictSettings(policy, Map.of(), deleteWins));
    return EngineRig.in(directory).history(unused -> settings).open();
  }

  /** A version of another region that has seen nothing. */
  private static VersionId brought(EngineRig rig, String region, ChangeKind kind) {
    Change change =
        ChangeCodecV1.encode(
            new Dot(new ReplicaId(region), rig.engine.vector().get(new ReplicaId(region)) + 1),
            rig.engine.clock().tick(),
            kind,
            EngineRig.C,
            X,
            VersionVector.EMPTY,
            VersionVector.EMPTY,
            "",
            kind == ChangeKind.PUT ? Bytes.utf8("{\"by\":\"" + region + "\"}") : Bytes.EMPTY);
    assertInstanceOf(Outcome.Applied.class, rig.apply(new Mutation.Replicated(change)));
    return change.version();
  }

  private static List<VersionId> heads(EngineRig rig) {
    return rig.find("x").orElseThrow().heads().versions().stream().map(Change::version).toList();
  }

  private static Precondition resolves(List<VersionId> heads) {
    return new Precondition.Resolves(new Revision(heads));
  }

  private static Outcome put(EngineRig rig, List<VersionId> heads) {
    return rig.apply(
        new Mutation.Put(
            EngineRig.C,
            X,
            Bytes.utf8("{\"n\":9}"),
            resolves(heads),
            dev.meridian.document.Placement.EVERYWHERE,
            "",
            true,
            false));
  }

  private static Outcome delete(EngineRig rig, List<VersionId> heads) {
    return rig.apply(
        new Mutation.Delete(
            EngineRig.C, X, resolves(heads), dev.meridian.document.Placement.EVERYWHERE, "", true));
  }

  private static FailureCode refusal(Outcome outcome) {
    return assertInstanceOf(Outcome.Failed.class, outcome).failure().code();
  }

  @ParameterizedTest
  @EnumSource(ConflictSettings.Policy.class)
  void itIsRefusedWhenAVersionCameMeanwhile(ConflictSettings.Policy policy) throws IOException {
    try (EngineRig rig = open(policy, false)) {
      rig.put("x", "{\"n\":1}");
      brought(rig, "us", ChangeKind.PUT);
      List<VersionId> two = heads(rig);
      brought(rig, "ap", ChangeKind.DELETE); // shows under no policy
      assertEquals(3, heads(rig).size());
      assertEquals(FailureCode.PRECONDITION_FAILED, refusal(put(rig, two)));
      assertEquals(FailureCode.PRECONDITION_FAILED, refusal(delete(rig, two)));
      assertInstanceOf(Outcome.Applied.class, put(rig, heads(rig)));
      assertEquals(1, heads(rig).size());
      ConflictRecord.Conflict over =
          rig.engine.conflicts(EngineRig.C, X).orElseThrow().conflicts().getFirst();
      assertTrue(over.resolved());
      assertEquals(Optional.of(heads(rig).getFirst()), over.closedBy());
    }
  }

  @Test
  void aDeletionThatWonIsMadeToStandAlone() throws IOException {
    try (EngineRig rig = open(ConflictSettings.Policy.LWW, true)) {
      rig.put("x", "{\"n\":1}");
      brought(rig, "us", ChangeKind.DELETE);
      assertFalse(rig.find("x").orElseThrow().isLive());
      assertEquals(FailureCode.DOCUMENT_DELETED, refusal(rig.delete("x")));
      assertInstanceOf(Outcome.Applied.class, delete(rig, heads(rig)));
      assertEquals(1, heads(rig).size());
      assertEquals(FailureCode.DOCUMENT_DELETED, refusal(delete(rig, heads(rig))));
      assertInstanceOf(Outcome.Applied.class, put(rig, heads(rig)));
      assertTrue(rig.find("x").orElseThrow().isLive());
    }
  }

  @Test
  void deletionsAloneAreNothingToDecide() throws IOException {
    try (EngineRig rig = open(ConflictSettings.Policy.SIBLINGS, false)) {
      rig.put("x", "{\"n\":1}");
      rig.delete("x");
      brought(rig, "us", ChangeKind.DELETE);
      StoredDocument deleted = rig.find("x").orElseThrow();
      assertEquals(2, deleted.heads().versions().size());
      assertEquals(1, deleted.heads().siblings());
      assertInstanceOf(Outcome.Applied.class, rig.put("x", "{\"n\":2}"));
    }
  }

  @Test
  void settingsAreKnownAsTheyWere() throws IOException {
    List<VersionId> written = new ArrayList<>();
    try (EngineRig rig = open(ConflictSettings.Policy.LWW, false)) {
      for (String settings : List.of("{\"a\":1}", "{\"a\":2}")) {
        Mutation change = new Mutation.Configure(EngineRig.C, Bytes.utf8(settings), "");
        Outcome.Applied applied = assertInstanceOf(Outcome.Applied.class, rig.apply(change));
        written.add(applied.change().version());
      }
      written.add(
          assertInstanceOf(Outcome.Applied.class, rig.apply(new Mutation.Drop(EngineRig.C, "")))
              .change()
              .version());
      rig.engine.flush();
    }
    try (EngineRig rig = open(ConflictSettings.Policy.LWW, false)) {
      List<Optional<String>> known =
          written.stream()
              .map(each -> rig.engine.settingsAsOf(EngineRig.C, each.hlc()).map(Bytes::utf8))
              .toList();
      assertEquals(
          List.of(Optional.of("{\"a\":1}"), Optional.of("{\"a\":2}"), Optional.empty()), known);
      assertEquals(
          Optional.empty(),
          rig.engine.settingsAsOf(EngineRig.C, dev.meridian.clock.HlcTimestamp.ZERO));
    }
  }
}
