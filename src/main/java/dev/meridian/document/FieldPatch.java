package dev.meridian.document;

import dev.meridian.crdt.CrdtType;
import dev.meridian.crdt.CrdtTypeMismatchException;
import dev.meridian.crdt.FieldDelta;
import dev.meridian.crdt.FieldKey;
import dev.meridian.crdt.FieldOperation;
import dev.meridian.crdt.IndexOutOfRangeException;
import dev.meridian.document.JsonValue.JsonArray;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Operations on CRDT fields of a document, all or none: {@code
 * [{"path":"/views","type":"pn-counter","op":"increment","by":5}]}. What they mean depends on what
 * the fields hold; what was made of that merges with whatever others do.
 *
 * @param operations at most {@link FieldDelta#MAX_OPERATIONS}
 */
public record FieldPatch(List<FieldPatchOperation> operations) implements DocumentPatch {

  public FieldPatch {
    operations = List.copyOf(operations);
  }

  /**
   * Reads one.
   *
   * @throws StoreFailure.CallerMistake {@code invalid-json} that names the operation
   */
  static FieldPatch of(JsonValue json) {
    if (!(json instanceof JsonArray(List<JsonValue> items))
        || items.isEmpty()
        || items.size() > FieldDelta.MAX_OPERATIONS) {
      throw new StoreFailure.CallerMistake(
          FailureCode.INVALID_JSON,
          "operations on CRDT fields are an array of 1 to " + FieldDelta.MAX_OPERATIONS);
    }
    List<FieldPatchOperation> operations = new ArrayList<>(items.size());
    for (JsonValue item : items) {
      try {
        operations.add(FieldPatchOperation.of(item));
      } catch (IllegalArgumentException wrong) {
        throw new StoreFailure.CallerMistake(
            FailureCode.INVALID_JSON, "operation " + operations.size() + ": " + wrong.getMessage());
      }
    }
    return new FieldPatch(operations);
  }

  @Override
  public Kind kind() {
    return Kind.CRDT;
  }

  @Override
  public JsonValue json() {
    return new JsonArray(operations.stream().<JsonValue>map(FieldPatchOperation::json).toList());
  }

  /**
   * What the operations do to a document, in a form that has the same effect everywhere.
   *
   * @param incarnation of fields that are made now
   * @throws StoreFailure.CallerMistake {@code crdt-type-mismatch} when one does not fit
   */
  public Bytes delta(FieldedBody body, String incarnation) {
    Map<JsonPointer, FieldKey> made = new HashMap<>();
    List<FieldOperation> translated = new ArrayList<>();
    int index = 0;
    try {
      for (FieldPatchOperation operation : operations) {
        FieldKey known = made.get(operation.path());
        CrdtType type = operation.type();
        FieldKey key = known != null ? known : body.fieldOrNew(operation.path(), type, incarnation);
        if (key.type() != type) {
          throw FieldedBody.mismatch(operation.path(), "is a " + key.type().text());
        }
        made.put(operation.path(), key);
        translated.add(operation.on(key, body.isList(key)));
        index++;
      }
      return new Bytes(body.translate(translated).encode());
    } catch (StoreFailure wrong) {
      throw mismatch("operation " + index + ": " + wrong.getMessage());
    } catch (CrdtTypeMismatchException | IndexOutOfRangeException wrong) {
      throw mismatch(wrong.getMessage());
    }
  }

  private static StoreFailure mismatch(String what) {
    return new StoreFailure.CallerMistake(
        FailureCode.CRDT_TYPE_MISMATCH, what + "; nothing was changed");
  }
}
