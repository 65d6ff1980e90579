package dev.meridian.document;

import dev.meridian.document.JsonValue.JsonArray;
import dev.meridian.document.JsonValue.JsonLiteral;
import dev.meridian.document.JsonValue.JsonNumber;
import dev.meridian.document.JsonValue.JsonObject;
import dev.meridian.document.JsonValue.JsonString;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A document while the operations of a {@link JsonPatch} change it. Objects and arrays are opened
 * for change when an operation first goes through them; the rest is shared with the document. So
 * many operations on a large object cost what one does.
 *
 * <p>Copies are all that makes more of a document than the patch and the document have: what they
 * write is bounded. For one thread.
 */
final class JsonDraft {

  /** Why an operation cannot be done on this document. */
  static final class Misfit extends Exception {
    private static final long serialVersionUID = 1L;

    Misfit(String why) {
      super(why, null, false, false);
    }
  }

  private sealed interface Node {}

  /** Not opened: as it was in the document or in the patch. */
  private record Whole(JsonValue value) implements Node {}

  private record OpenObject(Map<String, Node> members) implements Node {}

  private record OpenArray(List<Node> items) implements Node {}

  private final int maxCopied;
  private long copied;
  private Node root;

  /**
   * @param maxCopied characters that copies may write in all
   */
  JsonDraft(JsonValue document, int maxCopied) {
    this.root = new Whole(document);
    this.maxCopied = maxCopied;
  }

  /** What it has become. */
  JsonValue value() {
    return value(root);
  }

  void add(JsonPointer path, JsonValue value) throws Misfit {
    add(path, new Whole(value));
  }

  private void add(JsonPointer path, Node value) throws Misfit {
    if (path.isRoot()) {
      root = value;
      return;
    }
    switch (parent(path)) {
      case OpenObject(Map<String, Node> members) -> members.put(path.last(), value);
      case OpenArray(List<Node> items) -> {
        int at = path.last().equals("-") ? items.size() : JsonPointer.position(path.last());
        if (at < 0 || at > items.size()) {
          throw new Misfit("the array has " + items.size() + " items, and no place for this one");
        }
        items.add(at, value);
      }
      case Whole scalar -> throw new Misfit("what is to hold it is no object and no array");
    }
  }

  Node remove(JsonPointer path) throws Misfit {
    if (path.isRoot()) {
      Node before = root;
      root = new Whole(JsonValue.NULL);
      return before;
    }
    Node parent = parent(path);
    Node removed = child(parent, path.last()).orElseThrow(() -> nothingAt(path));
    switch (parent) {
      case OpenObject(Map<String, Node> members) -> members.remove(path.last());
      case OpenArray(List<Node> items) -> items.remove(JsonPointer.position(path.last()));
      case Whole scalar -> throw nothingAt(path);
    }
    return removed;
  }

  void replace(JsonPointer path, JsonValue value) throws Misfit {
    if (path.isRoot()) {
      root = new Whole(value);
      return;
    }
    Node parent = parent(path);
    if (child(parent, path.last()).isEmpty()) {
      throw nothingAt(path);
    }
    set(parent, path.last(), new Whole(value));
  }

  void move(JsonPointer from, JsonPointer path) throws Misfit {
    if (from.equals(path)) {
      find(from);
    } else {
      add(path, remove(from));
    }
  }

  void copy(JsonPointer from, JsonPointer path) throws Misfit {
    Node source = find(from);
    charge(source);
    add(path, new Whole(value(source)));
  }

  void test(JsonPointer path, JsonValue value) throws Misfit {
    if (!same(find(path), value)) {
      throw new Misfit("the value there is another one");
    }
  }

  private static Misfit nothingAt(JsonPointer path) {
    return new Misfit("there is nothing at '" + path + "'");
  }

  private Node find(JsonPointer path) throws Misfit {
    Node at = root;
    for (String token : path.tokens()) {
      at = child(at, token).orElseThrow(() -> nothingAt(path));
    }
    return at;
  }

  /** What holds the place, opened; a scalar as it is. */
  private Node parent(JsonPointer path) throws Misfit {
    root = open(root);
    Node at = root;
    for (String token : path.parent().tokens()) {
      Node child = child(at, token).orElseThrow(() -> nothingAt(path.parent()));
      Node opened = open(child);
      if (opened != child) {
        set(at, token, opened);
      }
      at = opened;
    }
    return at;
  }

  private static Optional<Node> child(Node node, String token) {
    return switch (node) {
      case OpenObject(Map<String, Node> members) -> Optional.ofNullable(members.get(token));
      case OpenArray(List<Node> items) -> {
        int at = JsonPointer.position(token);
        yield at >= 0 && at < items.size() ? Optional.of(items.get(at)) : Optional.empty();
      }
      case Whole(JsonValue value) -> JsonPointer.step(value, token).map(Whole::new);
    };
  }

  /** Of a child that there is. */
  private static void set(Node parent, String token, Node value) {
    switch (parent) {
      case OpenObject(Map<String, Node> members) -> members.put(token, value);
      case OpenArray(List<Node> items) -> items.set(JsonPointer.position(token), value);
      case Whole scalar -> throw new IllegalStateException("a scalar holds nothing");
    }
  }

  private static Node open(Node node) {
    return switch (node) {
      case Whole(JsonObject(Map<String, JsonValue> members)) -> {
        Map<String, Node> open = LinkedHashMap.newLinkedHashMap(members.size());
        members.forEach((name, value) -> open.put(name, new Whole(value)));
        yield new OpenObject(open);
      }
      case Whole(JsonArray(List<JsonValue> items)) -> {
        List<Node> open = new ArrayList<>(items.size());
        items.forEach(item -> open.add(new Whole(item)));
        yield new OpenArray(open);
      }
      case Whole scalar -> scalar;
      case OpenObject open -> open;
      case OpenArray open -> open;
    };
  }

  private static JsonValue value(Node node) {
    return switch (node) {
      case Whole(JsonValue value) -> value;
      case OpenObject(Map<String, Node> members) -> {
        Map<String, JsonValue> values = LinkedHashMap.newLinkedHashMap(members.size());
        members.forEach((name, each) -> values.put(name, value(each)));
        yield new JsonObject(values);
      }
      case OpenArray(List<Node> items) ->
          new JsonArray(items.stream().map(JsonDraft::value).toList());
    };
  }

  private static boolean same(Node node, JsonValue other) {
    return switch (node) {
      case Whole(JsonValue value) -> JsonValue.same(value, other);
      case OpenObject(Map<String, Node> members) ->
          other instanceof JsonObject(Map<String, JsonValue> others)
              && members.keySet().equals(others.keySet())
              && members.entrySet().stream()
                  .allMatch(each -> same(each.getValue(), others.get(each.getKey())));
      case OpenArray(List<Node> items) ->
          other instanceof JsonArray(List<JsonValue> others)
              && items.size() == others.size()
              && java.util.stream.IntStream.range(0, items.size())
                  .allMatch(i -> same(items.get(i), others.get(i)));
    };
  }

  /** Counts what a copy writes; stops as soon as it is too much. */
  private void charge(Node node) {
    switch (node) {
      case Whole(JsonValue value) -> charge(value);
      case OpenObject(Map<String, Node> members) -> {
        charge(2);
        members.forEach(
            (name, each) -> {
              charge(name.length() + 4);
              charge(each);
            });
      }
      case OpenArray(List<Node> items) -> {
        charge(2 + items.size());
        items.forEach(this::charge);
      }
    }
  }

  private void charge(JsonValue value) {
    switch (value) {
      case JsonObject(Map<String, JsonValue> members) -> {
        charge(2);
        members.forEach(
            (name, each) -> {
              charge(name.length() + 4);
              charge(each);
            });
      }
      case JsonArray(List<JsonValue> items) -> {
        charge(2 + items.size());
        items.forEach(this::charge);
      }
      case JsonString(String text) -> charge(text.length() + 2);
      case JsonNumber(String text) -> charge(text.length());
      case JsonLiteral(String text) -> charge(text.length());
    }
  }

  private void charge(int characters) {
    copied += characters;
    if (copied > maxCopied) {
      throw new StoreFailure.CallerMistake(
          FailureCode.DOCUMENT_TOO_LARGE,
          "the copies of a patch write at most as much as a document may have: "
              + maxCopied
              + " bytes");
    }
  }
}
