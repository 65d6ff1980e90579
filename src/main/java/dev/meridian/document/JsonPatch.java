package dev.meridian.document;

import dev.meridian.document.JsonValue.JsonArray;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A patch that is a list of operations (RFC 6902), done in order, all or none. A {@code test} that
 * fails and a place that does not exist are the same to whoever reads first and patches then: the
 * document is not what they took it for. Both are {@code patch-test-failed}.
 *
 * @param operations at most {@link #MAX_OPERATIONS}
 */
public record JsonPatch(List<PatchOperation> operations) implements BodyPatch {

  public static final int MAX_OPERATIONS = 1000;

  /** Of what a client sent, so much is told back. */
  private static final int MAX_TOLD = 200;

  public JsonPatch {
    operations = List.copyOf(operations);
    if (operations.size() > MAX_OPERATIONS) {
      throw new IllegalArgumentException("a JSON patch has at most " + MAX_OPERATIONS);
    }
  }

  static JsonPatch of(JsonValue json) {
    if (!(json instanceof JsonArray(List<JsonValue> items))) {
      throw invalid("a JSON patch is an array of operations");
    }
    if (items.size() > MAX_OPERATIONS) {
      throw invalid(
          "a JSON patch has at most " + MAX_OPERATIONS + " operations; it has " + items.size());
    }
    List<PatchOperation> operations = new ArrayList<>(items.size());
    for (JsonValue item : items) {
      try {
        operations.add(PatchOperation.of(item));
      } catch (IllegalArgumentException wrong) {
        throw invalid("operation " + operations.size() + ": " + told(wrong.getMessage()));
      }
    }
    return new JsonPatch(operations);
  }

  private static StoreFailure invalid(String why) {
    return new StoreFailure.CallerMistake(FailureCode.INVALID_JSON, why);
  }

  @Override
  public Kind kind() {
    return Kind.JSON_PATCH;
  }

  @Override
  public JsonValue json() {
    return new JsonArray(operations.stream().map(PatchOperation::json).toList());
  }

  @Override
  public JsonValue applyTo(JsonValue document, JsonLimits limits) {
    JsonDraft draft = new JsonDraft(document, limits.maxBytes());
    int index = 0;
    for (PatchOperation operation : operations) {
      try {
        apply(operation, draft);
      } catch (JsonDraft.Misfit misfit) {
        throw failed(index, operation, misfit);
      }
      index++;
    }
    return draft.value();
  }

  private static void apply(PatchOperation operation, JsonDraft draft) throws JsonDraft.Misfit {
    switch (operation) {
      case PatchOperation.Add(JsonPointer path, JsonValue value) -> draft.add(path, value);
      case PatchOperation.Remove(JsonPointer path) -> draft.remove(path);
      case PatchOperation.Replace(JsonPointer path, JsonValue value) -> draft.replace(path, value);
      case PatchOperation.Move(JsonPointer from, JsonPointer path) -> draft.move(from, path);
      case PatchOperation.Copy(JsonPointer from, JsonPointer path) -> draft.copy(from, path);
      case PatchOperation.Test(JsonPointer path, JsonValue value) -> draft.test(path, value);
    }
  }

  private static StoreFailure failed(int index, PatchOperation operation, JsonDraft.Misfit misfit) {
    return new StoreFailure.CallerMistake(
        FailureCode.PATCH_TEST_FAILED,
        "operation "
            + index
            + " ("
            + operation.op()
            + " '"
            + told(operation.path().toString())
            + "'): "
            + told(misfit.getMessage())
            + "; nothing was changed",
        Map.of("operation", index));
  }

  private static String told(String text) {
    return text.length() <= MAX_TOLD ? text : text.substring(0, MAX_TOLD) + "…";
  }
}
