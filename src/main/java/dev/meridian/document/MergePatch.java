package dev.meridian.document;

import dev.meridian.document.JsonValue.JsonObject;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A patch that looks like the document (RFC 7396): what it has replaces what is there, objects
 * member by member; null takes away. It always fits.
 *
 * @param patch an object, since of anything else no document would be left
 */
public record MergePatch(JsonObject patch) implements BodyPatch {

  static MergePatch of(JsonValue json) {
    if (json instanceof JsonObject patch) {
      return new MergePatch(patch);
    }
    throw new StoreFailure.CallerMistake(
        FailureCode.INVALID_JSON,
        "a merge patch of a document is a JSON object: anything else would replace it as a whole");
  }

  /**
   * What makes one document of another; empty when a member would become null, which a merge patch
   * cannot say.
   */
  public static Optional<MergePatch> between(JsonObject from, JsonObject to) {
    MergePatch patch = new MergePatch(difference(from, to));
    return merge(from, patch.patch()).equals(to) ? Optional.of(patch) : Optional.empty();
  }

  private static JsonObject difference(JsonObject from, JsonObject to) {
    Map<String, JsonValue> changes = new LinkedHashMap<>();
    from.members().keySet().stream()
        .filter(name -> !to.members().containsKey(name))
        .forEach(name -> changes.put(name, JsonValue.NULL));
    to.members()
        .forEach(
            (name, value) -> {
              JsonValue before = from.members().get(name);
              if (!value.equals(before)) {
                changes.put(
                    name,
                    before instanceof JsonObject was && value instanceof JsonObject is
                        ? difference(was, is)
                        : value);
              }
            });
    return new JsonObject(changes);
  }

  @Override
  public Kind kind() {
    return Kind.MERGE_PATCH;
  }

  @Override
  public JsonValue json() {
    return patch;
  }

  @Override
  public JsonValue applyTo(JsonValue document, JsonLimits limits) {
    return merge(document, patch);
  }

  /** RFC 7396, section 2. What stays keeps its place; what is new follows. */
  static JsonValue merge(JsonValue target, JsonValue patch) {
    if (!(patch instanceof JsonObject(Map<String, JsonValue> changes))) {
      return patch;
    }
    Map<String, JsonValue> merged =
        target instanceof JsonObject(Map<String, JsonValue> members)
            ? new LinkedHashMap<>(members)
            : new LinkedHashMap<>();
    changes.forEach(
        (name, change) -> {
          if (change.equals(JsonValue.NULL)) {
            merged.remove(name);
          } else {
            merged.put(name, merge(merged.getOrDefault(name, JsonValue.NULL), change));
          }
        });
    return new JsonObject(merged);
  }
}
