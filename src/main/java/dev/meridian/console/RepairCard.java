package dev.meridian.console;

import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.checkbox.Checkbox;
import com.vaadin.flow.component.html.Article;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H2;
import com.vaadin.flow.component.html.Header;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.component.html.Span;
import dev.meridian.console.Links.Tone;
import dev.meridian.coordinator.RepairStatus;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** The repair under way or the last one, when the next one comes, and starting one. */
class RepairCard extends Article {

  private final Span state = StorageCards.badge();
  private final Bar progress = new Bar("Collections", "progressbar");
  private final Facts facts = new Facts();
  private final Checkbox look = new Checkbox("Look through all data first", true);
  private final Button start;
  private final Button cancel;

  /**
   * @param repair told whether both are to look through their own data first
   */
  RepairCard(Consumer<Boolean> repair, Runnable cancelled) {
    addClassName("card");
    start = new Button("Repair now", click -> repair.accept(look.getValue()));
    cancel = new Button("Cancel", click -> cancelled.run());
    Paragraph hint =
        new Paragraph(
            "Compares this region with every peer and puts back what either lacks. Writes go on"
                + " meanwhile. Without looking through all data only what the hash trees know of is"
                + " found.");
    hint.addClassName("hint");
    Div tools = new Div(start, cancel);
    tools.addClassName("tools");
    add(new Header(new H2("Repair"), state), progress, facts, hint, look, tools);
  }

  void show(RepairStatus now, long wallMillis) {
    List<RepairStatus> running =
        RepairNews.all(now).stream().filter(RepairStatus::running).toList();
    StorageCards.badge(state, now.state().equals("never") ? "never run" : now.state(), tone(now));
    start.setEnabled(running.isEmpty());
    cancel.setVisible(!running.isEmpty());
    progress.setVisible(now.running());
    progress.show(
        now.compared(),
        now.toCompare(),
        now.toCompare() == 0
            ? "not counted yet"
            : Words.count(now.compared()) + " of " + Words.count(now.toCompare()),
        "collections that are compared with region " + now.peer(),
        Tone.GOOD);
    facts.put("With", now.peer() == null ? Words.NONE : now.peer(), "the peer");
    facts.putIfAny("Doing", now.doing() == null ? "" : now.doing(), "");
    facts.putIfAny("Why it failed", now.detail() == null ? "" : now.detail(), "");
    facts.put(
        "Put back here",
        Words.count(now.collections().stream().mapToLong(RepairStatus.Collection::received).sum()),
        "versions that this region lacked");
    facts.put(
        "Put back there",
        Words.count(now.collections().stream().mapToLong(RepairStatus.Collection::sent).sum()),
        "versions that the peer lacked");
    facts.put(
        "Exchanged",
        Words.bytes(now.bytesIn() + now.bytesOut()),
        Words.count(now.bytesIn()) + " bytes in, " + Words.count(now.bytesOut()) + " out");
    facts.put("Next", next(now, wallMillis), schedule(now));
  }

  private static String next(RepairStatus now, long wallMillis) {
    if (now.schedule() == null || now.schedule().everyMs() == 0) {
      return "only when asked for";
    }
    return now.schedule().peers().stream()
        .map(
            each ->
                each.peer()
                    + " in "
                    + Words.span(
                        Math.max(0, Words.millisOf(each.at()).orElse(wallMillis) - wallMillis)))
        .collect(Collectors.joining(", "));
  }

  private static String schedule(RepairStatus now) {
    return now.schedule() == null || now.schedule().everyMs() == 0
        ? "meridian.repair.every is 0"
        : "every "
            + Words.span(now.schedule().everyMs())
            + ", through all data every "
            + Words.span(now.schedule().lookEveryMs());
  }

  static Tone tone(RepairStatus status) {
    return switch (status.state()) {
      case "done" -> Tone.GOOD;
      case "failed" -> Tone.LATE;
      default -> Tone.IDLE;
    };
  }
}
