package dev.meridian.document;

import dev.meridian.document.JsonValue.JsonObject;

/** A patch of a document's body. Pure: the same document gives the same result. */
public sealed interface BodyPatch extends DocumentPatch permits MergePatch, JsonPatch {

  /**
   * What becomes of a document. May make more of it than a document may be, within a small multiple
   * of {@code limits}.
   *
   * @throws StoreFailure.CallerMistake when the patch does not fit the document
   */
  JsonValue applyTo(JsonValue document, JsonLimits limits);

  /**
   * The changed document, as compact JSON within the limits. Numbers and the order of members stay
   * as they are where the patch says nothing.
   *
   * @param document checked JSON
   * @throws StoreFailure.CallerMistake {@code patch-test-failed} when the patch does not fit the
   *     document; {@code document-too-large} or {@code invalid-json} when the result is none
   */
  default Bytes apply(Bytes document, JsonLimits limits) {
    return apply(JsonValue.parse(document), limits).toBytes();
  }

  /** The same for a document that was read already. */
  default JsonObject apply(JsonValue document, JsonLimits limits) {
    JsonValue changed = applyTo(document, limits);
    if (!(changed instanceof JsonObject object)) {
      throw new StoreFailure.CallerMistake(
          FailureCode.INVALID_JSON, "a document is a JSON object, and would not be one afterwards");
    }
    JsonDocument.compact(changed.toBytes(), limits);
    return object;
  }
}
