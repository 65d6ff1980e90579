import java.nio.charset.StandardCharsets;

/**
 * As much of JSON as a loader needs: the raw text of a top-level member. Nothing is parsed into
 * numbers or objects, so a document is sent exactly as it was written.
 */
final class Json {
  private final byte[] text;
  private int at;

  /** A top-level member: its decoded name and where its value is. */
  private record Member(String name, int from, int to) {}

  private Json(byte[] text) {
    this.text = text;
  }

  /** The raw value of a top-level member, or null. The whole text must be one object. */
  static String member(byte[] object, String name) throws MalformedException {
    return new Json(object).find(name);
  }

  /** The text of a raw string token, without quotes and escapes. */
  static String decode(String token) {
    if (token.indexOf('\\') < 0) {
      return token.substring(1, token.length() - 1);
    }
    var decoded = new StringBuilder(token.length());
    for (int i = 1; i < token.length() - 1; i++) {
      char c = token.charAt(i);
      if (c != '\\') {
        decoded.append(c);
        continue;
      }
      c = token.charAt(++i);
      switch (c) {
        case 'n' -> decoded.append('\n');
        case 't' -> decoded.append('\t');
        case 'r' -> decoded.append('\r');
        case 'b' -> decoded.append('\b');
        case 'f' -> decoded.append('\f');
        case 'u' -> {
          decoded.append((char) hex(token, i + 1));
          i += 4;
        }
        default -> decoded.append(c);
      }
    }
    return decoded.toString();
  }

  /** A string as a JSON token. */
  static String encode(String text) {
    var token = new StringBuilder(text.length() + 2).append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        token.append('\\').append(c);
      } else if (c < ' ') {
        token.append(String.format("\\u%04x", (int) c));
      } else {
        token.append(c);
      }
    }
    return token.append('"').toString();
  }

  private static int hex(String token, int from) {
    try {
      return Integer.parseInt(token.substring(from, from + 4), 16);
    } catch (NumberFormatException | IndexOutOfBoundsException e) {
      return 0xFFFD;
    }
  }

  private String find(String wanted) throws MalformedException {
    String found = null;
    skipSpace();
    expect('{');
    skipSpace();
    if (peek() == '}') {
      at++;
    } else {
      char next;
      do {
        var member = readMember();
        if (member.name().equals(wanted)) {
          found = slice(member.from(), member.to());
        }
        skipSpace();
        next = peek();
        at++;
      } while (next == ',');
      if (next != '}') {
        throw new MalformedException(at - 1);
      }
    }
    skipSpace();
    if (at != text.length) {
      throw new MalformedException(at);
    }
    return found;
  }

  private Member readMember() throws MalformedException {
    skipSpace();
    int nameFrom = at;
    skipString();
    String name = decode(slice(nameFrom, at));
    skipSpace();
    expect(':');
    skipSpace();
    int from = at;
    skipValue();
    return new Member(name, from, at);
  }

  private void skipValue() throws MalformedException {
    switch (peek()) {
      case '"' -> skipString();
      case '{', '[' -> skipNested();
      default -> {
        int from = at;
        while (at < text.length && ",}] \t\r\n".indexOf(text[at]) < 0) {
          at++;
        }
        if (at == from) {
          throw new MalformedException(at);
        }
      }
    }
  }

  private void skipNested() throws MalformedException {
    int depth = 0;
    do {
      switch (peek()) {
        case '"' -> {
          skipString();
          continue;
        }
        case '{', '[' -> depth++;
        case '}', ']' -> depth--;
        default -> {}
      }
      at++;
    } while (depth > 0);
  }

  private void skipString() throws MalformedException {
    expect('"');
    while (peek() != '"') {
      at += text[at] == '\\' ? 2 : 1;
    }
    at++;
  }

  private void skipSpace() {
    while (at < text.length && " \t\r\n".indexOf(text[at]) >= 0) {
      at++;
    }
  }

  private void expect(char wanted) throws MalformedException {
    if (peek() != wanted) {
      throw new MalformedException(at);
    }
    at++;
  }

  private char peek() throws MalformedException {
    if (at >= text.length) {
      throw new MalformedException(at);
    }
    return (char) (text[at] & 0xFF);
  }

  private String slice(int from, int to) {
    return new String(text, from, to - from, StandardCharsets.UTF_8);
  }

  /** The text is not one JSON object. */
  static final class MalformedException extends Exception {
    private static final long serialVersionUID = 1;

    MalformedException(int at) {
      super("not one JSON object: unexpected text at byte " + at);
    }
  }
}
