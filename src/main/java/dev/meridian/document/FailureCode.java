package dev.meridian.document;

/** The stable codes of refusals and faults, as clients see them. A code never changes meaning. */
public enum FailureCode {
  INVALID_JSON,
  INVALID_HEADER,
  INVALID_ID,
  INVALID_CURSOR,
  INVALID_REQUEST,
  NOT_FOUND,
  METHOD_NOT_ALLOWED,
  NOT_ACCEPTABLE,
  UNSUPPORTED_MEDIA_TYPE,
  BODY_TOO_LARGE,
  INDEX_REQUIRED,
  CONSISTENCY_UNSUPPORTED,
  MODE_UNSUPPORTED,
  SETTING_UNSUPPORTED,
  CHAOS_DISABLED,
  DOCUMENT_NOT_FOUND,
  COLLECTION_NOT_FOUND,
  VERSION_NOT_FOUND,
  PEER_NOT_FOUND,
  DOCUMENT_DELETED,
  HISTORY_EXPIRED,
  PATCH_TEST_FAILED,
  PRECONDITION_FAILED,
  PRECONDITION_REQUIRED,
  DOCUMENT_TOO_LARGE,
  QUOTA_EXCEEDED,
  STORAGE_FULL,
  CONSISTENCY_UNAVAILABLE,
  DURABILITY_UNAVAILABLE,
  NOT_READY,
  FENCED,
  OVERLOADED,
  DOCUMENT_CONTENDED,
  CLOCK_DRIFT,
  STORAGE_FAILED,
  INTERNAL_ERROR,
  OUTCOME_UNKNOWN;

  private final String text = name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');

  /** The code as written in an answer: {@code document-not-found}. */
  public String text() {
    return text;
  }
}
