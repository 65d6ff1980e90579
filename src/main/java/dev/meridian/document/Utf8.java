package dev.meridian.document;

/** Checks UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF, no cuts. */
final class Utf8 {

  private Utf8() {}

  /** Fails with {@code invalid-json}, naming the position. */
  static void check(Bytes text) {
    byte[] bytes = text.array();
    int i = text.offset();
    int end = i + text.length();
    while (i < end) {
      byte lead = bytes[i];
      if (lead >= 0) {
        i++;
        continue;
      }
      int length = sequenceLength(bytes, i, end);
      if (length == 0) {
        throw new StoreFailure.CallerMistake(
            FailureCode.INVALID_JSON, "the text is not valid UTF-8 at byte " + (i - text.offset()));
      }
      i += length;
    }
  }

  /** 2 to 4 for a whole, shortest sequence; 0 for anything else. */
  private static int sequenceLength(byte[] bytes, int i, int end) {
    int lead = bytes[i] & 0xFF;
    int second = i + 1 < end ? bytes[i + 1] & 0xFF : 0;
    if (lead >= 0xC2 && lead <= 0xDF) {
      return isContinuation(bytes, i + 1, end) ? 2 : 0;
    }
    if (lead >= 0xE0 && lead <= 0xEF) {
      boolean shortest = lead != 0xE0 || second >= 0xA0;
      boolean surrogate = lead == 0xED && second >= 0xA0;
      boolean whole = isContinuation(bytes, i + 1, end) && isContinuation(bytes, i + 2, end);
      return whole && shortest && !surrogate ? 3 : 0;
    }
    if (lead >= 0xF0 && lead <= 0xF4) {
      boolean shortest = lead != 0xF0 || second >= 0x90;
      boolean inRange = lead != 0xF4 || second <= 0x8F;
      boolean whole =
          isContinuation(bytes, i + 1, end)
              && isContinuation(bytes, i + 2, end)
              && isContinuation(bytes, i + 3, end);
      return whole && shortest && inRange ? 4 : 0;
    }
    return 0;
  }

  private static boolean isContinuation(byte[] bytes, int i, int end) {
    return i < end && (bytes[i] & 0xC0) == 0x80;
  }
}
