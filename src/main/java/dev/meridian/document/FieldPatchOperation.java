package dev.meridian.document;

import dev.meridian.crdt.CrdtType;
import dev.meridian.crdt.FieldKey;
import dev.meridian.crdt.FieldOperation;
import dev.meridian.crdt.FieldOperation.Position;
import dev.meridian.document.JsonValue.JsonArray;
import dev.meridian.document.JsonValue.JsonNumber;
import dev.meridian.document.JsonValue.JsonObject;
import dev.meridian.document.JsonValue.JsonString;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One operation of a {@link FieldPatch}, as a client wrote it.
 *
 * @param op increment, decrement, add, remove, set, insert or delete
 * @param json all of it, checked
 */
public record FieldPatchOperation(JsonPointer path, CrdtType type, String op, JsonObject json) {

  private static final Map<String, Set<String>> MEMBERS =
      Map.of(
          "increment", Set.of("by"),
          "decrement", Set.of("by"),
          "add", Set.of("value"),
          "remove", Set.of("value"),
          "set", Set.of("value"),
          "insert", Set.of("at", "after", "value", "values"),
          "delete", Set.of("at", "element", "count"));

  private static final Set<String> COMMON = Set.of("path", "type", "op");

  /** Anything else is an {@link IllegalArgumentException} that says what is wrong. */
  static FieldPatchOperation of(JsonValue json) {
    if (!(json instanceof JsonObject object)) {
      throw new IllegalArgumentException("it is no object");
    }
    String op = text(object, "op");
    Set<String> members = MEMBERS.get(op);
    if (members == null) {
      throw new IllegalArgumentException(
          "'op' is increment, decrement, add, remove, set, insert or delete");
    }
    for (String name : object.members().keySet()) {
      if (!COMMON.contains(name) && !members.contains(name)) {
        throw new IllegalArgumentException("'" + op + "' has no '" + name + "'");
      }
    }
    CrdtType type =
        CrdtType.of(text(object, "type"))
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "'type' is g-counter, pn-counter, g-set, or-set, lww-register, mv-register"
                            + " or rga"));
    FieldPatchOperation operation =
        new FieldPatchOperation(JsonPointer.parse(text(object, "path")), type, op, object);
    operation.on(new FieldKey("", type, ""), false); // what is missing or malformed is found now
    return operation;
  }

  private static String text(JsonObject object, String name) {
    if (object.members().get(name) instanceof JsonString(String text)) {
      return text;
    }
    throw new IllegalArgumentException("'" + name + "' is a text");
  }

  /**
   * What is to be done to a field.
   *
   * @param list the field is a list: a text is one item, and not its characters
   */
  FieldOperation on(FieldKey key, boolean list) {
    return switch (op) {
      case "increment" -> new FieldOperation.Increment(key, by());
      case "decrement" -> new FieldOperation.Decrement(key, by());
      case "add" -> new FieldOperation.Add(key, value().canonical());
      case "remove" -> new FieldOperation.Remove(key, value().canonical());
      case "set" -> new FieldOperation.Assign(key, value().text());
      case "insert" -> insert(key, list);
      default -> new FieldOperation.Delete(key, place("element"), count());
    };
  }

  private FieldOperation insert(FieldKey key, boolean list) {
    Position at = place("after");
    JsonValue values = json.members().get("values");
    if (values != null) {
      if (!(values instanceof JsonArray(List<JsonValue> items))
          || items.isEmpty()
          || json.members().containsKey("value")) {
        throw new IllegalArgumentException("'values' is an array of items, instead of 'value'");
      }
      return new FieldOperation.InsertItems(key, at, items.stream().map(JsonValue::text).toList());
    }
    JsonValue value = value();
    if (value instanceof JsonString(String text) && !list) {
      if (text.isEmpty()) {
        throw new IllegalArgumentException("'value' is empty");
      }
      return new FieldOperation.InsertText(key, at, text);
    }
    return new FieldOperation.InsertItems(key, at, List.of(value.text()));
  }

  private JsonValue value() {
    JsonValue value = json.members().get("value");
    if (value == null) {
      throw new IllegalArgumentException("'" + op + "' needs a 'value'");
    }
    return value;
  }

  private long by() {
    return number("by").orElse(1L);
  }

  private int count() {
    return Math.toIntExact(Math.min(number("count").orElse(1L), Integer.MAX_VALUE));
  }

  /**
   * @param element the member that names an element instead of a position
   */
  private Position place(String element) {
    Optional<Long> at = number("at");
    boolean named = json.members().containsKey(element);
    if (at.isPresent() == named) {
      throw new IllegalArgumentException("'" + op + "' needs either 'at' or '" + element + "'");
    }
    return named
        ? new Position.After(text(json, element))
        : new Position.Index((int) Math.min(at.get(), Integer.MAX_VALUE));
  }

  private Optional<Long> number(String name) {
    JsonValue value = json.members().get(name);
    if (value == null) {
      return Optional.empty();
    }
    if (value instanceof JsonNumber(String text) && text.matches("\\d{1,19}")) {
      try {
        return Optional.of(Long.parseLong(text));
      } catch (NumberFormatException beyond) {
        // said below
      }
    }
    throw new IllegalArgumentException(
        "'" + name + "' is a whole number from 0 to " + Long.MAX_VALUE);
  }
}
