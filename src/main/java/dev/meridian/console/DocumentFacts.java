package dev.meridian.console;

import com.vaadin.flow.component.AttachEvent;
import com.vaadin.flow.component.html.Aside;
import com.vaadin.flow.component.html.DescriptionList;
import com.vaadin.flow.component.html.Paragraph;
import dev.meridian.clock.VersionId;
import dev.meridian.document.CollectionName;
import dev.meridian.document.DocumentId;
import dev.meridian.document.StoredDocument.LiveDocument;

/** Who wrote a document and when, and how to reach it without this console. */
class DocumentFacts extends Aside {

  private final DescriptionList list = new DescriptionList();
  private final Paragraph note = new Paragraph();
  private final ApiCall call = new ApiCall();
  private final Browser browser = new Browser();
  private Runnable again = () -> {};

  DocumentFacts() {
    addClassName("facts");
    note.addClassName("hint");
    add(list, note, call);
  }

  @Override
  protected void onAttach(AttachEvent event) {
    browser.ask(this, () -> again.run());
  }

  void show(LiveDocument document) {
    again = () -> render(document);
    again.run();
  }

  void none(CollectionName collection, DocumentId id, boolean deleted) {
    again =
        () -> {
          list.removeAll();
          note.setText(
              deleted
                  ? "This document was deleted. Creating it writes a new version."
                  : "There is no document with this id. Write it and create it.");
          call.show(
              browser.curl(curl("PUT", collection, id).header("If-None-Match", "*").body("")));
        };
    again.run();
  }

  private void render(LiveDocument document) {
    VersionId version = document.version();
    long written = version.hlc().millis();
    list.removeAll();
    note.setText("");
    if (browser.inUtc()) {
      fact("Written", Words.utc(written));
    } else {
      fact("Written", browser.time(written));
      fact("", Words.utc(written));
    }
    fact("Region", version.origin().value());
    fact("Version", version.toString());
    fact("Size", Words.bytes(document.body().length()));
    CollectionName collection = document.change().collection();
    String revision = "\"" + document.revision() + "\"";
    call.show(
        String.join(
            "\n\n",
            browser.curl(curl("GET", collection, document.id())),
            browser.curl(
                curl("PUT", collection, document.id()).header("If-Match", revision).body("")),
            browser.curl(curl("DELETE", collection, document.id()).header("If-Match", revision))));
  }

  private void fact(String term, String value) {
    DescriptionList.Description description = new DescriptionList.Description(value);
    if (!term.isEmpty()) {
      list.add(new DescriptionList.Term(term));
    }
    list.add(description);
  }

  private static Curl curl(String method, CollectionName collection, DocumentId id) {
    return new Curl(method, Paths.document(collection, id));
  }
}
