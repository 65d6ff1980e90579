package dev.meridian.console;

import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.html.Anchor;
import com.vaadin.flow.component.html.Article;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H1;
import com.vaadin.flow.component.html.H2;
import com.vaadin.flow.component.html.Header;
import com.vaadin.flow.component.html.Main;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.component.textfield.TextArea;
import com.vaadin.flow.data.value.ValueChangeMode;
import com.vaadin.flow.router.PageTitle;
import com.vaadin.flow.router.Route;

/** What becomes of a text that two regions type into while they do not hear of each other. */
@Route(value = TextDemoView.PATH, layout = ConsoleLayout.class)
@PageTitle("Two regions, one text · Meridian")
public class TextDemoView extends Main {

  static final String PATH = "conflicts/text-demo";

  private final TextDemo demo = new TextDemo();
  private final Pane left = new Pane(demo.left());
  private final Pane right = new Pane(demo.right());
  private final Span link = new Span();
  private final Button toggle = new Button("", click -> toggle());

  /** The text as one region has it. */
  private final class Pane extends Article {

    private final TextDemo.Side side;
    private final TextArea text = new TextArea();
    private final Span waiting = new Span();

    Pane(TextDemo.Side side) {
      this.side = side;
      addClassName("card");
      text.setAriaLabel("The text in region " + side.region());
      text.setWidthFull();
      text.setMinHeight("10rem");
      text.setMaxLength(TextDemo.MAX_LENGTH);
      text.setValueChangeMode(ValueChangeMode.TIMEOUT);
      text.setValueChangeTimeout(100);
      text.addValueChangeListener(
          change -> {
            if (change.isFromClient()) {
              side.becomes(change.getValue());
              TextDemoView.this.draw();
            }
          });
      waiting.addClassName("hint");
      add(new Header(new H2("Region " + side.region())), text, waiting);
    }

    void draw() {
      if (!text.getValue().equals(side.text())) {
        text.setValue(side.text());
      }
      waiting.setText(
          side.waiting() == 0
              ? "The other region has all of it."
              : Words.count(side.waiting(), "change waits", "changes wait") + " for the link.");
    }
  }

  public TextDemoView() {
    addClassNames("view", "text-demo");
    Div crumbs = new Div(new Anchor(ConflictsState.PATH, "Conflicts"));
    crumbs.addClassName("crumbs");
    Div tools = new Div(link, toggle);
    tools.addClassName("tools");
    link.getElement().setAttribute("role", "status");
    Header header = new Header(new H1("Two regions, one text"), tools);
    header.addClassName("view-header");
    Paragraph what =
        new Paragraph(
            "Cut the link, type a few words at the same place on both sides, and heal it: both show"
                + " the same text, each one's words stay together, and nothing is lost. It is the"
                + " code that merges the text fields of documents. This text lives on this page"
                + " only.");
    what.addClassName("hint");
    Div panes = new Div(left, right);
    panes.addClassNames("cards", "two");
    add(crumbs, header, what, panes);
    draw();
  }

  private void toggle() {
    demo.cut(!demo.isCut());
    draw();
  }

  private void draw() {
    left.draw();
    right.draw();
    link.setText(demo.isCut() ? "The link is cut" : "The link works");
    link.setClassName("key");
    link.addClassName((demo.isCut() ? Links.Tone.BAD : Links.Tone.GOOD).css());
    toggle.setText(demo.isCut() ? "Heal the link" : "Cut the link");
  }
}
