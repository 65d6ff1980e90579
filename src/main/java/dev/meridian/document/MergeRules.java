package dev.meridian.document;

import dev.meridian.document.JsonValue.JsonArray;
import dev.meridian.document.JsonValue.JsonNumber;
import dev.meridian.document.JsonValue.JsonObject;
import dev.meridian.document.JsonValue.JsonString;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the rules of a merge make of one place. Each gives nothing where it does not fit the values;
 * then the highest version decides.
 *
 * @param merge for what stands inside items
 * @param at the place
 */
record MergeRules(ThreeWayMerge merge, JsonPointer at, MergeRule rule) {

  /** Sums of longer numbers than this are not made. */
  private static final int MAX_DIGITS = 400;

  /** The highest or lowest of numbers or of texts. */
  static Optional<JsonValue> extreme(List<ThreeWayMerge.Version> changed, boolean highest) {
    List<JsonValue> values = values(changed);
    Comparator<JsonValue> order;
    if (values.stream().allMatch(value -> decimal(value).isPresent())) {
      order = Comparator.comparing(value -> decimal(value).orElseThrow());
    } else if (values.stream().allMatch(JsonString.class::isInstance)) {
      order = (a, b) -> compareCodePoints(((JsonString) a).value(), ((JsonString) b).value());
    } else {
      return Optional.empty();
    }
    // Equal numbers of other spelling: the one of the highest version, which comes last.
    return values.reversed().stream().max(highest ? order : order.reversed());
  }

  private static int compareCodePoints(String a, String b) {
    int[] left = a.codePoints().toArray();
    int[] right = b.codePoints().toArray();
    return java.util.Arrays.compare(left, right);
  }

  /** The base and all that was added to it. */
  static Optional<JsonValue> sum(Optional<JsonValue> base, List<ThreeWayMerge.Version> changed) {
    BigDecimal start = base.flatMap(MergeRules::summand).orElse(BigDecimal.ZERO);
    BigDecimal sum = start;
    for (JsonValue value : values(changed)) {
      Optional<BigDecimal> number = summand(value);
      if (number.isEmpty()) {
        return Optional.empty();
      }
      sum = sum.add(number.get().subtract(start));
    }
    return Optional.of(new JsonNumber(sum.toPlainString()));
  }

  private static Optional<BigDecimal> summand(JsonValue value) {
    return decimal(value)
        .filter(
            number ->
                number.precision() <= MAX_DIGITS && Math.abs((long) number.scale()) <= MAX_DIGITS);
  }

  private static Optional<BigDecimal> decimal(JsonValue value) {
    if (!(value instanceof JsonNumber(String text))) {
      return Optional.empty();
    }
    try {
      return Optional.of(new BigDecimal(text));
    } catch (NumberFormatException beyondBigDecimal) {
      return Optional.empty();
    }
  }

  /** The old array, and what each put behind it. */
  static Optional<JsonValue> append(Optional<JsonValue> base, List<ThreeWayMerge.Version> changed) {
    List<JsonValue> start = base.map(MergeRules::items).orElse(List.of());
    List<JsonValue> result = new ArrayList<>(start);
    for (JsonValue value : values(changed)) {
      if (!(value instanceof JsonArray array) || !startsWith(array.items(), start)) {
        return Optional.empty();
      }
      result.addAll(array.items().subList(start.size(), array.items().size()));
    }
    return Optional.of(new JsonArray(result));
  }

  private static boolean startsWith(List<JsonValue> items, List<JsonValue> start) {
    return items.size() >= start.size()
        && JsonValue.same(new JsonArray(items.subList(0, start.size())), new JsonArray(start));
  }

  /** All items, without those of the base that some version took away. */
  Optional<JsonValue> union(Optional<JsonValue> base, List<ThreeWayMerge.Version> changed) {
    if (!values(changed).stream().allMatch(JsonArray.class::isInstance)) {
      return Optional.empty();
    }
    Map<String, JsonValue> old = byIdentity(base.map(MergeRules::items).orElse(List.of()));
    List<Map<String, JsonValue>> versions = new ArrayList<>();
    Set<String> identities = new LinkedHashSet<>(old.keySet());
    for (JsonValue value : values(changed)) {
      Map<String, JsonValue> items = byIdentity(items(value));
      versions.add(items);
      identities.addAll(items.keySet());
    }
    List<JsonValue> result = new ArrayList<>();
    for (String identity : identities) {
      List<ThreeWayMerge.Version> of = new ArrayList<>();
      for (int i = 0; i < versions.size(); i++) {
        of.add(
            new ThreeWayMerge.Version(
                changed.get(i).id(), Optional.ofNullable(versions.get(i).get(identity))));
      }
      merge.value(at.child("*"), Optional.ofNullable(old.get(identity)), of).ifPresent(result::add);
    }
    return Optional.of(new JsonArray(result));
  }

  /** Of several items that are the same the last one. */
  private Map<String, JsonValue> byIdentity(List<JsonValue> items) {
    Map<String, JsonValue> byIdentity = new LinkedHashMap<>();
    items.forEach(item -> byIdentity.put(identity(item), item));
    return byIdentity;
  }

  /** By its key, if it has one, else by all it is. */
  private String identity(JsonValue item) {
    JsonValue key =
        !rule.key().isEmpty() && item instanceof JsonObject(Map<String, JsonValue> members)
            ? members.get(rule.key())
            : null;
    return key == null ? "=" + normal(item).canonical() : "#" + normal(key).canonical();
  }

  /** With numbers that are the same spelled the same. */
  private static JsonValue normal(JsonValue value) {
    return switch (value) {
      case JsonNumber number ->
          decimal(number)
              .<JsonValue>map(each -> new JsonNumber(each.stripTrailingZeros().toString()))
              .orElse(number);
      case JsonArray(List<JsonValue> items) ->
          new JsonArray(items.stream().map(MergeRules::normal).toList());
      case JsonObject(Map<String, JsonValue> members) -> {
        Map<String, JsonValue> normal = new LinkedHashMap<>();
        members.forEach((name, member) -> normal.put(name, normal(member)));
        yield new JsonObject(normal);
      }
      case JsonString text -> text;
      case JsonValue.JsonLiteral literal -> literal;
    };
  }

  private static List<JsonValue> items(JsonValue value) {
    return value instanceof JsonArray(List<JsonValue> items) ? items : List.of();
  }

  private static List<JsonValue> values(List<ThreeWayMerge.Version> changed) {
    return changed.stream().map(version -> version.value().orElseThrow()).toList();
  }
}
