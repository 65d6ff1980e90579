package dev.meridian.console;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Numbers and times as a person reads them. */
final class Words {

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS", Locale.ROOT);

  private static final String[] SIZES = {"KiB", "MiB", "GiB", "TiB"};

  private static final long SECOND = 1_000;
  private static final long MINUTE = 60 * SECOND;
  private static final long HOUR = 60 * MINUTE;
  private static final long DAY = 24 * HOUR;

  private Words() {}

  static String count(long number) {
    return String.format(Locale.ENGLISH, "%,d", number);
  }

  static String count(long number, String one, String many) {
    return count(number) + " " + (number == 1 ? one : many);
  }

  static String bytes(long bytes) {
    if (bytes < 1024) {
      return bytes + " B";
    }
    double size = bytes;
    int unit = -1;
    while (size >= 1024 && unit < SIZES.length - 1) {
      size /= 1024;
      unit++;
    }
    return String.format(Locale.ENGLISH, size < 10 ? "%.1f %s" : "%.0f %s", size, SIZES[unit]);
  }

  /** A measured span: 0.4 ms, 9 ms, 1.2 s. */
  static String millis(double millis) {
    if (millis < 1) {
      return String.format(Locale.ENGLISH, "%.1f ms", millis);
    }
    return millis < 10 * SECOND && millis >= SECOND
        ? String.format(Locale.ENGLISH, "%.1f s", millis / SECOND)
        : span(Math.round(millis));
  }

  /** A span in its largest unit: 40 ms, 12 s, 5 min, 3 h, 2 days. */
  static String span(long millis) {
    if (millis < SECOND) {
      return millis + " ms";
    }
    if (millis < 2 * MINUTE) {
      return millis / SECOND + " s";
    }
    if (millis < 2 * HOUR) {
      return millis / MINUTE + " min";
    }
    return millis < 2 * DAY ? millis / HOUR + " h" : millis / DAY + " days";
  }

  static String local(long wallMillis, ZoneId zone) {
    return TIME.format(Instant.ofEpochMilli(wallMillis).atZone(zone)) + " " + zone.getId();
  }

  static String utc(long wallMillis) {
    return TIME.format(Instant.ofEpochMilli(wallMillis).atOffset(ZoneOffset.UTC)) + " UTC";
  }
}
