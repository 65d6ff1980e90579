package dev.meridian.document;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * JSON as a tree, for those who change or compare parts of documents. Members keep their order and
 * numbers their text, so what is not touched is written as it was read; of strings only the
 * characters are kept, not how they were escaped.
 *
 * <p>Immutable. {@code equals} compares texts of numbers and ignores the order of members; {@link
 * #same} compares numbers by value.
 */
public sealed interface JsonValue {

  JsonValue NULL = new JsonLiteral("null");
  JsonValue TRUE = new JsonLiteral("true");
  JsonValue FALSE = new JsonLiteral("false");

  /** Members in the order they were written. */
  record JsonObject(Map<String, JsonValue> members) implements JsonValue {
    public static final JsonObject EMPTY = new JsonObject(Map.of());

    public JsonObject {
      members = Collections.unmodifiableMap(new LinkedHashMap<>(members));
    }

    /** With one member more, or another value in its place. */
    public JsonObject with(String name, JsonValue value) {
      Map<String, JsonValue> changed = new LinkedHashMap<>(members);
      changed.put(name, value);
      return new JsonObject(changed);
    }

    public JsonObject without(String name) {
      Map<String, JsonValue> changed = new LinkedHashMap<>(members);
      changed.remove(name);
      return new JsonObject(changed);
    }
  }

  record JsonArray(List<JsonValue> items) implements JsonValue {
    public JsonArray {
      items = List.copyOf(items);
    }
  }

  /** The characters, unescaped. */
  record JsonString(String value) implements JsonValue {}

  /**
   * @param text as it was written
   */
  record JsonNumber(String text) implements JsonValue {}

  /** {@code true}, {@code false} or {@code null}. */
  record JsonLiteral(String text) implements JsonValue {}

  /**
   * Reads JSON of any kind.
   *
   * @throws StoreFailure.CallerMistake {@code invalid-json}
   */
  static JsonValue parse(Bytes json) {
    try (JsonParser parser =
        JsonDocument.json().createParser(json.array(), json.offset(), json.length())) {
      parser.nextToken();
      JsonValue value = read(parser);
      if (parser.nextToken() != null) {
        throw JsonDocument.invalid("nothing may follow the value", parser.currentTokenLocation());
      }
      return value;
    } catch (com.fasterxml.jackson.core.JsonProcessingException malformed) {
      throw JsonDocument.malformed(malformed);
    } catch (IOException impossible) {
      throw new StoreFailure.Fault(
          FailureCode.INTERNAL_ERROR, "bytes in memory could not be read", impossible);
    }
  }

  static JsonValue parse(String json) {
    return parse(Bytes.utf8(json));
  }

  /** Reads the value whose first token the parser stands on; it stands on the last one after. */
  static JsonValue read(JsonParser parser) throws IOException {
    JsonToken token = parser.currentToken();
    return switch (token) {
      case START_OBJECT -> object(parser);
      case START_ARRAY -> array(parser);
      case VALUE_STRING -> new JsonString(parser.getText());
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new JsonNumber(parser.getText());
      case VALUE_TRUE -> TRUE;
      case VALUE_FALSE -> FALSE;
      case VALUE_NULL -> NULL;
      case null, default ->
          throw JsonDocument.invalid("a JSON value is missing", parser.currentTokenLocation());
    };
  }

  private static JsonValue object(JsonParser parser) throws IOException {
    Map<String, JsonValue> members = new LinkedHashMap<>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      parser.nextToken();
      members.put(name, read(parser));
    }
    return new JsonObject(members);
  }

  private static JsonValue array(JsonParser parser) throws IOException {
    List<JsonValue> items = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      items.add(read(parser));
    }
    return new JsonArray(items);
  }

  /** Without white space. */
  default Bytes toBytes() {
    return Bytes.utf8(text());
  }

  /** Without white space. */
  default String text() {
    StringBuilder out = new StringBuilder();
    write(this, out, false);
    return out.toString();
  }

  /** Members sorted by name at every depth: equal values have equal texts. */
  default String canonical() {
    StringBuilder out = new StringBuilder();
    write(this, out, true);
    return out.toString();
  }

  private static void write(JsonValue value, StringBuilder out, boolean sorted) {
    switch (value) {
      case JsonObject(Map<String, JsonValue> members) -> {
        char before = '{';
        for (Map.Entry<String, JsonValue> member :
            (sorted ? new TreeMap<>(members) : members).entrySet()) {
          out.append(before);
          quote(member.getKey(), out);
          out.append(':');
          write(member.getValue(), out, sorted);
          before = ',';
        }
        out.append(members.isEmpty() ? "{}" : "}");
      }
      case JsonArray(List<JsonValue> items) -> {
        char before = '[';
        for (JsonValue item : items) {
          out.append(before);
          write(item, out, sorted);
          before = ',';
        }
        out.append(items.isEmpty() ? "[]" : "]");
      }
      case JsonString(String text) -> quote(text, out);
      case JsonNumber(String text) -> out.append(text);
      case JsonLiteral(String text) -> out.append(text);
    }
  }

  private static void quote(String text, StringBuilder out) {
    out.append('"');
    int start = out.length();
    JsonStringEncoder.getInstance().quoteAsString(text, out);
    escapeLoneSurrogates(out, start);
    out.append('"');
  }

  /** JSON may escape half a character; UTF-8 has no bytes for it. */
  private static void escapeLoneSurrogates(StringBuilder out, int start) {
    for (int i = start; i < out.length(); i++) {
      char each = out.charAt(i);
      if (!Character.isSurrogate(each)) {
        continue;
      }
      boolean paired =
          Character.isHighSurrogate(each)
              && i + 1 < out.length()
              && Character.isLowSurrogate(out.charAt(i + 1));
      if (paired) {
        i++;
      } else {
        out.replace(i, i + 1, String.format("\\u%04x", (int) each));
        i += 5;
      }
    }
  }

  /** Equal as RFC 6902, section 4.6 has it: numbers by value, members in any order. */
  static boolean same(JsonValue a, JsonValue b) {
    return switch (a) {
      case JsonObject(Map<String, JsonValue> members) ->
          b instanceof JsonObject(Map<String, JsonValue> others)
              && members.keySet().equals(others.keySet())
              && members.entrySet().stream()
                  .allMatch(each -> same(each.getValue(), others.get(each.getKey())));
      case JsonArray(List<JsonValue> items) -> b instanceof JsonArray other && same(items, other);
      case JsonNumber(String text) ->
          b instanceof JsonNumber(String other)
              && (text.equals(other) || JsonDecimal.of(text).equals(JsonDecimal.of(other)));
      case JsonString text -> a.equals(b);
      case JsonLiteral text -> a.equals(b);
    };
  }

  private static boolean same(List<JsonValue> items, JsonArray other) {
    if (items.size() != other.items().size()) {
      return false;
    }
    for (int i = 0; i < items.size(); i++) {
      if (!same(items.get(i), other.items().get(i))) {
        return false;
      }
    }
    return true;
  }
}
