package dev.meridian.console;

import dev.meridian.document.JsonPointer;
import dev.meridian.document.JsonValue;
import dev.meridian.document.JsonValue.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What versions of a document say place by place, where they do not all say the same.
 *
 * @param base what they come from, if that is known
 * @param versions in the order in which they are shown
 */
record ThreeWay(Optional<JsonValue> base, List<JsonValue> versions) {

  /** More places than this are not shown one by one. */
  static final int MAX_ROWS = 200;

  /**
   * A place.
   *
   * @param base what was there; empty for nothing
   * @param values what each version has there; empty for nothing
   */
  record Row(JsonPointer at, Optional<JsonValue> base, List<Optional<JsonValue>> values) {

    /** Which version has a value, as far as one does. */
    Optional<Integer> indexOf(Optional<JsonValue> value) {
      for (int i = 0; i < values.size(); i++) {
        if (same(values.get(i), value)) {
          return Optional.of(i);
        }
      }
      return Optional.empty();
    }
  }

  /** At most {@link #MAX_ROWS}, and one more if there are more. */
  List<Row> rows() {
    List<Row> rows = new ArrayList<>();
    if (versions.size() > 1) {
      collect(JsonPointer.ROOT, base, versions.stream().map(Optional::of).toList(), rows);
    }
    return rows;
  }

  private static void collect(
      JsonPointer at, Optional<JsonValue> base, List<Optional<JsonValue>> values, List<Row> rows) {
    if (rows.size() > MAX_ROWS || values.stream().allMatch(each -> same(each, values.getFirst()))) {
      return;
    }
    if (!values.stream().allMatch(ThreeWay::isObject)) {
      rows.add(new Row(at, base, values));
      return;
    }
    Set<String> names = new LinkedHashSet<>();
    base.ifPresent(value -> names.addAll(members(value)));
    values.forEach(value -> names.addAll(members(value.orElseThrow())));
    for (String name : names) {
      collect(
          at.child(name),
          base.flatMap(value -> member(value, name)),
          values.stream().map(value -> member(value.orElseThrow(), name)).toList(),
          rows);
    }
  }

  private static boolean isObject(Optional<JsonValue> value) {
    return value.isPresent() && value.get() instanceof JsonObject;
  }

  private static Set<String> members(JsonValue value) {
    return value instanceof JsonObject object ? object.members().keySet() : Set.of();
  }

  private static Optional<JsonValue> member(JsonValue value, String name) {
    return value instanceof JsonObject object
        ? Optional.ofNullable(object.members().get(name))
        : Optional.empty();
  }

  static boolean same(Optional<JsonValue> a, Optional<JsonValue> b) {
    return a.isEmpty() || b.isEmpty()
        ? a.isEmpty() && b.isEmpty()
        : JsonValue.same(a.get(), b.get());
  }

  /**
   * A document with another value at one place; objects on the way are made where none are.
   *
   * @param value empty to take away what is there
   */
  static JsonValue with(JsonValue document, JsonPointer at, Optional<JsonValue> value) {
    return at.isRoot() ? value.orElse(JsonObject.EMPTY) : with(document, at.tokens(), value);
  }

  private static JsonValue with(JsonValue document, List<String> path, Optional<JsonValue> value) {
    JsonObject object = document instanceof JsonObject is ? is : JsonObject.EMPTY;
    String name = path.getFirst();
    if (path.size() == 1) {
      return value.isPresent() ? object.with(name, value.get()) : object.without(name);
    }
    Optional<JsonValue> inner = Optional.ofNullable(object.members().get(name));
    if (inner.isEmpty() && value.isEmpty()) {
      return object;
    }
    return object.with(
        name, with(inner.orElse(JsonObject.EMPTY), path.subList(1, path.size()), value));
  }
}
