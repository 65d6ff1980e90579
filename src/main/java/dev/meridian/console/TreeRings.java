package dev.meridian.console;

import com.vaadin.flow.component.html.Div;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * A hash tree as rings: its 256 parts outside, sixteen of them together inside. What differs stands
 * out of the ring. The list beside it says the same in words.
 */
class TreeRings extends Div {

  private static final int PARTS = 256;
  private static final int GROUP = 16;
  private static final double GAP = 0.15;

  private List<Integer> shown = List.of(-1);

  TreeRings() {
    addClassName("rings");
    getElement().setAttribute("aria-hidden", "true");
  }

  /**
   * @param differing the parts that are not the same
   * @param documents those that are known, by part
   */
  void show(List<Integer> differing, Map<Integer, List<String>> documents) {
    if (differing.equals(shown)) {
      return;
    }
    shown = List.copyOf(differing);
    Set<Integer> parts = new TreeSet<>(differing);
    StringBuilder svg = new StringBuilder("<svg viewBox=\"-112 -112 224 224\">");
    for (int group = 0; group < PARTS / GROUP; group++) {
      int first = group * GROUP;
      boolean differs = parts.stream().anyMatch(part -> part / GROUP == first / GROUP);
      arc(
          svg,
          first,
          GROUP,
          46,
          differs ? 78 : 74,
          differs,
          "parts " + first + " to " + (first + GROUP - 1));
    }
    for (int part = 0; part < PARTS; part++) {
      boolean differs = parts.contains(part);
      int known = documents.getOrDefault(part, List.of()).size();
      String title =
          "part " + part + (known > 0 ? ": " + Words.count(known, "document", "documents") : "");
      arc(svg, part, 1, 82, differs ? 110 : 98, differs, title);
    }
    svg.append("<text class=\"number\" y=\"4\">").append(differing.size()).append("</text>");
    svg.append("<text class=\"words\" y=\"20\">of 256 differ</text></svg>");
    getElement().setProperty("innerHTML", svg.toString()); // numbers and our own words only
  }

  private static void arc(
      StringBuilder svg,
      int first,
      int count,
      int inner,
      int outer,
      boolean differs,
      String title) {
    double from = 2 * Math.PI * (first + GAP) / PARTS - Math.PI / 2;
    double to = 2 * Math.PI * (first + count - GAP) / PARTS - Math.PI / 2;
    svg.append("<path class=\"").append(differs ? "differs" : "same").append("\" d=\"M");
    point(svg, from, inner);
    svg.append('L');
    point(svg, from, outer);
    svg.append('A').append(outer).append(' ').append(outer).append(" 0 0 1 ");
    point(svg, to, outer);
    svg.append('L');
    point(svg, to, inner);
    svg.append('A').append(inner).append(' ').append(inner).append(" 0 0 0 ");
    point(svg, from, inner);
    svg.append("Z\"><title>").append(title).append("</title></path>");
  }

  private static void point(StringBuilder svg, double angle, int radius) {
    svg.append(
        String.format(
            Locale.ROOT, "%.2f %.2f", Math.cos(angle) * radius, Math.sin(angle) * radius));
  }
}
