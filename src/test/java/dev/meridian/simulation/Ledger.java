package dev.meridian.simulation;

import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionVector;
import dev.meridian.crdt.CrdtType;
import dev.meridian.crdt.FieldKey;
import dev.meridian.crdt.FieldOperation;
import dev.meridian.document.Bytes;
import dev.meridian.document.CollectionName;
import dev.meridian.document.DocumentId;
import dev.meridian.document.JsonPointer;
import dev.meridian.document.JsonValue;
import dev.meridian.document.JsonValue.JsonArray;
import dev.meridian.document.JsonValue.JsonNumber;
import dev.meridian.document.JsonValue.JsonObject;
import dev.meridian.document.JsonValue.JsonString;
import dev.meridian.document.Precondition;
import dev.meridian.document.StoredDocument;
import dev.meridian.engine.DocumentStore;
import dev.meridian.engine.FieldedDocument;
import dev.meridian.engine.Mutation;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A document that is never written or deleted, with three CRDT fields. Each entry counts one, adds
 * an element nobody else adds and types one letter: so whatever a region shows, the counter, the
 * set and the text agree; what it once showed it goes on to show; and in the end all that was
 * acknowledged is there, once.
 */
final class Ledger {

  static final CollectionName COLLECTION = new CollectionName("ledger");

  /** So few that what fields are made of comes from records of them. */
  private static final int KEPT_OPERATIONS = 10;

  private static final DocumentId ID = new DocumentId("ledger");

  private final SimulatedCluster cluster;
  private final Map<ReplicaId, Set<String>> shown = new HashMap<>();
  private final Map<ReplicaId, Looked> looked = new HashMap<>();
  private final Set<String> acknowledged = new HashSet<>();
  private int entries;

  /** Of what a region's document was read; it is what it was while this is the same. */
  private record Looked(DocumentStore store, VersionVector applied, int tables) {}

  Ledger(SimulatedCluster cluster) {
    this.cluster = cluster;
    cluster.ids().forEach(id -> shown.put(id, Set.of()));
  }

  /** Makes the document. It has to be everywhere before the first entry. */
  void open(ReplicaId region) {
    cluster.keep(region, COLLECTION, KEPT_OPERATIONS);
    cluster.apply(
        region, new Mutation.Put(COLLECTION, ID, Bytes.utf8("{\"k\":1}"), Precondition.NONE, ""));
  }

  void enter(ReplicaId region) {
    String element = "\"e" + entries++ + "\"";
    cluster.operate(
        region,
        COLLECTION,
        ID,
        document -> operation(document, element),
        () -> acknowledged.add(element));
  }

  private Mutation.Operate operation(FieldedDocument document, String element) {
    FieldKey text = key(document, "/t", CrdtType.RGA);
    int length = ConflictWorkload.text(document, text).length();
    List<FieldOperation> operations =
        List.of(
            new FieldOperation.Increment(key(document, "/n", CrdtType.PN_COUNTER), 1),
            new FieldOperation.Add(key(document, "/s", CrdtType.OR_SET), element),
            new FieldOperation.InsertText(
                text,
                new FieldOperation.Position.Index(cluster.random().nextInt(length + 1)),
                "x"));
    Bytes delta = new Bytes(document.body().translate(operations).encode());
    return new Mutation.Operate(COLLECTION, ID, delta, Precondition.NONE, "");
  }

  private static FieldKey key(FieldedDocument document, String at, CrdtType type) {
    return document.body().fieldOrNew(JsonPointer.parse(at), type, document.incarnation());
  }

  /** What a running region shows is whole, and no less than what it showed before. */
  void check(ReplicaId region) {
    DocumentStore store = cluster.engine(region);
    int tables = cluster.checkpoints() + cluster.merges();
    Looked now = new Looked(store, store.vector(), tables);
    if (!now.equals(looked.put(region, now))) {
      look(region);
    }
  }

  private void look(ReplicaId region) {
    Set<String> elements = elements(region);
    if (!elements.containsAll(shown.get(region))) {
      throw new AssertionError(
          region + " showed " + shown.get(region).size() + " entries, now " + elements.size());
    }
    shown.put(region, elements);
  }

  /** All of it is there. */
  void checkWhole(ReplicaId region) {
    look(region);
    Set<String> missing = new HashSet<>(acknowledged);
    missing.removeAll(shown.get(region));
    if (!missing.isEmpty()) {
      throw new AssertionError(region + " lacks acknowledged entries " + missing);
    }
  }

  private Set<String> elements(ReplicaId region) {
    if (!(cluster.engine(region).find(COLLECTION, ID).orElse(null)
        instanceof StoredDocument.LiveDocument live)) {
      return Set.of();
    }
    Map<String, JsonValue> members = ((JsonObject) JsonValue.parse(live.body())).members();
    Set<String> elements =
        members.get("s") instanceof JsonArray(List<JsonValue> items)
            ? items.stream().map(JsonValue::text).collect(Collectors.toSet())
            : Set.of();
    String counted = members.get("n") instanceof JsonNumber(String n) ? n : "0";
    int typed = members.get("t") instanceof JsonString(String text) ? text.length() : 0;
    if (!counted.equals("" + elements.size()) || typed != elements.size()) {
      throw new AssertionError(region + " shows half of an entry: " + live.body().utf8());
    }
    return elements;
  }

  /** How many entries were acknowledged. */
  int size() {
    return acknowledged.size();
  }
}
