package dev.meridian.crdt;

import java.util.Collection;

/** The little JSON that is written here. */
final class Json {

  private Json() {}

  static String quote(String text) {
    StringBuilder out = new StringBuilder(text.length() + 2).append('"');
    for (int i = 0; i < text.length(); i++) {
      char each = text.charAt(i);
      switch (each) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        case '\b' -> out.append("\\b");
        case '\f' -> out.append("\\f");
        default -> {
          if (each < ' ') {
            out.append("\\u00").append(Character.forDigit(each >> 4, 16));
            out.append(Character.toUpperCase(Character.forDigit(each & 15, 16)));
          } else {
            out.append(each);
          }
        }
      }
    }
    return out.append('"').toString();
  }

  static String array(Collection<String> values) {
    return "[" + String.join(",", values) + "]";
  }

  /**
   * @param value of the field, as a reader sees it
   * @param more further members, each with a comma before it
   */
  static String state(CrdtType type, String value, String more) {
    return "{\"$crdt\":" + quote(type.text()) + ",\"value\":" + value + more + "}";
  }
}
