package dev.meridian.api;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** Instants as in the contract: RFC 3339, UTC, always with milliseconds. */
final class Instants {

  private static final DateTimeFormatter FORM =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  private Instants() {}

  static String text(long unixMillis) {
    return FORM.format(Instant.ofEpochMilli(unixMillis));
  }
}
