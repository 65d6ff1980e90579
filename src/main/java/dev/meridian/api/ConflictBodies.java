package dev.meridian.api;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionId;
import dev.meridian.coordinator.ConflictKey;
import dev.meridian.coordinator.Conflicts;
import dev.meridian.coordinator.Conflicts.Choice;
import dev.meridian.coordinator.Conflicts.Resolution;
import dev.meridian.document.Bytes;
import dev.meridian.document.CollectionName;
import dev.meridian.document.ConflictSettings;
import dev.meridian.document.ConflictSettingsJson;
import dev.meridian.document.FailureCode;
import dev.meridian.document.JsonDocument;
import dev.meridian.document.JsonLimits;
import dev.meridian.document.JsonPointer;
import dev.meridian.document.JsonValue;
import dev.meridian.document.JsonValue.JsonArray;
import dev.meridian.document.JsonValue.JsonNumber;
import dev.meridian.document.JsonValue.JsonObject;
import dev.meridian.document.JsonValue.JsonString;
import dev.meridian.document.StoreFailure;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads the bodies of requests about conflicts; strict, like all that is read here. */
final class ConflictBodies {

  private static final int MAX_PLACES = 1000;
  private static final String RESOLUTION =
      "a resolution has exactly one of pick (a version), doc (a document), fields (JSON Pointers,"
          + " each with a version or \"base\") and delete (true)";
  private static final String CHOICE =
      "newest, oldest, lww or origin:<region> says which version is taken";

  private ConflictBodies() {}

  /** Which conflicts are resolved, and how. */
  sealed interface Bulk {
    Choice choice();

    record Matching(Conflicts.Filter filter, Choice choice) implements Bulk {}

    record Named(List<ConflictKey> keys, Choice choice) implements Bulk {}
  }

  record DryRun(
      CollectionName collection,
      ConflictSettings settings,
      int limit,
      Optional<ConflictKey> after) {}

  static Resolution resolution(Bytes body, JsonLimits limits) {
    JsonDocument.checkUtf8(body);
    try (JsonParser parser =
        JsonDocument.json().createParser(body.array(), body.offset(), body.length())) {
      if (parser.nextToken() != JsonToken.START_OBJECT
          || parser.nextToken() != JsonToken.FIELD_NAME) {
        throw invalid(RESOLUTION);
      }
      String name = parser.currentName();
      parser.nextToken();
      Resolution resolution = resolution(name, parser, body, limits);
      if (parser.nextToken() != JsonToken.END_OBJECT || parser.nextToken() != null) {
        throw invalid(RESOLUTION);
      }
      return resolution;
    } catch (JsonProcessingException malformed) {
      throw JsonDocument.malformed(malformed);
    } catch (IOException impossible) {
      throw new StoreFailure.Fault(
          FailureCode.INTERNAL_ERROR, "bytes in memory could not be read", impossible);
    }
  }

  private static Resolution resolution(
      String name, JsonParser parser, Bytes body, JsonLimits limits) throws IOException {
    return switch (name) {
      case "pick" -> new Resolution.Pick(version(JsonValue.read(parser)));
      case "doc" -> new Resolution.Whole(JsonDocument.nested(parser, body, limits));
      case "fields" -> new Resolution.Fields(places(JsonValue.read(parser)));
      case "delete" -> {
        if (!JsonValue.read(parser).equals(JsonValue.TRUE)) {
          throw invalid("'delete' is true");
        }
        yield new Resolution.Deletion();
      }
      default -> throw invalid(RESOLUTION);
    };
  }

  private static List<Conflicts.Place> places(JsonValue value) {
    if (!(value instanceof JsonObject(Map<String, JsonValue> members))
        || members.isEmpty()
        || members.size() > MAX_PLACES) {
      throw invalid("'fields' has 1 to " + MAX_PLACES + " JSON Pointers as its names");
    }
    List<Conflicts.Place> places = new ArrayList<>();
    members.forEach(
        (at, from) ->
            places.add(
                new Conflicts.Place(
                    pointer(at),
                    from.equals(new JsonString("base"))
                        ? Optional.empty()
                        : Optional.of(version(from)))));
    return places;
  }

  private static JsonPointer pointer(String text) {
    try {
      return JsonPointer.parse(text);
    } catch (IllegalArgumentException malformed) {
      throw invalid("'fields': " + malformed.getMessage());
    }
  }

  private static VersionId version(JsonValue value) {
    try {
      return VersionId.parse(text("a version", value));
    } catch (IllegalArgumentException malformed) {
      throw invalid("a version is named by 16 hex digits, a hyphen and a region");
    }
  }

  static Bulk bulk(Bytes body) {
    Map<String, JsonValue> members =
        members(body, Set.of("collection", "state", "policy", "limit", "keys", "pick"));
    if (members.containsKey("policy") == members.containsKey("pick")) {
      throw invalid("one of 'policy' and 'pick' is given: " + CHOICE);
    }
    Choice choice = choice(members.getOrDefault("policy", members.get("pick")));
    if (!members.containsKey("keys")) {
      return new Bulk.Matching(matching(members), choice);
    }
    if (members.size() != 2) {
      throw invalid("with 'keys' nothing else says which conflicts are meant");
    }
    return new Bulk.Named(keys(members.get("keys")), choice);
  }

  private static Conflicts.Filter matching(Map<String, JsonValue> members) {
    Conflicts.State state =
        member(members, "state", ConflictBodies::state).orElse(Conflicts.State.OPEN);
    if (state == Conflicts.State.RESOLVED) {
      throw invalid("what a client has resolved is not resolved in bulk; 'state' is open or auto");
    }
    return new Conflicts.Filter(
        Optional.of(collection(members)),
        Optional.of(state),
        Optional.empty(),
        limit(members),
        Optional.empty());
  }

  private static List<ConflictKey> keys(JsonValue value) {
    if (!(value instanceof JsonArray(List<JsonValue> items))
        || items.isEmpty()
        || items.size() > Conflicts.MAX_LIMIT) {
      throw invalid("'keys' is an array of 1 to " + Conflicts.MAX_LIMIT + " keys");
    }
    return items.stream().map(item -> key(text("a key", item))).toList();
  }

  /** The key of a conflict; what is none names nothing. */
  static ConflictKey key(String text) {
    return ConflictKey.parse(text)
        .orElseThrow(
            () ->
                new StoreFailure.CallerMistake(
                    FailureCode.CONFLICT_NOT_FOUND,
                    "this is no key of a conflict; send one exactly as it was received"));
  }

  private static Choice choice(JsonValue value) {
    String text = text("the choice", value);
    if (text.startsWith("origin:")) {
      try {
        return new Choice.Origin(new ReplicaId(text.substring("origin:".length())));
      } catch (IllegalArgumentException malformed) {
        throw invalid(CHOICE);
      }
    }
    return switch (text) {
      case "newest" -> new Choice.Newest();
      case "oldest" -> new Choice.Oldest();
      case "lww" -> new Choice.LastWrite();
      default -> throw invalid(CHOICE);
    };
  }

  static Conflicts.State state(String text) {
    for (Conflicts.State state : Conflicts.State.values()) {
      if (state.text().equals(text)) {
        return state;
      }
    }
    throw invalid("'state' is open, resolved or auto");
  }

  private static Conflicts.State state(JsonValue value) {
    return state(text("'state'", value));
  }

  static DryRun dryRun(Bytes body) {
    Map<String, JsonValue> members =
        members(body, Set.of("collection", "conflict", "limit", "cursor"));
    JsonValue conflict = members.get("conflict");
    if (!(conflict instanceof JsonObject)) {
      throw invalid("'conflict' has the settings to try, as in a collection's settings");
    }
    return new DryRun(
        collection(members),
        ConflictSettingsJson.parse(conflict.toBytes()),
        limit(members),
        member(members, "cursor", value -> cursor(text("'cursor'", value))));
  }

  static ConflictKey cursor(String text) {
    return ConflictKey.parse(text).orElseThrow(ListCursor::invalid);
  }

  private static Map<String, JsonValue> members(Bytes body, Set<String> known) {
    JsonValue value = JsonValue.parse(JsonDocument.compact(body, JsonLimits.DEFAULTS));
    Map<String, JsonValue> members = ((JsonObject) value).members();
    for (String name : members.keySet()) {
      if (!known.contains(name)) {
        throw invalid(
            "this release does not know '"
                + (name.length() > 64 ? name.substring(0, 64) + "…" : name)
                + "' here, but "
                + String.join(", ", known.stream().sorted().toList()));
      }
    }
    return members;
  }

  private interface Reading<T> {
    T read(JsonValue value);
  }

  private static <T> Optional<T> member(
      Map<String, JsonValue> members, String name, Reading<T> reading) {
    JsonValue value = members.get(name);
    return value == null ? Optional.empty() : Optional.of(reading.read(value));
  }

  private static CollectionName collection(Map<String, JsonValue> members) {
    return new CollectionName(
        member(members, "collection", value -> text("'collection'", value))
            .orElseThrow(() -> invalid("'collection' is missing")));
  }

  private static int limit(Map<String, JsonValue> members) {
    return member(members, "limit", ConflictBodies::limit).orElse(Conflicts.MAX_LIMIT);
  }

  private static int limit(JsonValue value) {
    if (value instanceof JsonNumber(String text) && text.matches("[1-9]\\d{0,3}")) {
      int limit = Integer.parseInt(text);
      if (limit <= Conflicts.MAX_LIMIT) {
        return limit;
      }
    }
    throw invalid("'limit' is a number from 1 to " + Conflicts.MAX_LIMIT);
  }

  private static String text(String what, JsonValue value) {
    if (value instanceof JsonString(String text)) {
      return text;
    }
    throw invalid(what + " is a text");
  }

  static StoreFailure invalid(String why) {
    return new StoreFailure.CallerMistake(FailureCode.INVALID_REQUEST, why);
  }
}
