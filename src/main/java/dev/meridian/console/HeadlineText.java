package dev.meridian.console;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.html.H1;
import com.vaadin.flow.component.html.Span;

/** The sentence at the top of a page, and the voice that says it when its topic changes. */
final class HeadlineText {

  private final H1 line = new H1();
  private final Span aloud = new Span();
  private String topic = "";

  HeadlineText() {
    line.addClassName("headline");
    aloud.addClassName("only-read");
    aloud.getElement().setAttribute("role", "status").setAttribute("aria-live", "polite");
  }

  /** Both, for the page to take in. */
  Component[] parts() {
    return new Component[] {line, aloud};
  }

  void show(Headline news) {
    line.setText(news.text());
    line.getElement().setAttribute("data-tone", news.tone().css());
    if (!news.topic().equals(topic)) {
      topic = news.topic();
      aloud.setText(news.text());
    }
  }
}
