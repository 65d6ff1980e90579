package dev.meridian.api;

import dev.meridian.document.Precondition;
import dev.meridian.document.Revision;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The value of {@code If-Match} or {@code If-None-Match} (RFC 9110, section 13.1).
 *
 * @param any true for {@code *}
 * @param strong revisions of strong tags; a tag that is none of our revisions matches nothing and
 *     is left out
 * @param weak revisions of weak tags, which {@code If-Match} never matches
 */
record EntityTags(boolean any, List<Revision> strong, List<Revision> weak) {

  private static final Pattern TAG =
      Pattern.compile("\\s*(W/)?\"([\\x21\\x23-\\x7E\\x80-\\xFF]*)\"\\s*(,|$)");
  private static final int MAX_TAGS = 100;

  /** Empty when the header was not sent. */
  static Optional<EntityTags> parse(String header, List<String> lines) {
    if (lines.isEmpty()) {
      return Optional.empty();
    }
    String value = String.join(",", lines).strip();
    if (value.equals("*")) {
      return Optional.of(new EntityTags(true, List.of(), List.of()));
    }
    List<Revision> strong = new ArrayList<>();
    List<Revision> weak = new ArrayList<>();
    Matcher tag = TAG.matcher(value);
    int at = 0;
    int count = 0;
    while (at < value.length()) {
      if (!tag.find(at) || tag.start() != at || ++count > MAX_TAGS) {
        throw RequestOptions.invalid(
            header, "is * or at most " + MAX_TAGS + " entity tags, each in double quotes");
      }
      revision(tag.group(2)).ifPresent(tag.group(1) == null ? strong::add : weak::add);
      at = tag.end();
    }
    if (count == 0) {
      throw RequestOptions.invalid(header, "is * or a list of entity tags in double quotes");
    }
    return Optional.of(new EntityTags(false, strong, weak));
  }

  Precondition ifMatch() {
    return any ? new Precondition.Present() : new Precondition.AnyOf(strong);
  }

  Precondition ifNoneMatch() {
    return any ? new Precondition.Absent() : new Precondition.NoneOf(all());
  }

  /** Weak comparison, as {@code If-None-Match} asks for. */
  boolean matchesWeakly(Revision current) {
    return any || strong.contains(current) || weak.contains(current);
  }

  /** Strong comparison. */
  boolean matches(Revision current) {
    return any || strong.contains(current);
  }

  private List<Revision> all() {
    List<Revision> all = new ArrayList<>(strong);
    all.addAll(weak);
    return all;
  }

  private static Optional<Revision> revision(String text) {
    try {
      return Optional.of(Revision.parse(text));
    } catch (IllegalArgumentException notOurs) {
      return Optional.empty();
    }
  }
}
