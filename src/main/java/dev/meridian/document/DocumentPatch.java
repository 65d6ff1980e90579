package dev.meridian.document;

import dev.meridian.document.JsonValue.JsonObject;
import java.util.Optional;

/** A change of parts of a document. Pure: the same document gives the same result. */
public sealed interface DocumentPatch permits MergePatch, JsonPatch {

  /** The languages in which a patch is written. */
  enum Kind {
    MERGE_PATCH("merge-patch", "application/merge-patch+json"),
    JSON_PATCH("json-patch", "application/json-patch+json");

    private final String text;
    private final String mediaType;

    Kind(String text, String mediaType) {
      this.text = text;
      this.mediaType = mediaType;
    }

    /** The short name, as bulk lines have it. */
    public String text() {
      return text;
    }

    public String mediaType() {
      return mediaType;
    }

    public static Optional<Kind> named(String text) {
      return java.util.Arrays.stream(values()).filter(kind -> kind.text.equals(text)).findFirst();
    }
  }

  Kind kind();

  /** The patch as JSON: {@link #of} makes the same patch of it. */
  JsonValue json();

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
    JsonValue changed = applyTo(JsonValue.parse(document), limits);
    if (!(changed instanceof JsonObject)) {
      throw new StoreFailure.CallerMistake(
          FailureCode.INVALID_JSON, "a document is a JSON object, and would not be one afterwards");
    }
    return JsonDocument.compact(changed.toBytes(), limits);
  }

  /**
   * Reads a patch.
   *
   * @throws StoreFailure.CallerMistake {@code invalid-json}
   */
  static DocumentPatch of(Kind kind, JsonValue json) {
    return switch (kind) {
      case MERGE_PATCH -> MergePatch.of(json);
      case JSON_PATCH -> JsonPatch.of(json);
    };
  }

  /** The same for bytes as a client sent them. */
  static DocumentPatch parse(Kind kind, Bytes raw) {
    JsonDocument.checkText(raw);
    return of(kind, JsonValue.parse(raw));
  }
}
