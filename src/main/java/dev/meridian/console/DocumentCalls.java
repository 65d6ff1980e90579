package dev.meridian.console;

import com.vaadin.flow.component.html.Div;
import dev.meridian.console.ReceiptText.Kind;
import dev.meridian.coordinator.Answer;
import dev.meridian.coordinator.Documents;
import dev.meridian.coordinator.Documents.Lookup;
import dev.meridian.coordinator.Documents.PatchResult;
import dev.meridian.coordinator.Documents.WriteResult;
import dev.meridian.coordinator.SessionToken;
import dev.meridian.document.Bytes;
import dev.meridian.document.MergePatch;
import dev.meridian.document.Precondition;
import dev.meridian.document.StoreFailure;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;

/**
 * What one page reads and writes of a document: with the guarantees that are chosen on it, in one
 * session, and with the receipts of the last read and of the last write.
 */
final class DocumentCalls {

  private final Documents documents;
  private final Browser browser = new Browser();
  private final ReceiptCard readReceipt = new ReceiptCard("Receipt of the read", Kind.READ);
  private final ReceiptCard writeReceipt = new ReceiptCard("Receipt of the write", Kind.WRITE);
  private final Div receipts = new Div(writeReceipt, readReceipt);
  private SessionToken session = SessionToken.NONE;
  private Optional<Curl> readCall = Optional.empty();
  private Optional<Curl> writeCall = Optional.empty();

  DocumentCalls(Documents documents) {
    this.documents = documents;
    receipts.addClassNames("cards", "receipts");
    // Until the browser has answered, nobody knows where it reaches this region.
    receipts.addAttachListener(attached -> browser.ask(attached.getUI(), this::showCalls));
  }

  Div receipts() {
    return receipts;
  }

  /** Another document: what was read and written of the last one is past. */
  void forget() {
    readReceipt.clear();
    writeReceipt.clear();
  }

  CompletionStage<Lookup> look(DocumentPlace at) {
    Curl call =
        new Curl("GET", at.path()).header("Meridian-Consistency", at.guarantees().level().text());
    readCall = Optional.of(common(call, at));
    return documents.look(at.collection(), at.id(), at.guarantees().read(session));
  }

  CompletionStage<WriteResult> put(DocumentPlace at, Bytes body, Precondition condition) {
    writeCall = Optional.of(write("PUT", at, condition).body(body.utf8()));
    return documents.put(at.collection(), at.id(), body, at.guarantees().write(session, condition));
  }

  /** Changes what the patch names, whatever else the document has become. */
  CompletionStage<WriteResult> patch(DocumentPlace at, MergePatch patch) {
    writeCall =
        Optional.of(
            write("PATCH", at, Precondition.NONE)
                .body(patch.kind().mediaType(), patch.patch().text()));
    return documents
        .patch(at.collection(), at.id(), patch, at.guarantees().write(session, Precondition.NONE))
        .thenApply(PatchResult::written);
  }

  CompletionStage<WriteResult> delete(DocumentPlace at, Precondition condition) {
    writeCall = Optional.of(write("DELETE", at, condition));
    return documents.delete(at.collection(), at.id(), at.guarantees().write(session, condition));
  }

  private Curl write(String method, DocumentPlace at, Precondition condition) {
    Curl call =
        new Curl(method, at.path())
            .header("Meridian-Durability", at.guarantees().durability().text());
    switch (condition) {
      case Precondition.Absent absent -> call.header("If-None-Match", "*");
      case Precondition.AnyOf any ->
          call.header(
              "If-Match",
              any.revisions().stream()
                  .map(revision -> "\"" + revision + "\"")
                  .collect(Collectors.joining(", ")));
      default -> {}
    }
    return common(call, at);
  }

  private Curl common(Curl call, DocumentPlace at) {
    if (!session.equals(SessionToken.NONE)) {
      call.header("Meridian-Session", session.text());
    }
    return at.guarantees().degrade() ? call.header("Meridian-On-Miss", "degrade") : call;
  }

  /**
   * @param kept whether the text being edited stayed as it is
   */
  void showRead(Answer answer, boolean kept) {
    session = session.merge(answer.session().seen());
    readReceipt.show(
        answer,
        Optional.empty(),
        kept ? "Your text that is not saved was kept; Reload shows what was read." : "");
    showCalls();
  }

  void showFailed(StoreFailure failure) {
    readReceipt.failed(failure);
    showCalls();
  }

  private void showCalls() {
    readCall.map(browser::curl).ifPresent(readReceipt::again);
    writeCall.map(browser::curl).ifPresent(writeReceipt::again);
  }

  /**
   * @param how in one word
   */
  void showWritten(WriteResult result, String how) {
    session = session.merge(result.answer().session().seen());
    writeReceipt.show(result.answer(), result.unconfirmed(), "");
    showCalls();
    if (result.unconfirmed().isPresent()) {
      Failures.tell(
          how
              + " here as "
              + result.version()
              + ", not confirmed elsewhere: "
              + result.answer().receipt().why()
              + ". Its receipt says more.");
    } else {
      Failures.done(how + " as " + result.version());
    }
  }
}
