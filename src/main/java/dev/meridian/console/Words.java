package dev.meridian.console;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.OptionalLong;

/** Numbers and times as a person reads them. */
final class Words {

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS", Locale.ROOT);

  /** Where there is nothing to say. */
  static final String NONE = "–";

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

  /** A share of a whole in percent: 0.4%, 38%; a dash when there is no whole. */
  static String percent(long part, long whole) {
    if (whole <= 0) {
      return NONE;
    }
    double percent = 100.0 * part / whole;
    boolean small = percent > 0 && percent < 10 || percent > 99 && percent < 100;
    return String.format(Locale.ENGLISH, small ? "%.1f%%" : "%.0f%%", percent);
  }

  /** How many times one is the other: 2.4×; a dash when that cannot be said. */
  static String times(double ratio) {
    return Double.isFinite(ratio) && ratio > 0
        ? String.format(Locale.ENGLISH, ratio < 100 ? "%.1f×" : "%,.0f×", ratio)
        : NONE;
  }

  /** A number with one digit after the point unless it is whole or large: 1, 2.5, 1,340. */
  static String decimal(double number) {
    boolean whole = number == Math.rint(number) || number >= 100;
    return String.format(Locale.ENGLISH, whole ? "%,.0f" : "%.1f", number);
  }

  /** A number without a fraction that says nothing: 0.25, 1, 100. */
  static String plain(double number) {
    return BigDecimal.valueOf(number).stripTrailingZeros().toPlainString();
  }

  /** Milliseconds of an instant that another part wrote as RFC 3339; empty when it wrote none. */
  static OptionalLong millisOf(String instant) {
    try {
      return instant.isEmpty()
          ? OptionalLong.empty()
          : OptionalLong.of(Instant.parse(instant).toEpochMilli());
    } catch (DateTimeException | ArithmeticException malformed) {
      return OptionalLong.empty();
    }
  }

  /** How long before {@code now} an instant was; a dash when there was none. */
  static String ago(String instant, long now) {
    OptionalLong then = millisOf(instant);
    return then.isEmpty() ? NONE : span(Math.max(0, now - then.getAsLong())) + " ago";
  }

  /** An instant in full; empty when there was none. */
  static String utc(String instant) {
    OptionalLong then = millisOf(instant);
    return then.isEmpty() ? "" : utc(then.getAsLong());
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
