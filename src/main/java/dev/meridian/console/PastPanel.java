package dev.meridian.console;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.html.Anchor;
import com.vaadin.flow.component.html.DescriptionList;
import com.vaadin.flow.component.html.Paragraph;
import dev.meridian.clock.VersionId;
import dev.meridian.console.PastState.Two;
import dev.meridian.document.FailureCode;
import dev.meridian.document.StoreFailure;
import dev.meridian.document.StoredDocument;
import dev.meridian.document.StoredDocument.LiveDocument;
import dev.meridian.document.StoredDocument.Tombstone;
import java.util.List;
import java.util.Optional;

/** What was chosen from the past: a version, a difference, the document at a time. */
class PastPanel extends DetailPanel {

  private final Browser browser;
  private Optional<DocumentPlace> place = Optional.empty();

  PastPanel(Browser browser) {
    this.browser = browser;
    addClassName("past-panel");
  }

  void at(DocumentPlace document) {
    place = Optional.of(document);
  }

  private String to(PastState state) {
    return place.map(at -> at.to(state)).orElse("");
  }

  void hint() {
    clear();
    Paragraph hint =
        new Paragraph(
            "Choose a version to read it, tick two to compare them, or enter a time to see the"
                + " document as it was then.");
    hint.addClassName("hint");
    content().add(hint);
  }

  /**
   * @param current the newest version, to compare with
   * @param actions shown beside the title
   */
  void version(StoredDocument document, VersionId current, Component... actions) {
    VersionId version = document.version();
    head("Version of " + browser.time(version.hlc().millis()), actions);
    body(document, current);
    call(List.of(versionPath(version)));
  }

  void asOf(long millis, LiveDocument document, VersionId current, Component... actions) {
    head("As it was at " + browser.time(millis), actions);
    body(document, current);
    call(List.of(asOfPath(millis)));
  }

  private void body(StoredDocument document, VersionId current) {
    VersionId version = document.version();
    DescriptionList facts = new DescriptionList();
    fact(facts, "Written", browser.time(version.hlc().millis()));
    if (!browser.inUtc()) {
      fact(facts, "", Words.utc(version.hlc().millis()));
    }
    fact(facts, "Region", version.origin().value());
    fact(facts, "Version", version.toString());
    switch (document) {
      case LiveDocument live -> fact(facts, "Size", Words.bytes(live.body().length()));
      case StoredDocument.Withheld live ->
          fact(facts, "Size", Words.bytes(live.change().bodyBytes()));
      case Tombstone deletion -> fact(facts, "State", "deleted");
    }
    content().add(facts);
    if (!version.equals(current)) {
      Anchor compare = new Anchor(to(Two.of(version, current)), "Compare with the newest");
      content().add(new Paragraph(compare));
    }
    switch (document) {
      case LiveDocument live -> content().add(PastText.of(live));
      case StoredDocument.Withheld live ->
          say("Elsewhere", "The document lives in " + live.change().placement() + ".");
      case Tombstone deletion ->
          say("Deleted", "With this version region " + version.origin() + " deleted the document.");
    }
  }

  void difference(StoredDocument before, StoredDocument after) {
    head("What changed");
    DescriptionList facts = new DescriptionList();
    fact(facts, "- from", named(before));
    fact(facts, "+ to", named(after));
    content().add(facts, PastText.between(before, after));
    call(List.of(versionPath(before.version()), versionPath(after.version())));
  }

  private String named(StoredDocument document) {
    VersionId version = document.version();
    return browser.time(version.hlc().millis())
        + ", region "
        + version.origin()
        + (document instanceof Tombstone ? ", deleted" : "");
  }

  /** Why there is no document to show at that time. */
  void notThen(long millis, StoreFailure failure, Runnable again) {
    String time = browser.time(millis);
    head("As it was at " + time);
    switch (failure.code()) {
      case DOCUMENT_NOT_FOUND ->
          say("Not there yet", "At " + time + " this document had not been written.");
      case DOCUMENT_DELETED -> say("Deleted then", "At " + time + " the document was deleted.");
      case HISTORY_EXPIRED ->
          say(
              "No longer known",
              "The history of this collection does not reach back to "
                  + time
                  + ". "
                  + Failures.sentence(failure));
      case INVALID_REQUEST -> say("That time cannot be shown", Failures.sentence(failure));
      default -> content().add(Failures.panel(failure, again));
    }
    call(List.of(asOfPath(millis)));
  }

  void failed(StoreFailure failure, Runnable again) {
    clear();
    if (failure.code() == FailureCode.VERSION_NOT_FOUND) {
      say("This version is not here", Failures.sentence(failure));
    } else {
      content().add(Failures.panel(failure, again));
    }
  }

  void unclear(String problem) {
    clear();
    say("The address is not clear", problem);
  }

  private void head(String title, Component... actions) {
    content().removeAll();
    head(title, to(new PastState.Nothing()), actions);
  }

  private void clear() {
    noHead();
    content().removeAll();
  }

  private void say(String title, String text) {
    content().add(Failures.empty(title, text));
  }

  private static void fact(DescriptionList facts, String term, String value) {
    if (!term.isEmpty()) {
      facts.add(new DescriptionList.Term(term));
    }
    facts.add(new DescriptionList.Description(value));
  }

  private String path() {
    return place.map(DocumentPlace::path).orElse("");
  }

  private String versionPath(VersionId version) {
    return path() + "/versions/" + Paths.segment(version.toString());
  }

  private String asOfPath(long millis) {
    return path() + "?asOf=" + Moments.rfc3339(millis);
  }

  private void call(List<String> paths) {
    StringBuilder text = new StringBuilder();
    paths.forEach(each -> text.append(browser.curl(each)).append('\n'));
    content().add(new ApiCall(text.append(browser.curl(path() + "/versions")).toString()));
  }
}
