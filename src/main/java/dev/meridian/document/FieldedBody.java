package dev.meridian.document;

import dev.meridian.clock.VersionVector;
import dev.meridian.crdt.Crdt;
import dev.meridian.crdt.CrdtType;
import dev.meridian.crdt.FieldDelta;
import dev.meridian.crdt.FieldKey;
import dev.meridian.crdt.FieldOperation;
import dev.meridian.crdt.FieldStates;
import dev.meridian.crdt.Rga;
import dev.meridian.document.JsonValue.JsonObject;
import dev.meridian.document.JsonValue.JsonString;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/**
 * The body of a document with places for CRDT fields: where one is, the stored body has an object
 * with the members {@code $crdt} (its type) and {@code of} (its incarnation). What the field holds
 * is in the document's {@link FieldStates}.
 *
 * <p>A field that an operation made has no place until the document is written again. It shows as
 * long as the write that says what the document is has not seen all that was done to it: who wrote
 * without having seen it did not mean to remove it.
 */
public final class FieldedBody {

  /** The member that makes an object a place of a field. */
  public static final String MARKER = "$crdt";

  private static final byte[] MARKER_BYTES =
      ("\"" + MARKER + "\"").getBytes(StandardCharsets.US_ASCII);
  private static final String INCARNATION = "of";

  private final JsonObject body;
  private final FieldStates states;
  private final Map<JsonPointer, FieldKey> fields = new TreeMap<>();

  /** In the versions that stand beside this, the highest first. */
  private final List<FieldKey> beside;

  /** A document that is not there, or has no body here. */
  public static final FieldedBody NONE =
      new FieldedBody(JsonObject.EMPTY, VersionVector.EMPTY, new FieldStates());

  /** What of its CRDT fields a reader is shown. */
  public enum Show {
    /** Their plain values. */
    VALUES,
    /** What they are made of. */
    STATES
  }

  /**
   * @param body as it is stored
   * @param seen what its writer had seen, with that write itself
   */
  public FieldedBody(JsonObject body, VersionVector seen, FieldStates states) {
    this(body, seen, states, List.of());
  }

  /**
   * The same for one of several versions that stand side by side.
   *
   * @param versions bodies of all of them, highest first: who ends the conflict may take a field
   *     from each
   */
  public FieldedBody(
      JsonObject body, VersionVector seen, FieldStates states, List<JsonObject> versions) {
    this.body = body;
    this.states = states;
    findPlaces(JsonPointer.ROOT, body, fields::put);
    List<FieldKey> found = new ArrayList<>();
    versions.forEach(
        each -> findPlaces(JsonPointer.ROOT, each, (place, field) -> found.add(field)));
    this.beside = List.copyOf(found);
    for (FieldKey key : states.keys()) {
      JsonPointer at = JsonPointer.parse(key.path());
      boolean unseen = !seen.covers(states.touched(key));
      if (unseen && isFree(at)) {
        fields.merge(at, key, FieldedBody::later);
      }
    }
  }

  /** Of two at one place, made on different versions, the same one everywhere. */
  private static FieldKey later(FieldKey a, FieldKey b) {
    return a.compareTo(b) >= 0 ? a : b;
  }

  private static void findPlaces(
      JsonPointer at, JsonObject object, BiConsumer<JsonPointer, FieldKey> found) {
    object
        .members()
        .forEach(
            (name, value) -> {
              if (value instanceof JsonObject member) {
                JsonPointer place = at.child(name);
                Optional<FieldKey> field = key(place, member);
                field.ifPresent(key -> found.accept(place, key));
                if (field.isEmpty()) {
                  findPlaces(place, member, found);
                }
              }
            });
  }

  private static Optional<FieldKey> key(JsonPointer place, JsonObject marker) {
    return type(marker)
        .map(
            type ->
                new FieldKey(
                    place.toString(),
                    type,
                    marker.members().get(INCARNATION) instanceof JsonString(String of) ? of : ""));
  }

  private static Optional<CrdtType> type(JsonObject marker) {
    return marker.members().get(MARKER) instanceof JsonString(String type)
        ? CrdtType.of(type)
        : Optional.empty();
  }

  /** A field fits where nothing is, into an object. */
  private boolean isFree(JsonPointer at) {
    return !at.isRoot()
        && at.in(body).isEmpty()
        && at.parent().in(body).filter(JsonObject.class::isInstance).isPresent()
        && fields.keySet().stream().noneMatch(place -> place.isPrefixOf(at) && !place.equals(at));
  }

  /** Whether bytes may hold a place of a field: cheap, and true for some that do not. */
  public static boolean mayHaveFields(Bytes json) {
    byte[] bytes = json.array();
    int last = json.offset() + json.length() - MARKER_BYTES.length;
    for (int i = json.offset(); i <= last; i++) {
      if (bytes[i] == '"'
          && bytes[i + 1] == '$'
          && java.util.Arrays.equals(
              bytes, i, i + MARKER_BYTES.length, MARKER_BYTES, 0, MARKER_BYTES.length)) {
        return true;
      }
    }
    return false;
  }

  /** The field at a place, if one shows there. */
  public Optional<FieldKey> field(JsonPointer at) {
    return Optional.ofNullable(fields.get(at));
  }

  public boolean hasFields() {
    return !fields.isEmpty();
  }

  /** The fields that show. */
  public Set<FieldKey> keys() {
    return Set.copyOf(fields.values());
  }

  /**
   * The field for the first operation at a place.
   *
   * @param type of the operation
   * @param incarnation of a field that is made now
   * @throws StoreFailure.CallerMistake when something else is there, or nothing can be
   */
  public FieldKey fieldOrNew(JsonPointer at, CrdtType type, String incarnation) {
    FieldKey known = fields.get(at);
    if (known != null) {
      if (known.type() != type) {
        throw mismatch(at, "is a " + known.type().text() + ", not a " + type.text());
      }
      return known;
    }
    if (at.in(body).isPresent()) {
      throw mismatch(at, "is a plain value, not a CRDT field");
    }
    if (!isFree(at)) {
      throw mismatch(at, "has no object around it that a field could be made in");
    }
    return new FieldKey(at.toString(), type, incarnation);
  }

  static StoreFailure mismatch(JsonPointer at, String what) {
    return new StoreFailure.CallerMistake(
        FailureCode.CRDT_TYPE_MISMATCH, "what is at '" + at + "' " + what);
  }

  /** Whether a field is a list: a text that is put into it is one item. */
  boolean isList(FieldKey key) {
    return states.get(key).filter(state -> state instanceof Rga rga && !rga.isText()).isPresent();
  }

  /** The body with a place for every field that shows, as a patch of it has to see it. */
  public JsonObject withPlaces() {
    return places(JsonPointer.ROOT, body);
  }

  private JsonObject places(JsonPointer at, JsonObject object) {
    Map<String, JsonValue> members = new LinkedHashMap<>();
    object
        .members()
        .forEach(
            (name, value) -> {
              JsonPointer place = at.child(name);
              members.put(
                  name,
                  value instanceof JsonObject inner && !fields.containsKey(place)
                      ? places(place, inner)
                      : value);
            });
    fields.forEach(
        (place, field) -> {
          if (place.parent().equals(at)) {
            members.put(place.last(), marker(field));
          }
        });
    return new JsonObject(members);
  }

  private static JsonObject marker(FieldKey field) {
    return JsonObject.EMPTY
        .with(MARKER, new JsonString(field.type().text()))
        .with(INCARNATION, new JsonString(field.incarnation()));
  }

  /** The heap that its fields take, about. */
  public int fieldBytes() {
    return states.bytes();
  }

  /** What operations on its fields mean, in terms of what these hold. */
  public FieldDelta translate(List<FieldOperation> operations) {
    return states.translate(operations);
  }

  /** The document as a reader sees it. */
  public JsonObject shown(Show show) {
    return place(JsonPointer.ROOT, body, show);
  }

  private JsonObject place(JsonPointer at, JsonObject object, Show show) {
    Map<String, JsonValue> members = new LinkedHashMap<>();
    object
        .members()
        .forEach(
            (name, value) -> {
              JsonPointer place = at.child(name);
              FieldKey field = fields.get(place);
              if (field != null) {
                members.put(name, value(field, show));
              } else {
                members.put(
                    name, value instanceof JsonObject inner ? place(place, inner, show) : value);
              }
            });
    fields.forEach(
        (place, field) -> {
          if (place.parent().equals(at) && !members.containsKey(place.last())) {
            members.put(place.last(), value(field, show));
          }
        });
    return new JsonObject(members);
  }

  private JsonValue value(FieldKey field, Show show) {
    Optional<Crdt> state = states.get(field);
    String json =
        switch (show) {
          case VALUES -> state.map(Crdt::view).orElseGet(() -> Crdt.emptyView(field.type()));
          case STATES ->
              state.map(Crdt::stateView).orElseGet(() -> Crdt.emptyStateView(field.type()));
        };
    return JsonValue.parse(json);
  }

  /**
   * What a client wrote, as it is stored: where it left a place for a field that is there, that
   * field stays; a new place is a new field, which starts empty.
   *
   * @param incarnation of new ones
   * @throws StoreFailure.CallerMistake for a place that cannot be
   */
  public JsonObject written(JsonObject client, String incarnation) {
    return written(JsonPointer.ROOT, client, incarnation);
  }

  private JsonObject written(JsonPointer at, JsonObject object, String incarnation) {
    Map<String, JsonValue> members = new LinkedHashMap<>();
    object
        .members()
        .forEach(
            (name, value) -> {
              JsonPointer place = at.child(name);
              members.put(
                  name,
                  value instanceof JsonObject inner
                      ? inner.members().containsKey(MARKER)
                          ? marker(place, inner, incarnation)
                          : written(place, inner, incarnation)
                      : outsideOfArrays(place, value));
            });
    return new JsonObject(members);
  }

  private JsonObject marker(JsonPointer place, JsonObject marker, String incarnation) {
    CrdtType type =
        type(marker)
            .orElseThrow(
                () -> mismatch(place, "has a '" + MARKER + "' that names no type of CRDT field"));
    FieldKey known = fields.get(place);
    if (known != null && known.type() == type) {
      return marker(known);
    }
    Optional<FieldKey> asked = key(place, marker);
    List<FieldKey> others =
        beside.stream()
            .filter(each -> each.type() == type && each.path().equals(place.toString()))
            .toList();
    return marker(
        others.stream()
            .filter(each -> asked.filter(each::equals).isPresent())
            .findFirst()
            .or(() -> others.stream().findFirst())
            .orElseGet(() -> new FieldKey(place.toString(), type, incarnation)));
  }

  /** Items of arrays move; a field has to stay where it is. */
  private static JsonValue outsideOfArrays(JsonPointer place, JsonValue value) {
    if (value instanceof JsonValue.JsonArray(var items)) {
      for (JsonValue item : items) {
        if (hasMarker(item)) {
          throw mismatch(place, "is an array, and CRDT fields are members of objects only");
        }
      }
    }
    return value;
  }

  private static boolean hasMarker(JsonValue value) {
    return switch (value) {
      case JsonObject(Map<String, JsonValue> members) ->
          members.containsKey(MARKER) || members.values().stream().anyMatch(FieldedBody::hasMarker);
      case JsonValue.JsonArray(var items) -> items.stream().anyMatch(FieldedBody::hasMarker);
      case JsonString text -> false;
      case JsonValue.JsonNumber number -> false;
      case JsonValue.JsonLiteral literal -> false;
    };
  }
}
