package dev.meridian.api;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import dev.meridian.document.Bytes;
import dev.meridian.document.FailureCode;
import dev.meridian.document.JsonDocument;
import dev.meridian.document.JsonLimits;
import dev.meridian.document.StoreFailure;
import java.io.IOException;

/**
 * Reads the small bodies of requests that are no documents, strictly: whatever is not known, or of
 * another type, is the caller's mistake. Thread-safe.
 */
final class RequestJson<T> {

  private static final ObjectMapper MAPPER =
      new ObjectMapper(JsonDocument.json().copy())
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT);

  private final ObjectReader reader;
  private final String shape;

  /**
   * @param shape what the caller is told when a body is not like that
   */
  RequestJson(Class<T> type, String shape) {
    reader = MAPPER.readerFor(type);
    this.shape = shape;
  }

  T read(byte[] body) {
    Bytes checked = JsonDocument.compact(new Bytes(body), JsonLimits.DEFAULTS);
    try {
      return reader.readValue(checked.array(), checked.offset(), checked.length());
    } catch (IOException wrong) {
      throw mistake();
    }
  }

  /** For what has that shape and is still not within bounds. */
  StoreFailure mistake() {
    return invalid(shape);
  }

  static StoreFailure invalid(String why) {
    return new StoreFailure.CallerMistake(FailureCode.INVALID_REQUEST, why);
  }
}
