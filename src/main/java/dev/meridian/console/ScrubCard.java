package dev.meridian.console;

import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.html.Article;
import com.vaadin.flow.component.html.H2;
import com.vaadin.flow.component.html.Header;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.component.html.Span;
import dev.meridian.console.Links.Tone;
import dev.meridian.coordinator.StorageStatus;
import dev.meridian.coordinator.StorageStatus.ScrubFigures;

/** The check of all bytes at rest: how far it is or when it last ran, and starting one. */
class ScrubCard extends Article {

  private final Span state = StorageCards.badge();
  private final Bar progress = new Bar("Read", "progressbar");
  private final Facts facts = new Facts();
  private final Button start;

  ScrubCard(Runnable verify) {
    addClassName("card");
    start = new Button("Verify now", click -> verify.run());
    Paragraph hint = new Paragraph("Reads everything at rest and compares every checksum.");
    hint.addClassName("hint");
    add(new Header(new H2("Verification"), state), progress, facts, hint, start);
  }

  void show(StorageStatus status, long now) {
    ScrubFigures scrub = status.scrub();
    boolean running = scrub.state().equals("running");
    StorageCards.badge(state, words(scrub), tone(scrub));
    start.setEnabled(!running);
    progress.setVisible(running);
    progress.show(
        scrub.doneBytes(),
        scrub.totalBytes(),
        Words.bytes(scrub.doneBytes()) + " of " + Words.bytes(scrub.totalBytes()),
        Words.count(scrub.doneBytes()) + " of " + Words.count(scrub.totalBytes()) + " bytes",
        tone(scrub));
    facts.put("Started", Words.ago(scrub.startedAt(), now), Words.utc(scrub.startedAt()));
    facts.put(
        "Finished",
        running ? Words.NONE : Words.ago(scrub.finishedAt(), now),
        running ? "" : Words.utc(scrub.finishedAt()));
    facts.put(
        "Damaged files",
        scrub.state().equals("never") ? Words.NONE : Words.count(scrub.damaged()),
        "found in this run");
  }

  private static String words(ScrubFigures scrub) {
    return switch (scrub.state()) {
      case "never" -> "never run";
      case "done" -> scrub.damaged() == 0 ? "all intact" : "damage found";
      default -> scrub.state();
    };
  }

  private static Tone tone(ScrubFigures scrub) {
    if (scrub.damaged() > 0) {
      return Tone.BAD;
    }
    return switch (scrub.state()) {
      case "never" -> Tone.IDLE;
      case "failed" -> Tone.LATE;
      default -> Tone.GOOD;
    };
  }
}
