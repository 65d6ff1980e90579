package dev.meridian.document;

import java.util.Optional;

/** A change of parts of a document. */
public sealed interface DocumentPatch permits BodyPatch, FieldPatch {

  /** The languages in which a patch is written. */
  enum Kind {
    MERGE_PATCH("merge-patch", "application/merge-patch+json"),
    JSON_PATCH("json-patch", "application/json-patch+json"),
    /** Operations on CRDT fields. */
    CRDT("crdt", "application/vnd.meridian.crdt+json");

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
   * Reads a patch.
   *
   * @throws StoreFailure.CallerMistake {@code invalid-json}
   */
  static DocumentPatch of(Kind kind, JsonValue json) {
    return switch (kind) {
      case MERGE_PATCH -> MergePatch.of(json);
      case JSON_PATCH -> JsonPatch.of(json);
      case CRDT -> FieldPatch.of(json);
    };
  }

  /** The same for bytes as a client sent them. */
  static DocumentPatch parse(Kind kind, Bytes raw) {
    JsonDocument.checkText(raw);
    return of(kind, JsonValue.parse(raw));
  }
}
