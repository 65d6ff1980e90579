package dev.meridian.simulation;

import dev.meridian.clock.ReplicaId;
import dev.meridian.crdt.CrdtType;
import dev.meridian.crdt.FieldKey;
import dev.meridian.crdt.FieldOperation;
import dev.meridian.document.Bytes;
import dev.meridian.document.Change;
import dev.meridian.document.CollectionName;
import dev.meridian.document.CollectionSettings;
import dev.meridian.document.CollectionSettingsJson;
import dev.meridian.document.ConflictSettings;
import dev.meridian.document.DocumentId;
import dev.meridian.document.FieldedBody;
import dev.meridian.document.JsonPointer;
import dev.meridian.document.JsonValue;
import dev.meridian.document.MergeRule;
import dev.meridian.document.Placement;
import dev.meridian.document.PlacementRules;
import dev.meridian.document.Precondition;
import dev.meridian.document.Revision;
import dev.meridian.document.StoreFailure;
import dev.meridian.document.StoredDocument;
import dev.meridian.engine.FieldedDocument;
import dev.meridian.engine.Mutation;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/**
 * What clients do to a few documents that all of them write: puts and deletions with and without
 * having read, operations on CRDT fields, ends of conflicts, other settings, drops.
 */
final class ConflictWorkload {

  /** Its documents are written, its settings change. */
  static final CollectionName KEPT = new CollectionName("kept");

  /** The same, and it is dropped now and then. */
  static final CollectionName DROPPED = new CollectionName("dropped");

  private static final int DOCUMENTS = 5;
  private static final List<CrdtType> TYPES =
      List.of(
          CrdtType.PN_COUNTER,
          CrdtType.OR_SET,
          CrdtType.RGA,
          CrdtType.RGA,
          CrdtType.RGA,
          CrdtType.LWW_REGISTER,
          CrdtType.MV_REGISTER);

  private final SimulatedCluster cluster;
  private final RandomGenerator random;
  private final int keepVersions;

  /**
   * @param keepVersions how much history the collections are told to keep
   */
  ConflictWorkload(SimulatedCluster cluster, int keepVersions) {
    this.cluster = cluster;
    this.random = cluster.random();
    this.keepVersions = keepVersions;
  }

  /** One client does one thing. */
  void step(ReplicaId region) {
    CollectionName collection = random.nextInt(4) == 0 ? DROPPED : KEPT;
    DocumentId id = new DocumentId("d" + random.nextInt(DOCUMENTS));
    try {
      switch (random.nextInt(40)) {
        case 0 -> configure(region, collection);
        case 1 -> cluster.apply(region, new Mutation.Drop(DROPPED, ""));
        case 2, 3, 4, 5, 6, 7 -> delete(region, collection, id);
        case 8, 9, 10 -> resolve(region, collection, id);
        case 11, 12, 13 -> writeWithPlaces(region, collection, id);
        case 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25 -> operate(region, collection, id);
        default -> write(region, collection, id);
      }
    } catch (StoreFailure refused) {
      // A client that hears why, and goes away.
      if (!(refused instanceof StoreFailure.CallerMistake)) {
        throw refused;
      }
    }
  }

  /** Other settings of a collection, from some client in a region. */
  void configure(ReplicaId region, CollectionName collection) {
    ConflictSettings.Policy policy =
        ConflictSettings.Policy.values()[random.nextInt(ConflictSettings.Policy.values().length)];
    CollectionSettings settings =
        new CollectionSettings(
            keepVersions,
            Duration.ofDays(7),
            false,
            PlacementRules.EVERYWHERE,
            new ConflictSettings(policy, rules(policy), random.nextBoolean()));
    cluster.apply(
        region, new Mutation.Configure(collection, CollectionSettingsJson.render(settings), ""));
  }

  private Map<JsonPointer, MergeRule> rules(ConflictSettings.Policy policy) {
    List<MergeRule.Kind> kinds =
        List.of(MergeRule.Kind.SUM_DELTAS, MergeRule.Kind.MAX, MergeRule.Kind.KEEP_FIRST);
    return policy == ConflictSettings.Policy.MERGE
        ? Map.of(
            JsonPointer.parse("/n"),
            new MergeRule(kinds.get(random.nextInt(kinds.size())), ""),
            JsonPointer.parse("/s"),
            new MergeRule(MergeRule.Kind.SIBLINGS, ""))
        : Map.of();
  }

  private void write(ReplicaId region, CollectionName collection, DocumentId id) {
    Bytes body = Bytes.utf8("{\"n\":" + random.nextInt(1000) + ",\"s\":" + random.nextInt(3) + "}");
    cluster.apply(region, new Mutation.Put(collection, id, body, seen(region, collection, id), ""));
  }

  private void delete(ReplicaId region, CollectionName collection, DocumentId id) {
    cluster.apply(region, new Mutation.Delete(collection, id, seen(region, collection, id), ""));
  }

  /** A client that read the document before, or one that does not care. */
  private Precondition seen(ReplicaId region, CollectionName collection, DocumentId id) {
    Optional<Revision> current =
        cluster
            .engine(region)
            .find(collection, id)
            .filter(StoredDocument::isLive)
            .map(StoredDocument::revision);
    return current.isPresent() && random.nextBoolean()
        ? new Precondition.AnyOf(List.of(current.get()))
        : Precondition.NONE;
  }

  /** Writes or deletes in the place of all versions that stand side by side. */
  private void resolve(ReplicaId region, CollectionName collection, DocumentId id) {
    Optional<StoredDocument> document = cluster.engine(region).find(collection, id);
    if (document.isEmpty()) {
      return;
    }
    List<Change> heads = document.get().heads().versions();
    Precondition all =
        new Precondition.Resolves(new Revision(heads.stream().map(Change::version).toList()));
    cluster.apply(
        region,
        random.nextInt(4) == 0
            ? new Mutation.Delete(collection, id, all, Placement.EVERYWHERE, "", true)
            : new Mutation.Put(
                collection,
                id,
                Bytes.utf8("{\"n\":0,\"s\":7}"),
                all,
                Placement.EVERYWHERE,
                "",
                true,
                false));
  }

  /** Writes all of a document with places for some of its fields, if nobody else does meanwhile. */
  private void writeWithPlaces(ReplicaId region, CollectionName collection, DocumentId id) {
    StringBuilder client = new StringBuilder("{\"n\":" + random.nextInt(1000));
    for (CrdtType type : new TreeSet<>(TYPES)) {
      if (random.nextBoolean()) {
        client.append(",\"" + type.text() + "\":{\"$crdt\":\"" + type.text() + "\"}");
      }
    }
    JsonValue.JsonObject asked = (JsonValue.JsonObject) JsonValue.parse(Bytes.utf8(client + "}"));
    Mutation.Put put =
        cluster
            .engine(region)
            .withFields(collection, id, document -> put(collection, id, asked, document));
    cluster.apply(region, put);
  }

  private static Mutation.Put put(
      CollectionName collection,
      DocumentId id,
      JsonValue.JsonObject asked,
      FieldedDocument document) {
    Bytes body = document.body().written(asked, document.incarnation()).toBytes();
    Precondition unchanged =
        document
            .plain()
            .filter(StoredDocument::isLive)
            .<Precondition>map(live -> new Precondition.AnyOf(List.of(live.revision())))
            .orElseGet(Precondition.Absent::new);
    return new Mutation.Put(
        collection,
        id,
        body,
        unchanged,
        Placement.EVERYWHERE,
        "",
        false,
        FieldedBody.mayHaveFields(body));
  }

  /** Does something to a field, old or new. */
  private void operate(ReplicaId region, CollectionName collection, DocumentId id) {
    CrdtType type = TYPES.get(random.nextInt(TYPES.size()));
    cluster.operate(
        region,
        collection,
        id,
        document -> {
          FieldKey key =
              document
                  .body()
                  .fieldOrNew(JsonPointer.parse("/" + type.text()), type, document.incarnation());
          FieldOperation operation = operation(key, text(document, key).length());
          return new Mutation.Operate(
              collection,
              id,
              new Bytes(document.body().translate(List.of(operation)).encode()),
              Precondition.NONE,
              "");
        },
        () -> {});
  }

  /** What a field shows, if that is a text. */
  static String text(FieldedDocument document, FieldKey key) {
    return JsonPointer.parse(key.path())
                .in(document.body().shown(FieldedBody.Show.VALUES))
                .orElse(JsonValue.NULL)
            instanceof JsonValue.JsonString(String text)
        ? text
        : "";
  }

  private FieldOperation operation(FieldKey key, int length) {
    return switch (key.type()) {
      case PN_COUNTER, G_COUNTER -> new FieldOperation.Increment(key, random.nextInt(5));
      case OR_SET, G_SET ->
          random.nextBoolean()
              ? new FieldOperation.Add(key, "" + random.nextInt(3))
              : new FieldOperation.Remove(key, "" + random.nextInt(3));
      case LWW_REGISTER, MV_REGISTER -> new FieldOperation.Assign(key, "" + random.nextInt(100));
      case RGA ->
          length > 0 && random.nextInt(5) < 2
              ? new FieldOperation.Delete(
                  key, new FieldOperation.Position.Index(random.nextInt(length)), 1)
              : new FieldOperation.InsertText(
                  key,
                  new FieldOperation.Position.Index(random.nextInt(length + 1)),
                  "xyz".substring(0, 1 + random.nextInt(3)));
    };
  }
}
