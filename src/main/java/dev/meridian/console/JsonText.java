package dev.meridian.console;

import dev.meridian.document.Bytes;

/**
 * Lays a document out for reading. Works on its text: everything but white space stays as it was
 * written, so a number keeps every digit.
 */
final class JsonText {

  private static final String STEP = "  ";

  private JsonText() {}

  /**
   * @param compact as {@code JsonDocument.compact} leaves it
   */
  static String pretty(Bytes compact) {
    String in = compact.utf8();
    StringBuilder out = new StringBuilder(in.length() * 2);
    int depth = 0;
    for (int i = 0; i < in.length(); i++) {
      char c = in.charAt(i);
      switch (c) {
        case '"' -> {
          int end = endOfString(in, i);
          out.append(in, i, end);
          i = end - 1;
        }
        case '{', '[' -> {
          if (i + 1 < in.length() && in.charAt(i + 1) == closing(c)) {
            out.append(c).append(closing(c));
            i++;
          } else {
            newLine(out.append(c), ++depth);
          }
        }
        case '}', ']' -> {
          newLine(out, --depth);
          out.append(c);
        }
        case ',' -> newLine(out.append(c), depth);
        case ':' -> out.append(": ");
        default -> out.append(c);
      }
    }
    return out.toString();
  }

  private static char closing(char opening) {
    return opening == '{' ? '}' : ']';
  }

  /** The index behind the string's closing quote. */
  private static int endOfString(String in, int start) {
    int i = start + 1;
    while (i < in.length() && in.charAt(i) != '"') {
      i += in.charAt(i) == '\\' ? 2 : 1;
    }
    return Math.min(i + 1, in.length());
  }

  private static void newLine(StringBuilder out, int depth) {
    out.append('\n').append(STEP.repeat(Math.max(0, depth)));
  }
}
