package dev.meridian.api;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.document.FailureCode;
import dev.meridian.document.StoreFailure;
import io.vertx.core.http.HttpServerRequest;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The time that a request wants to read at: {@code ?asOf=}, an RFC 3339 instant or a timestamp of
 * ours, or {@code Accept-Datetime} (RFC 7089). An instant stands for its whole millisecond, an HTTP
 * date for its whole second: what was written within it is included.
 */
final class AsOf {

  static final String PARAMETER = "asOf";
  static final String ACCEPT_DATETIME = "Accept-Datetime";
  static final String MEMENTO_DATETIME = "Memento-Datetime";

  private static final Pattern HLC = Pattern.compile("[0-9a-f]{16}");
  private static final int MILLIS_PER_SECOND = 1000;
  private static final DateTimeFormatter HTTP_DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private AsOf() {}

  /** Both forms; sending both is refused. */
  static Optional<HlcTimestamp> ofDocument(HttpServerRequest request) {
    Optional<HlcTimestamp> parameter = ofParameter(request, PARAMETER);
    String date = request.getHeader(ACCEPT_DATETIME);
    if (date == null) {
      return parameter;
    }
    if (parameter.isPresent()) {
      throw new StoreFailure.CallerMistake(
          FailureCode.INVALID_REQUEST, "send asOf or Accept-Datetime, not both");
    }
    return Optional.of(httpDate(date.strip()));
  }

  static Optional<HlcTimestamp> ofParameter(HttpServerRequest request, String name) {
    return Optional.ofNullable(request.getParam(name)).map(text -> parse(name, text));
  }

  /** As an HTTP date, for {@code Memento-Datetime}. */
  static String httpDate(HlcTimestamp asOf) {
    return HTTP_DATE.format(Instant.ofEpochMilli(asOf.millis()));
  }

  private static HlcTimestamp parse(String name, String text) {
    try {
      if (HLC.matcher(text).matches()) {
        return HlcTimestamp.parse(text);
      }
      long millis =
          DateTimeFormatter.ISO_OFFSET_DATE_TIME.parse(text, Instant::from).toEpochMilli();
      if (millis >= 0 && millis <= HlcTimestamp.MAX_MILLIS) {
        return HlcTimestamp.endOf(millis);
      }
    } catch (DateTimeException | IllegalArgumentException | ArithmeticException malformed) {
      // said below
    }
    throw new StoreFailure.CallerMistake(
        FailureCode.INVALID_REQUEST,
        "'"
            + name
            + "' is an RFC 3339 time such as 2026-01-31T12:00:00.000Z (a + has to be sent as %2B),"
            + " or a timestamp of 16 hex digits");
  }

  private static HlcTimestamp httpDate(String text) {
    try {
      long millis =
          ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
              .toInstant()
              .toEpochMilli();
      if (millis >= 0) {
        return HlcTimestamp.endOf(millis + MILLIS_PER_SECOND - 1);
      }
    } catch (DateTimeParseException malformed) {
      // said below
    }
    throw RequestOptions.invalid(
        ACCEPT_DATETIME, "is an HTTP date such as Sat, 31 Jan 2026 12:00:00 GMT");
  }
}
