package dev.meridian.console;

import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.component.textfield.TextArea;
import com.vaadin.flow.data.value.ValueChangeMode;
import dev.meridian.document.Bytes;
import dev.meridian.document.JsonDocument;
import dev.meridian.document.JsonLimits;
import dev.meridian.document.JsonValue;
import dev.meridian.document.JsonValue.JsonObject;
import dev.meridian.document.MergePatch;
import dev.meridian.document.StoreFailure;
import java.util.Optional;

/** A document as text that can be changed, checked while it is typed. */
class DocumentEditor extends Div {

  private final JsonLimits limits;
  private final TextArea text = new TextArea();
  private final Span check = new Span();
  private String loaded = "";

  DocumentEditor(JsonLimits limits) {
    this.limits = limits;
    addClassName("pane");
    text.setAriaLabel("Document as JSON");
    text.addClassName("editor");
    text.setWidthFull();
    text.setMinHeight("18rem");
    text.setValueChangeMode(ValueChangeMode.LAZY);
    text.addValueChangeListener(change -> check());
    text.getElement().setAttribute("spellcheck", "false");
    check.addClassName("check");
    check.getElement().setAttribute("role", "status");
    add(text, check);
  }

  void edit(String stored) {
    text.setValue(stored);
    loaded = stored;
    check();
  }

  /** Whether there is text that is not saved. */
  boolean unsaved() {
    return !text.getValue().equals(loaded);
  }

  /** The document to store; empty, and said why, when the text is none. */
  Optional<Bytes> check() {
    try {
      Bytes body = JsonDocument.compact(Bytes.utf8(text.getValue()), limits);
      check.setText("Valid JSON, " + Words.bytes(body.length()) + " as stored");
      check.getElement().setAttribute("data-tone", "good");
      text.setInvalid(false);
      return Optional.of(body);
    } catch (StoreFailure refused) {
      check.setText(Failures.sentence(refused));
      check.getElement().setAttribute("data-tone", "bad");
      text.setInvalid(true);
      return Optional.empty();
    }
  }

  /** What was changed since it was loaded; empty when that is no text or cannot be said. */
  Optional<MergePatch> changes() {
    return check()
        .flatMap(
            body ->
                JsonValue.parse(loaded) instanceof JsonObject from
                        && JsonValue.parse(body) instanceof JsonObject to
                    ? MergePatch.between(from, to)
                    : Optional.empty());
  }

  void layOut() {
    check().ifPresent(body -> text.setValue(JsonText.pretty(body)));
  }

  void focus() {
    text.focus();
  }
}
