package dev.meridian.console;

import com.vaadin.flow.component.AttachEvent;
import com.vaadin.flow.component.details.Details;
import com.vaadin.flow.component.html.Aside;
import com.vaadin.flow.component.html.DescriptionList;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.component.html.Pre;
import dev.meridian.clock.VersionId;
import dev.meridian.document.CollectionName;
import dev.meridian.document.DocumentId;
import dev.meridian.document.StoredDocument.LiveDocument;

/** Who wrote a document and when, and how to reach it without this console. */
class DocumentFacts extends Aside {

  private final DescriptionList list = new DescriptionList();
  private final Paragraph note = new Paragraph();
  private final Pre call = new Pre();
  private final Browser browser = new Browser();
  private Runnable again = () -> {};

  DocumentFacts() {
    addClassName("facts");
    note.addClassName("hint");
    call.addClassName("call");
    call.getElement().setAttribute("tabindex", "0");
    Details details = new Details("Show as API call", call);
    add(list, note, details);
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
          call.setText(curl("PUT", collection, id, "If-None-Match: *"));
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
    call.setText(
        curl("GET", collection, document.id(), "")
            + "\n\n"
            + curl("PUT", collection, document.id(), "If-Match: \"" + document.revision() + "\"")
            + "\n\n"
            + curl(
                "DELETE", collection, document.id(), "If-Match: \"" + document.revision() + "\""));
  }

  private void fact(String term, String value) {
    DescriptionList.Description description = new DescriptionList.Description(value);
    if (!term.isEmpty()) {
      list.add(new DescriptionList.Term(term));
    }
    list.add(description);
  }

  private String curl(String method, CollectionName collection, DocumentId id, String header) {
    StringBuilder text = new StringBuilder("curl");
    if (!method.equals("GET")) {
      text.append(" -X ").append(method);
    }
    text.append(" '")
        .append(browser.origin())
        .append("/v1/")
        .append(Paths.document(collection, id))
        .append("'");
    if (!header.isEmpty()) {
      text.append(" \\\n  -H '").append(header).append("'");
    }
    if (method.equals("PUT")) {
      text.append(" \\\n  -H 'Content-Type: application/json' \\\n  --data @document.json");
    }
    return text.toString();
  }
}
