package dev.meridian.console;

import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.component.html.Pre;
import com.vaadin.flow.dom.Element;
import dev.meridian.console.LineDiff.Kind;
import dev.meridian.console.LineDiff.Line;
import dev.meridian.document.StoredDocument;
import dev.meridian.document.StoredDocument.LiveDocument;
import dev.meridian.document.StoredDocument.Tombstone;
import java.util.List;

/** The text of a version, or what changed between two, read-only and bounded. */
class PastText extends Div {

  /** More characters than this of one version are not shown. */
  static final int MAX_SHOWN = 200_000;

  /** Longer texts than this are not compared. */
  static final int MAX_COMPARED = 2_000_000;

  private static final int MAX_ROWS = 2_000;
  private static final int CONTEXT = 3;

  static PastText of(LiveDocument document) {
    PastText text = new PastText();
    String pretty = JsonText.pretty(document.body());
    if (pretty.length() > MAX_SHOWN) {
      text.note(
          "Only the first "
              + Words.count(MAX_SHOWN)
              + " of "
              + Words.count(pretty.length())
              + " characters are shown. The API call below gets all of it.");
      pretty = pretty.substring(0, MAX_SHOWN);
    }
    Pre pre = new Pre(pretty);
    text.code(pre.getElement(), "This version as JSON");
    return text;
  }

  static PastText between(StoredDocument before, StoredDocument after) {
    PastText text = new PastText();
    List<String> old = lines(before);
    List<String> now = lines(after);
    if (tooLarge(before, old) || tooLarge(after, now)) {
      text.note(
          "The two are too large to compare here: at most "
              + Words.bytes(MAX_COMPARED)
              + " and "
              + Words.count(LineDiff.MAX_LINES)
              + " lines each. The API calls below get both.");
      return text;
    }
    LineDiff diff = LineDiff.of(old, now);
    long added = diff.count(Kind.ADDED);
    long removed = diff.count(Kind.REMOVED);
    if (added + removed == 0) {
      text.note("The two say the same.");
      return text;
    }
    text.note(
        Words.count(added, "line", "lines")
            + " added, "
            + Words.count(removed, "line", "lines")
            + " removed."
            + (diff.minimal()
                ? ""
                : " The two have little in common, so what differs is shown as replaced whole."));
    text.rows(diff.lines());
    return text;
  }

  private static boolean tooLarge(StoredDocument document, List<String> lines) {
    return document instanceof LiveDocument live && live.body().length() > MAX_COMPARED
        || lines.size() > LineDiff.MAX_LINES;
  }

  private static List<String> lines(StoredDocument document) {
    return switch (document) {
      case LiveDocument live when live.body().length() <= MAX_COMPARED ->
          JsonText.pretty(live.body()).lines().toList();
      case LiveDocument large -> List.of();
      case StoredDocument.Withheld elsewhere -> List.of();
      case Tombstone deletion -> List.of();
    };
  }

  private void note(String words) {
    Paragraph note = new Paragraph(words);
    note.addClassName("hint");
    add(note);
  }

  private void code(Element element, String label) {
    element
        .setAttribute("class", "past")
        .setAttribute("tabindex", "0")
        .setAttribute("role", "region")
        .setAttribute("aria-label", label);
    getElement().appendChild(element);
  }

  private void rows(List<Line> lines) {
    Element pre = new Element("pre");
    int shown = 0;
    int left = 0;
    for (int i = 0; i < lines.size(); i++) {
      if (!nearChange(lines, i)) {
        left++;
        continue;
      }
      skipped(pre, left);
      left = 0;
      if (shown++ == MAX_ROWS) {
        note("Only the first " + Words.count(MAX_ROWS) + " lines of the difference are shown.");
        break;
      }
      pre.appendChild(row(lines.get(i)));
    }
    skipped(pre, left);
    code(pre, "Difference, line by line");
    pre.setAttribute("class", "past diff");
  }

  private static boolean nearChange(List<Line> lines, int index) {
    int to = Math.min(lines.size() - 1, index + CONTEXT);
    for (int i = Math.max(0, index - CONTEXT); i <= to; i++) {
      if (lines.get(i).kind() != Kind.SAME) {
        return true;
      }
    }
    return false;
  }

  private static void skipped(Element pre, int count) {
    if (count > 0) {
      Element gap = new Element("span").setText(Words.count(count, "line", "lines") + " the same");
      pre.appendChild(gap.setAttribute("class", "gap"));
    }
  }

  private static Element row(Line line) {
    String tag =
        switch (line.kind()) {
          case SAME -> "span";
          case REMOVED -> "del";
          case ADDED -> "ins";
        };
    String sign =
        switch (line.kind()) {
          case SAME -> "  ";
          case REMOVED -> "- ";
          case ADDED -> "+ ";
        };
    return new Element(tag)
        .setAttribute("data-before", line.before() == 0 ? "" : Integer.toString(line.before()))
        .setAttribute("data-after", line.after() == 0 ? "" : Integer.toString(line.after()))
        .setText(sign + line.text());
  }
}
