package dev.meridian.console;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.html.Anchor;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H3;
import com.vaadin.flow.component.html.Section;
import com.vaadin.flow.component.html.Span;

/**
 * What was chosen on a page. Its title is said aloud when it changes; the rest is there to read.
 */
class DetailPanel extends Section {

  private final Span announcement = new Span();
  private final H3 title = new H3();
  private final Div tools = new Div();
  private final Div head = new Div(title, tools);
  private final Div content = new Div();

  DetailPanel() {
    addClassName("detail-panel");
    announcement.addClassName("only-read");
    announcement.getElement().setAttribute("role", "status").setAttribute("aria-live", "polite");
    tools.addClassName("tools");
    head.addClassName("detail-head");
    head.setVisible(false);
    add(announcement, head, content);
  }

  /** Below the title. */
  final Div content() {
    return content;
  }

  /** On a narrow screen, and behind a deep link, it may be out of sight. */
  final void reveal() {
    InSight.bring(this);
  }

  /**
   * @param without where nothing is chosen
   */
  final void head(String text, String without, Component... actions) {
    head.setVisible(true);
    title.setText(text);
    announcement.setText(text); // what stands below it may be long
    tools.removeAll();
    tools.add(actions);
    tools.add(new Anchor(without, "Close"));
  }

  final void noHead() {
    head.setVisible(false);
  }
}
