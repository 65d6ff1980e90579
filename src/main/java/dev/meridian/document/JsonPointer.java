package dev.meridian.document;

import dev.meridian.document.JsonValue.JsonArray;
import dev.meridian.document.JsonValue.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A place in a document (RFC 6901). The empty pointer is the whole document.
 *
 * @param tokens names or positions from the root on, unescaped
 */
public record JsonPointer(List<String> tokens) implements Comparable<JsonPointer> {

  public static final JsonPointer ROOT = new JsonPointer(List.of());

  /** No document nests deeper by much. */
  private static final int MAX_TOKENS = 128;

  public JsonPointer {
    tokens = List.copyOf(tokens);
    if (tokens.size() > MAX_TOKENS) {
      throw new IllegalArgumentException("a pointer has at most " + MAX_TOKENS + " parts");
    }
  }

  /** Reads the text form; anything else is an {@link IllegalArgumentException}. */
  public static JsonPointer parse(String text) {
    if (text.isEmpty()) {
      return ROOT;
    }
    if (text.charAt(0) != '/') {
      throw new IllegalArgumentException(
          "a JSON Pointer is empty or starts with '/': '" + text + "'");
    }
    List<String> tokens = new ArrayList<>();
    for (String token : text.substring(1).split("/", -1)) {
      tokens.add(unescape(token, text));
    }
    return new JsonPointer(tokens);
  }

  private static String unescape(String token, String whole) {
    for (int at = token.indexOf('~'); at >= 0; at = token.indexOf('~', at + 1)) {
      char next = at + 1 < token.length() ? token.charAt(at + 1) : ' ';
      if (next != '0' && next != '1') {
        throw new IllegalArgumentException(
            "in a JSON Pointer '~' is followed by 0 or 1: '" + whole + "'");
      }
    }
    return token.replace("~1", "/").replace("~0", "~");
  }

  /** One step deeper. */
  public JsonPointer child(String token) {
    List<String> longer = new ArrayList<>(tokens);
    longer.add(token);
    return new JsonPointer(longer);
  }

  /** One step up; the root has none. */
  public JsonPointer parent() {
    return new JsonPointer(tokens.subList(0, tokens.size() - 1));
  }

  public String last() {
    return tokens.getLast();
  }

  public boolean isRoot() {
    return tokens.isEmpty();
  }

  /** True for the same place and for what contains it. */
  public boolean isPrefixOf(JsonPointer other) {
    return tokens.size() <= other.tokens.size()
        && other.tokens.subList(0, tokens.size()).equals(tokens);
  }

  /** What is there, if anything is. */
  public Optional<JsonValue> in(JsonValue root) {
    JsonValue value = root;
    for (String token : tokens) {
      Optional<JsonValue> next = step(value, token);
      if (next.isEmpty()) {
        return next;
      }
      value = next.get();
    }
    return Optional.of(value);
  }

  static Optional<JsonValue> step(JsonValue value, String token) {
    return switch (value) {
      case JsonObject object -> Optional.ofNullable(object.members().get(token));
      case JsonArray array -> {
        int at = position(token);
        yield at >= 0 && at < array.items().size()
            ? Optional.of(array.items().get(at))
            : Optional.empty();
      }
      case JsonValue.JsonString scalar -> Optional.empty();
      case JsonValue.JsonNumber scalar -> Optional.empty();
      case JsonValue.JsonLiteral scalar -> Optional.empty();
    };
  }

  /** A position in an array: digits without leading zeros; −1 for anything else. */
  public static int position(String token) {
    boolean digits =
        !token.isEmpty()
            && token.length() <= 9
            && token.chars().allMatch(c -> c >= '0' && c <= '9')
            && (token.length() == 1 || token.charAt(0) != '0');
    return digits ? Integer.parseInt(token) : -1;
  }

  @Override
  public int compareTo(JsonPointer other) {
    return toString().compareTo(other.toString());
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (String token : tokens) {
      text.append('/').append(token.replace("~", "~0").replace("/", "~1"));
    }
    return text.toString();
  }
}
