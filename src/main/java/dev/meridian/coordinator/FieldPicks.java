package dev.meridian.coordinator;

import dev.meridian.document.FailureCode;
import dev.meridian.document.JsonPointer;
import dev.meridian.document.JsonValue;
import dev.meridian.document.JsonValue.JsonArray;
import dev.meridian.document.JsonValue.JsonObject;
import dev.meridian.document.StoreFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Puts values of one version into places of another. */
final class FieldPicks {

  private FieldPicks() {}

  /**
   * @param value empty to remove what is there
   */
  static JsonValue put(JsonValue root, JsonPointer at, Optional<JsonValue> value) {
    if (at.isRoot()) {
      return value.orElse(JsonObject.EMPTY);
    }
    return put(root, at, 0, value);
  }

  private static JsonValue put(
      JsonValue inside, JsonPointer at, int depth, Optional<JsonValue> value) {
    String token = at.tokens().get(depth);
    boolean last = depth == at.tokens().size() - 1;
    return switch (inside) {
      case JsonObject object -> {
        Optional<JsonValue> next = Optional.ofNullable(object.members().get(token));
        if (next.isEmpty() && value.isEmpty()) {
          yield object;
        }
        if (last) {
          yield value.map(each -> object.with(token, each)).orElseGet(() -> object.without(token));
        }
        yield object.with(token, put(next.orElse(JsonObject.EMPTY), at, depth + 1, value));
      }
      case JsonArray array -> item(array, at, depth, value);
      case JsonValue.JsonString text -> nowhere(at, value, text);
      case JsonValue.JsonNumber number -> nowhere(at, value, number);
      case JsonValue.JsonLiteral literal -> nowhere(at, value, literal);
    };
  }

  private static JsonValue item(
      JsonArray array, JsonPointer at, int depth, Optional<JsonValue> value) {
    int position = JsonPointer.position(at.tokens().get(depth));
    List<JsonValue> items = new ArrayList<>(array.items());
    boolean last = depth == at.tokens().size() - 1;
    if (position < 0 || position >= items.size()) {
      if (last && position == items.size() && value.isPresent()) {
        items.add(value.get());
        return new JsonArray(items);
      }
      return nowhere(at, value, array);
    }
    if (last && value.isEmpty()) {
      items.remove(position);
    } else {
      items.set(
          position, last ? value.orElseThrow() : put(items.get(position), at, depth + 1, value));
    }
    return new JsonArray(items);
  }

  /** There is nothing to remove; but a value has to go somewhere. */
  private static JsonValue nowhere(JsonPointer at, Optional<JsonValue> value, JsonValue there) {
    if (value.isEmpty()) {
      return there;
    }
    throw new StoreFailure.CallerMistake(
        FailureCode.INVALID_REQUEST,
        "the document has no place '" + at + "': what it would be in is no object, or too short");
  }
}
