package dev.meridian.console;

import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.Span;

/**
 * How much of something is used or done, as a bar with the same in words above it. Screen readers
 * are told the words, not the width.
 */
class Bar extends Div {

  private final Span words = new Span();
  private final Div track = new Div();
  private final Div fill = new Div();

  /**
   * @param role {@code meter} for a level, {@code progressbar} for work that ends
   */
  Bar(String name, String role) {
    addClassName("bar");
    Span label = new Span(name);
    label.addClassName("bar-name");
    Div line = new Div(label, words);
    line.addClassName("bar-words");
    line.getElement().setAttribute("aria-hidden", "true");
    track.addClassName("track");
    track.add(fill);
    track
        .getElement()
        .setAttribute("role", role)
        .setAttribute("aria-label", name)
        .setAttribute("aria-valuemin", "0")
        .setAttribute("aria-valuemax", "100");
    add(line, track);
  }

  void show(long part, long whole, String text, String exactly, Links.Tone tone) {
    long percent = whole <= 0 ? 0 : Math.clamp(Math.round(100.0 * part / whole), 0, 100);
    words.setText(text);
    words.setTitle(exactly);
    fill.getStyle().setWidth(percent + "%");
    track.setTitle(exactly);
    track
        .getElement()
        .setAttribute("aria-valuenow", Long.toString(percent))
        .setAttribute("aria-valuetext", text);
    getElement().setAttribute("data-tone", tone.css());
  }
}
