package dev.meridian.clock;

import java.util.HexFormat;

/**
 * A hybrid logical clock reading (Kulkarni et al., "Logical Physical Clocks", 2014) in 64 bits: 48
 * bits of Unix milliseconds, then a 16-bit counter. Text form: 16 lower-case hex digits, whose text
 * order is the order of the timestamps.
 *
 * @param packed the 64 bits, compared as unsigned
 */
public record HlcTimestamp(long packed) implements Comparable<HlcTimestamp> {

  /** Before every real timestamp. */
  public static final HlcTimestamp ZERO = new HlcTimestamp(0L);

  /** The largest wall part, in the year 10889. */
  public static final long MAX_MILLIS = (1L << 48) - 1;

  /** The largest counter within one millisecond. */
  public static final int MAX_COUNTER = 0xFFFF;

  /**
   * @param millis Unix milliseconds, 0 to {@link #MAX_MILLIS}
   * @param counter 0 to {@link #MAX_COUNTER}
   */
  public static HlcTimestamp of(long millis, int counter) {
    if (millis < 0 || millis > MAX_MILLIS || counter < 0 || counter > MAX_COUNTER) {
      throw new IllegalArgumentException(
          "out of the 48+16 bit range: millis=" + millis + " counter=" + counter);
    }
    return new HlcTimestamp(millis << 16 | counter);
  }

  /** The last timestamp of a millisecond: nothing stamped within it is later. */
  public static HlcTimestamp endOf(long millis) {
    return of(millis, MAX_COUNTER);
  }

  /** Reads the 16 digit form; anything else is an {@link IllegalArgumentException}. */
  public static HlcTimestamp parse(String text) {
    if (text.length() != 16) {
      throw new IllegalArgumentException("a timestamp is 16 lower-case hex digits: '" + text + "'");
    }
    for (int i = 0; i < 16; i++) {
      char c = text.charAt(i);
      if (!(c >= '0' && c <= '9' || c >= 'a' && c <= 'f')) {
        throw new IllegalArgumentException(
            "a timestamp is 16 lower-case hex digits: '" + text + "'");
      }
    }
    return new HlcTimestamp(HexFormat.fromHexDigitsToLong(text));
  }

  /** Unix milliseconds. */
  public long millis() {
    return packed >>> 16;
  }

  /** The counter within the millisecond. */
  public int counter() {
    return (int) (packed & MAX_COUNTER);
  }

  /** The next timestamp; past the last counter it is the next millisecond's first. */
  public HlcTimestamp next() {
    if (packed == -1L) {
      throw new ArithmeticException("the last timestamp has no next one");
    }
    return new HlcTimestamp(packed + 1);
  }

  public boolean isAfter(HlcTimestamp other) {
    return Long.compareUnsigned(packed, other.packed) > 0;
  }

  /** The later of the two. */
  public static HlcTimestamp max(HlcTimestamp a, HlcTimestamp b) {
    return a.isAfter(b) ? a : b;
  }

  /** The earlier of the two. */
  public static HlcTimestamp min(HlcTimestamp a, HlcTimestamp b) {
    return a.isAfter(b) ? b : a;
  }

  @Override
  public int compareTo(HlcTimestamp other) {
    return Long.compareUnsigned(packed, other.packed);
  }

  @Override
  public String toString() {
    return HexFormat.of().toHexDigits(packed);
  }
}
