package dev.meridian.simulation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.meridian.clock.Dot;
import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionId;
import dev.meridian.coordinator.KnownSettings;
import dev.meridian.document.Change;
import dev.meridian.document.ChangeKind;
import dev.meridian.document.CollectionName;
import dev.meridian.document.ConflictResolver;
import dev.meridian.document.ConflictSettings;
import dev.meridian.document.DocumentId;
import dev.meridian.document.Lineage;
import dev.meridian.document.StoredDocument;
import dev.meridian.engine.CollectionState;
import dev.meridian.engine.ConflictRecord;
import dev.meridian.engine.DocumentStore;
import dev.meridian.engine.HashedCollection;
import dev.meridian.engine.NaiveHashes;
import dev.meridian.engine.NaiveLineage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/**
 * What must be the same in all regions once they have the same changes, compared with each other
 * and with what follows from the changes by definition.
 */
final class ConflictCheck {

  private static final List<CollectionName> COLLECTIONS =
      List.of(
          ConflictWorkload.KEPT, ConflictWorkload.DROPPED, Ledger.COLLECTION, Clients.COLLECTION);

  private static final Set<ChangeKind> OF_DOCUMENTS =
      Set.of(ChangeKind.PUT, ChangeKind.DELETE, ChangeKind.OPERATIONS);

  private static final KnownSettings SETTINGS = new KnownSettings();

  private final SimulatedCluster cluster;
  private final boolean wholeHistory;
  private final Map<List<VersionId>, Expected> expected = new HashMap<>();

  /** What follows from the versions of a document by definition, wherever they are. */
  private record Expected(
      List<Change> plain, List<Change> heads, List<List<VersionId>> collisions) {}

  /** Which document. */
  private record Name(CollectionName collection, DocumentId id) {}

  /**
   * @param wholeHistory all versions are kept, and so conflicts are remembered alike
   */
  ConflictCheck(SimulatedCluster cluster, boolean wholeHistory) {
    this.cluster = cluster;
    this.wholeHistory = wholeHistory;
  }

  /** Everything that is checked. */
  void all() {
    Map<String, String> expected = shown(whole());
    for (ReplicaId id : cluster.ids()) {
      List<Change> changes = changes(id);
      allThere(id, changes);
      Map<Name, List<Change>> documents = documents(changes);
      same(expected, shown(id, documents.keySet()), "shown in " + id);
      COLLECTIONS.forEach(collection -> collection(id, collection, documents));
    }
  }

  /** A region whose log has all there is. */
  ReplicaId whole() {
    return cluster.ids().stream().filter(cluster::isLogWhole).findFirst().orElseThrow();
  }

  /** What a region has: as its log tells, unless that was damaged. */
  private List<Change> changes(ReplicaId id) {
    return Contents.changes(cluster.engine(cluster.isLogWhole(id) ? id : whole()));
  }

  static void same(Map<String, String> expected, Map<String, String> shown, String what) {
    assertEquals(expected.keySet(), shown.keySet(), what);
    expected.forEach((name, text) -> assertEquals(text, shown.get(name), name + " " + what));
  }

  /** What was acknowledged is in the log of all, as it was acknowledged. */
  private void allThere(ReplicaId id, List<Change> changes) {
    Map<Dot, VersionId> versions =
        changes.stream().collect(Collectors.toMap(Change::dot, Change::version));
    for (Change change : cluster.made()) {
      VersionId has = versions.get(change.dot());
      if (!change.version().equals(has)) {
        throw new AssertionError(id + " has " + change.dot() + " as " + has + ", not " + change);
      }
    }
  }

  /** Every document as a region shows it, its settings, and what it tells of conflicts. */
  Map<String, String> shown(ReplicaId id) {
    return shown(id, documents(changes(id)).keySet());
  }

  private Map<String, String> shown(ReplicaId id, Set<Name> names) {
    DocumentStore store = cluster.engine(id);
    Map<String, String> shown = new TreeMap<>();
    for (Name name : names) {
      Optional<StoredDocument> document = store.find(name.collection(), name.id());
      shown.put(
          name.collection() + "/" + name.id(), document.map(ConflictCheck::text).orElse("none"));
      if (wholeHistory) {
        shown.put(
            name.collection() + "/" + name.id() + " conflicts",
            store
                .conflicts(name.collection(), name.id())
                .filter(record -> record.isConflicted() || !record.conflicts().isEmpty())
                .map(ConflictCheck::text)
                .orElse("none"));
      }
    }
    for (CollectionName collection : COLLECTIONS) {
      CollectionState state = store.collection(collection);
      shown.put(
          collection + " settings",
          state.exists() + " " + state.settings() + " " + state.droppedAt());
    }
    return shown;
  }

  private static String text(StoredDocument document) {
    String body =
        document instanceof StoredDocument.LiveDocument live ? live.body().utf8() : "deleted";
    List<VersionId> heads = document.heads().versions().stream().map(Change::version).toList();
    return document.version()
        + " etag "
        + document.revision()
        + " heads "
        + heads
        + " siblings "
        + document.heads().siblings()
        + " "
        + body;
  }

  /** Where one version has followed the other since, records need not tell of it. */
  private static String text(ConflictRecord record) {
    String now =
        record.isConflicted()
            ? "heads " + record.heads() + " plain " + record.plain() + " base " + record.base()
            : "one version";
    return now + ", conflicts " + record.conflicts();
  }

  /** Lists, heads, conflicts and counts of a collection are what follows from its changes. */
  private void collection(
      ReplicaId id, CollectionName collection, Map<Name, List<Change>> documents) {
    DocumentStore store = cluster.engine(id);
    Map<String, String> live = new TreeMap<>();
    long conflicted = 0;
    long conflicts = 0;
    long bytes = 0;
    ConflictSettings settings = SETTINGS.apply(store.collection(collection)).conflict();
    NaiveHashes hashes = new NaiveHashes();
    for (Map.Entry<Name, List<Change>> each : documents.entrySet()) {
      DocumentId document = each.getKey().id();
      if (!each.getKey().collection().equals(collection)) {
        continue;
      }
      Optional<StoredDocument> found = store.find(collection, document);
      found
          .filter(StoredDocument::isLive)
          .ifPresent(shows -> live.put(document.value(), text(shows)));
      List<Change> versions = visible(store.collection(collection), each.getValue());
      Expected follows = expected(versions, collection);
      List<Change> plain = follows.plain();
      List<Change> heads = follows.heads();
      conflicted += heads.size() > 1 || plain.size() > 1 ? 1 : 0;
      conflicts += conflicts(store, collection, document).size();
      Optional<Change> winner =
          plain.isEmpty()
              ? Optional.empty()
              : Optional.of(ConflictResolver.winner(plain, settings));
      bytes += winner.map(shows -> shows.body().length()).orElse(0);
      hashes.document(heads);
      String where = id + " " + collection + " " + document;
      assertEquals(
          plain.isEmpty() ? List.of() : heads.stream().map(Change::version).toList(),
          found.stream()
              .flatMap(shows -> shows.heads().versions().stream())
              .map(Change::version)
              .toList(),
          "heads in " + where);
      if (wholeHistory && collection.equals(ConflictWorkload.KEPT)) {
        assertEquals(
            follows.collisions(), conflicts(store, collection, document), "conflicts in " + where);
      }
    }
    CollectionState state = store.collection(collection);
    Map<String, String> listed = new TreeMap<>();
    store
        .scan(collection, "", Optional.empty(), 1000, store.latest())
        .forEach(each -> listed.put(each.id().value(), text(each)));
    assertEquals(live, listed, "list of " + collection + " in " + id);
    hashes(id, collection, hashes);
    assertEquals(live.size(), state.count(), "count of " + collection + " in " + id);
    assertEquals(bytes, state.bytes(), "bytes of " + collection + " in " + id);
    assertEquals(
        conflicts, state.concurrency().conflicts(), "conflicts of " + collection + " in " + id);
    assertEquals(
        conflicted, state.concurrency().conflicted(), "conflicted of " + collection + " in " + id);
  }

  /** The same for all regions, and so made once; asking for collisions is what takes time. */
  private Expected expected(List<Change> versions, CollectionName collection) {
    List<VersionId> key = versions.stream().map(Change::version).sorted().toList();
    return expected.computeIfAbsent(
        key,
        unused ->
            new Expected(
                versions.isEmpty() ? List.of() : new Lineage(versions).plain(),
                NaiveLineage.heads(versions),
                wholeHistory && collection.equals(ConflictWorkload.KEPT)
                    ? NaiveLineage.collisions(versions)
                    : List.of()));
  }

  private void hashes(ReplicaId id, CollectionName collection, NaiveHashes expected) {
    String where = collection + " in " + id;
    CompletableFuture<HashedCollection> asked =
        cluster.engine(id).hashed(collection).toCompletableFuture();
    assertTrue(cluster.runUntil(Duration.ofSeconds(10), asked::isDone), "hashes of " + where);
    HashedCollection hashed = asked.join();
    assertEquals(expected.sum(), hashed.state().digest(), "digest of " + where);
    assertArrayEquals(expected.upper(), hashed.tree().upper(), "hash tree of " + where);
  }

  private static List<Change> visible(CollectionState collection, List<Change> versions) {
    return versions.stream().filter(each -> each.hlc().isAfter(collection.droppedAt())).toList();
  }

  /** All versions of each document, the oldest first. */
  private static Map<Name, List<Change>> documents(List<Change> changes) {
    Map<Name, List<Change>> documents = new HashMap<>();
    for (Change change : changes) {
      if (OF_DOCUMENTS.contains(change.kind())) {
        documents
            .computeIfAbsent(
                new Name(change.collection(), change.id()), unused -> new ArrayList<>())
            .add(change);
      }
    }
    return documents;
  }

  /** The key of each conflict with its versions, and what ended it, the latest first. */
  private static List<List<VersionId>> conflicts(
      DocumentStore store, CollectionName collection, DocumentId id) {
    List<List<VersionId>> all = new ArrayList<>();
    for (ConflictRecord.Conflict each :
        store.conflicts(collection, id).map(ConflictRecord::conflicts).orElse(List.of())) {
      List<VersionId> one = new ArrayList<>();
      one.add(each.key());
      one.addAll(each.versions());
      each.closedBy().ifPresent(one::add);
      all.add(one);
    }
    return all;
  }
}
