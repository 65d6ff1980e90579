package dev.meridian.api;

import java.util.BitSet;

/** Whether the path and query of a request are written as RFC 3986 asks. */
final class RequestTarget {

  private static final BitSet PLAIN = new BitSet();

  static {
    PLAIN.set('a', 'z' + 1);
    PLAIN.set('A', 'Z' + 1);
    PLAIN.set('0', '9' + 1);
    // Brackets belong to hosts only, but are widely sent in queries.
    "-._~!$&'()*+,;=:@/?[]".chars().forEach(PLAIN::set);
  }

  private RequestTarget() {}

  static boolean isWellFormed(String target) {
    for (int i = 0; i < target.length(); i++) {
      char c = target.charAt(i);
      if (c == '%') {
        if (!isHex(target, i + 1) || !isHex(target, i + 2)) {
          return false;
        }
        i += 2;
      } else if (!PLAIN.get(c)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isHex(String target, int at) {
    return at < target.length()
        && Character.digit(target.charAt(at), 16) >= 0
        && target.charAt(at) < 128;
  }
}
