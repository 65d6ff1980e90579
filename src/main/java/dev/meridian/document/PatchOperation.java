package dev.meridian.document;

import dev.meridian.document.JsonValue.JsonObject;
import dev.meridian.document.JsonValue.JsonString;
import java.util.LinkedHashMap;
import java.util.Map;

/** One operation of a {@link JsonPatch} (RFC 6902, section 4). */
public sealed interface PatchOperation {

  JsonPointer path();

  /** Inserts into an array, or sets a member. */
  record Add(JsonPointer path, JsonValue value) implements PatchOperation {}

  record Remove(JsonPointer path) implements PatchOperation {}

  record Replace(JsonPointer path, JsonValue value) implements PatchOperation {}

  record Move(JsonPointer from, JsonPointer path) implements PatchOperation {
    public Move {
      if (from.isPrefixOf(path) && !from.equals(path)) {
        throw new IllegalArgumentException("a value cannot be moved into itself");
      }
    }
  }

  record Copy(JsonPointer from, JsonPointer path) implements PatchOperation {}

  /** Changes nothing, and is the end of the patch where the value is another. */
  record Test(JsonPointer path, JsonValue value) implements PatchOperation {}

  /** The name of the operation in a patch. */
  default String op() {
    return switch (this) {
      case Add add -> "add";
      case Remove remove -> "remove";
      case Replace replace -> "replace";
      case Move move -> "move";
      case Copy copy -> "copy";
      case Test test -> "test";
    };
  }

  /**
   * Reads one; members that it does not know are ignored (RFC 6902, section 4).
   *
   * @throws IllegalArgumentException that says what is wrong with it
   */
  static PatchOperation of(JsonValue json) {
    if (!(json instanceof JsonObject(Map<String, JsonValue> members))) {
      throw new IllegalArgumentException("an operation is a JSON object");
    }
    String op = text(members, "op");
    return switch (op) {
      case "add" -> new Add(pointer(members, "path"), value(members));
      case "remove" -> new Remove(pointer(members, "path"));
      case "replace" -> new Replace(pointer(members, "path"), value(members));
      case "move" -> new Move(pointer(members, "from"), pointer(members, "path"));
      case "copy" -> new Copy(pointer(members, "from"), pointer(members, "path"));
      case "test" -> new Test(pointer(members, "path"), value(members));
      default ->
          throw new IllegalArgumentException(
              "'op' is add, remove, replace, move, copy or test, not '" + op + "'");
    };
  }

  private static String text(Map<String, JsonValue> members, String name) {
    if (members.get(name) instanceof JsonString(String text)) {
      return text;
    }
    throw new IllegalArgumentException(
        "'" + name + (members.containsKey(name) ? "' is a text" : "' is missing"));
  }

  private static JsonPointer pointer(Map<String, JsonValue> members, String name) {
    String text = text(members, name);
    try {
      return JsonPointer.parse(text);
    } catch (IllegalArgumentException malformed) {
      throw new IllegalArgumentException("'" + name + "': " + malformed.getMessage(), malformed);
    }
  }

  private static JsonValue value(Map<String, JsonValue> members) {
    JsonValue value = members.get("value");
    if (value == null) {
      throw new IllegalArgumentException("'value' is missing");
    }
    return value;
  }

  /** As it stands in a patch. */
  default JsonValue json() {
    Map<String, JsonValue> members = new LinkedHashMap<>();
    members.put("op", new JsonString(op()));
    switch (this) {
      case Add(JsonPointer path, JsonValue value) -> members.put("value", value);
      case Remove(JsonPointer path) -> {}
      case Replace(JsonPointer path, JsonValue value) -> members.put("value", value);
      case Move(JsonPointer from, JsonPointer path) ->
          members.put("from", new JsonString(from.toString()));
      case Copy(JsonPointer from, JsonPointer path) ->
          members.put("from", new JsonString(from.toString()));
      case Test(JsonPointer path, JsonValue value) -> members.put("value", value);
    }
    members.put("path", new JsonString(path().toString()));
    return new JsonObject(members);
  }
}
