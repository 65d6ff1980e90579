package dev.meridian.crdt;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/** Elements of a text or list, one behind another: code points, or JSON texts. Immutable. */
final class Content {

  private static final int[] NO_CHARACTERS = {};
  private static final String[] NO_ITEMS = {};
  private static final int ASCII = 128;

  /** What is typed one by one need not be there more than once. */
  private static final List<Optional<Content>> SINGLE =
      IntStream.range(0, ASCII)
          .mapToObj(each -> Optional.of(new Content(new int[] {each}, NO_ITEMS, 0, 1)))
          .toList();

  private final int[] characters;
  private final String[] items;
  private final int from;
  private final int length;

  private Content(int[] characters, String[] items, int from, int length) {
    this.characters = characters;
    this.items = items;
    this.from = from;
    this.length = length;
  }

  static Content text(String text) {
    int[] characters = new int[text.codePointCount(0, text.length())];
    for (int i = 0, at = 0; i < characters.length; i++) {
      characters[i] = text.codePointAt(at);
      at += Character.charCount(characters[i]);
    }
    return new Content(characters, NO_ITEMS, 0, characters.length);
  }

  static Content items(String... items) {
    return new Content(NO_CHARACTERS, items.clone(), 0, items.length);
  }

  boolean isText() {
    return items.length == 0;
  }

  int length() {
    return length;
  }

  Content part(int begin, int count) {
    return new Content(characters, items, from + begin, count);
  }

  /** This and what follows it, of the same kind. */
  Content and(Content next) {
    if (isText()) {
      int[] both = Arrays.copyOfRange(characters, from, from + length + next.length);
      System.arraycopy(next.characters, next.from, both, length, next.length);
      return new Content(both, items, 0, both.length);
    }
    String[] both = Arrays.copyOfRange(items, from, from + length + next.length);
    System.arraycopy(next.items, next.from, both, length, next.length);
    return new Content(characters, both, 0, both.length);
  }

  void appendTo(StringBuilder text) {
    for (int i = 0; i < length; i++) {
      text.appendCodePoint(characters[from + i]);
    }
  }

  /** One element as JSON. */
  String json(int index) {
    return isText()
        ? Json.quote(Character.toString(characters[from + index]))
        : items[from + index];
  }

  int bytes() {
    int bytes = 16;
    for (int i = 0; i < length; i++) {
      bytes += isText() ? Integer.BYTES : 48 + items[from + i].length();
    }
    return bytes;
  }

  void write(Output out) {
    out.flag(isText());
    if (isText()) {
      StringBuilder text = new StringBuilder();
      appendTo(text);
      out.text(text.toString());
    } else {
      out.number(length);
      for (int i = 0; i < length; i++) {
        out.text(items[from + i]);
      }
    }
  }

  static Optional<Content> read(Input in) {
    if (in.flag()) {
      OptionalInt single = in.single();
      return single.isPresent() ? SINGLE.get(single.getAsInt()) : Optional.of(text(in.text()));
    }
    String[] items = new String[in.count()];
    for (int i = 0; i < items.length; i++) {
      items[i] = in.text();
    }
    if (items.length == 0) {
      throw new IllegalArgumentException("nothing in it");
    }
    return Optional.of(items(items));
  }
}
