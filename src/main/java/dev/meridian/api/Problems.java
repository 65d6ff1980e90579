package dev.meridian.api;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.meridian.document.FailureCode;
import dev.meridian.document.StoreFailure;
import io.opentelemetry.api.trace.Span;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.random.RandomGenerator;

/** Failures as problem details (RFC 9457). The one place that knows which code has which status. */
final class Problems {

  static final String MEDIA_TYPE = "application/problem+json";

  private static final JsonFactory JSON = new JsonFactory();

  private Problems() {}

  static int status(FailureCode code) {
    return switch (code) {
      case INVALID_JSON,
          INVALID_HEADER,
          INVALID_ID,
          INVALID_CURSOR,
          INVALID_REQUEST,
          INDEX_REQUIRED,
          CONSISTENCY_UNSUPPORTED,
          MODE_UNSUPPORTED,
          SETTING_UNSUPPORTED ->
          400;
      case CHAOS_DISABLED -> 403;
      case NOT_FOUND,
          DOCUMENT_NOT_FOUND,
          COLLECTION_NOT_FOUND,
          VERSION_NOT_FOUND,
          PEER_NOT_FOUND,
          CONFLICT_NOT_FOUND ->
          404;
      case METHOD_NOT_ALLOWED -> 405;
      case NOT_ACCEPTABLE -> 406;
      case PATCH_TEST_FAILED -> 409;
      case DOCUMENT_DELETED, HISTORY_EXPIRED -> 410;
      case PRECONDITION_FAILED -> 412;
      case DOCUMENT_TOO_LARGE, BODY_TOO_LARGE -> 413;
      case UNSUPPORTED_MEDIA_TYPE -> 415;
      case CRDT_TYPE_MISMATCH -> 422;
      case PRECONDITION_REQUIRED -> 428;
      case QUOTA_EXCEEDED -> 429;
      case STORAGE_FULL -> 507;
      case CONSISTENCY_UNAVAILABLE,
          DURABILITY_UNAVAILABLE,
          NOT_READY,
          FENCED,
          OVERLOADED,
          DOCUMENT_CONTENDED,
          CLOCK_DRIFT ->
          503;
      case OUTCOME_UNKNOWN -> 504;
      case STORAGE_FAILED, INTERNAL_ERROR -> 500;
    };
  }

  static String title(int status) {
    return switch (status) {
      case 400 -> "Bad Request";
      case 403 -> "Forbidden";
      case 404 -> "Not Found";
      case 405 -> "Method Not Allowed";
      case 406 -> "Not Acceptable";
      case 409 -> "Conflict";
      case 410 -> "Gone";
      case 412 -> "Precondition Failed";
      case 413 -> "Content Too Large";
      case 415 -> "Unsupported Media Type";
      case 422 -> "Unprocessable Content";
      case 428 -> "Precondition Required";
      case 429 -> "Too Many Requests";
      case 503 -> "Service Unavailable";
      case 504 -> "Gateway Timeout";
      case 507 -> "Insufficient Storage";
      default -> "Internal Server Error";
    };
  }

  /**
   * @param instance the path asked for
   */
  static byte[] render(StoreFailure failure, String instance, String region, String traceId) {
    int status = status(failure.code());
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.writeStartObject();
      json.writeStringField("type", "about:blank");
      json.writeStringField("title", title(status));
      json.writeNumberField("status", status);
      json.writeStringField("detail", failure.getMessage());
      json.writeStringField("instance", instance);
      json.writeStringField("code", failure.code().text());
      json.writeBooleanField("retryable", failure.retryable());
      json.writeStringField("region", region);
      json.writeStringField("traceId", traceId);
      for (Map.Entry<String, Object> member : failure.members().entrySet()) {
        json.writeStringField(member.getKey(), member.getValue().toString());
      }
      json.writeEndObject();
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return bytes.toByteArray();
  }

  /** The id of the request's trace; a fresh one when it is not traced, to find it in the log. */
  static String traceId(RandomGenerator random) {
    Span span = Span.current();
    return span.getSpanContext().isValid()
        ? span.getSpanContext().getTraceId()
        : String.format("%016x%016x", random.nextLong() | 1, random.nextLong());
  }
}
