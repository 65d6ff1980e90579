package dev.meridian.console;

import dev.meridian.clock.HlcTimestamp;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.OptionalLong;

/** Instants as a person writes them, and as the API does. */
final class Moments {

  private static final DateTimeFormatter RFC_3339 =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);
  private static final int DATE = 10;

  private Moments() {}

  /**
   * Unix milliseconds of what was written: a date, with or without a time, with or without a zone
   * behind it. Understands what the console itself shows. Empty when it is none of that.
   *
   * @param zone that is meant when none is written
   */
  static OptionalLong parse(String text, ZoneId zone) {
    try {
      String[] parts = text.strip().replaceFirst("^(\\S{10}) +(?=\\d)", "$1T").split(" +", 2);
      ZoneId meant = parts.length > 1 ? ZoneId.of(parts[1]) : zone;
      long millis = instant(parts[0], meant).toEpochMilli();
      return millis >= 0 && millis <= HlcTimestamp.MAX_MILLIS
          ? OptionalLong.of(millis)
          : OptionalLong.empty();
    } catch (DateTimeException | ArithmeticException malformed) {
      return OptionalLong.empty();
    }
  }

  private static Instant instant(String text, ZoneId zone) {
    if (text.length() == DATE) {
      return LocalDate.parse(text).atStartOfDay(zone).toInstant();
    }
    return text.matches(".*(Z|[+-]\\d\\d:\\d\\d)$")
        ? DateTimeFormatter.ISO_OFFSET_DATE_TIME.parse(text, Instant::from)
        : LocalDateTime.parse(text).atZone(zone).toInstant();
  }

  /** As it stands in an address and in a call of the API. */
  static String rfc3339(long unixMillis) {
    return RFC_3339.format(Instant.ofEpochMilli(unixMillis));
  }
}
