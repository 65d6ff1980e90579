package dev.meridian.console;

import com.vaadin.flow.component.html.Article;
import com.vaadin.flow.component.html.H2;
import com.vaadin.flow.component.html.Header;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.component.html.Span;
import dev.meridian.clock.ReplicaId;
import dev.meridian.console.ReceiptText.Kind;
import dev.meridian.coordinator.Answer;
import dev.meridian.coordinator.Receipt;
import dev.meridian.document.StoreFailure;
import java.util.Optional;
import java.util.stream.Collectors;

/** The receipt of one request: what was asked, what was given, why, and at which cost. */
class ReceiptCard extends Article {

  private final Kind kind;
  private final Span verdict = StorageCards.badge();
  private final Paragraph sentence = new Paragraph();
  private final Facts facts = new Facts();
  private final ApiCall call = new ApiCall();

  ReceiptCard(String title, Kind kind) {
    this.kind = kind;
    addClassNames("card", "receipt");
    getElement().setAttribute("aria-label", title);
    sentence.getElement().setAttribute("role", "status");
    add(new Header(new H2(title), verdict), sentence, facts, call);
    setVisible(false);
  }

  /**
   * @param note what else is to be said of it; may be empty
   */
  void show(Answer answer, Optional<StoreFailure> unconfirmed, String note) {
    say(ReceiptText.of(kind, answer, unconfirmed), note);
    facts.setVisible(true);
    Receipt receipt = answer.receipt();
    facts.put("Asked", receipt.asked(), "");
    facts.put("Got", receipt.got(), "");
    facts.put("Why", receipt.why(), "");
    facts.put(
        "Regions",
        receipt.regions().stream().map(ReplicaId::value).collect(Collectors.joining(", ")),
        "whose copies stand behind the answer");
    facts.put(
        kind == Kind.READ ? "Agreed" : "Hold it",
        receipt.acks() + " of " + receipt.need() + " needed",
        "regions, this one included");
    if (kind == Kind.WRITE) {
      facts.put("Log", millis(receipt.times().logNanos()), "until it was in this region's log");
      facts.put(
          "Readable", millis(receipt.times().applyNanos()), "after that, until it could be read");
    }
    facts.put(
        "Waited",
        millis(receipt.times().waitNanos()),
        "for the guarantee; of that, " + millis(receipt.times().wanNanos()) + " for other regions");
    if (kind == Kind.READ) {
      facts.put(
          "Staleness",
          "at most " + Words.span(answer.stalenessMillis()),
          "how old the answer may be");
    }
    facts.put("Charge", Words.count(answer.charge(), "request unit", "request units"), "");
  }

  void failed(StoreFailure failure) {
    say(ReceiptText.of(failure), "");
    facts.setVisible(false);
  }

  private void say(ReceiptText text, String note) {
    setVisible(true);
    verdict.setText(text.verdict());
    verdict.getElement().setAttribute("data-tone", text.tone().css());
    getElement().setAttribute("data-tone", text.tone().css());
    sentence.setText(note.isEmpty() ? text.sentence() : text.sentence() + " " + note);
  }

  /** The call of the API that does the same. */
  void again(String text) {
    call.show(text);
  }

  void clear() {
    setVisible(false);
  }

  private static String millis(long nanos) {
    return nanos == 0 ? "not at all" : Words.millis(nanos / 1e6);
  }
}
