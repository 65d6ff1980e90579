package dev.meridian.console;

import com.vaadin.flow.component.UI;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.button.ButtonVariant;
import com.vaadin.flow.component.confirmdialog.ConfirmDialog;
import com.vaadin.flow.component.html.Anchor;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H1;
import com.vaadin.flow.component.html.Header;
import com.vaadin.flow.component.html.Main;
import com.vaadin.flow.router.BeforeEnterEvent;
import com.vaadin.flow.router.BeforeEnterObserver;
import com.vaadin.flow.router.HasDynamicTitle;
import com.vaadin.flow.router.QueryParameters;
import com.vaadin.flow.router.Route;
import dev.meridian.coordinator.Documents;
import dev.meridian.coordinator.Documents.Lookup;
import dev.meridian.coordinator.Documents.WriteResult;
import dev.meridian.coordinator.History;
import dev.meridian.document.Bytes;
import dev.meridian.document.CollectionName;
import dev.meridian.document.DocumentId;
import dev.meridian.document.FailureCode;
import dev.meridian.document.JsonLimits;
import dev.meridian.document.MergePatch;
import dev.meridian.document.Precondition;
import dev.meridian.document.Revision;
import dev.meridian.document.StoreFailure;
import dev.meridian.document.StoredDocument;
import dev.meridian.document.StoredDocument.LiveDocument;
import dev.meridian.document.StoredDocument.Tombstone;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** One document: what it says, who wrote it and when; and changing it without losing another's. */
@Route(value = Paths.COLLECTIONS + "/:collection/docs/:id*", layout = ConsoleLayout.class)
public class DocumentView extends Main implements BeforeEnterObserver, HasDynamicTitle {

  private static final String NEW = "{\n  \n}";

  private final Later later;
  private final DocumentCalls calls;
  private final Div crumbs = new Div();
  private final H1 title = new H1();
  private final GuaranteeBar guarantees = new GuaranteeBar(this::go);
  private final DocumentFacts facts = new DocumentFacts();
  private final DocumentEditor editor;
  private final Button save = new Button("Save", click -> save());
  private final Button patch = new Button("Save changes only", click -> patch());
  private final Button revert = new Button("Reload", click -> load());
  private final Button delete = new Button("Delete", click -> askWhetherToDelete());
  private final Div content = new Div();
  private final Div tools = new Div();
  private final JourneyPanel journey;
  private final DocumentHistory past;

  private Optional<DocumentPlace> place = Optional.empty();
  private Optional<Revision> base = Optional.empty();

  @Inject
  DocumentView(
      Documents documents, History history, JsonLimits limits, LiveCluster live, Later later) {
    this.later = later;
    this.calls = new DocumentCalls(documents);
    this.editor = new DocumentEditor(limits);
    this.journey = new JourneyPanel(history, live, later);
    this.past = new DocumentHistory(history, later, new Editing());
    addClassNames("view", "document");
    crumbs.addClassName("crumbs");
    save.addThemeVariants(ButtonVariant.LUMO_PRIMARY);
    delete.addThemeVariants(ButtonVariant.LUMO_TERTIARY, ButtonVariant.LUMO_ERROR);
    Button layOut = new Button("Lay out", click -> editor.layOut());
    patch.setTooltipText("Sends what you changed as a merge patch: what others changed stays");
    tools.add(delete, revert, layOut, patch, save);
    tools.addClassName("tools");
    Header header = new Header(title, tools);
    header.addClassName("view-header");
    content.addClassName("content");
    add(crumbs, header, guarantees, content, calls.receipts(), journey, past);
  }

  /** What the past of the document may know of this page, and do on it. */
  private final class Editing implements DocumentHistory.Editing {
    @Override
    public boolean unsaved() {
      return editor.unsaved();
    }

    @Override
    public CompletionStage<WriteResult> put(Bytes body, Precondition condition) {
      return calls.put(place.orElseThrow(), body, condition);
    }

    @Override
    public void written(WriteResult result, String how) {
      DocumentView.this.written(result, how);
    }
  }

  @Override
  public String getPageTitle() {
    return place.map(at -> at.id() + " · " + at.collection() + " · Meridian").orElse("Meridian");
  }

  @Override
  public void beforeEnter(BeforeEnterEvent event) {
    try {
      CollectionName collection =
          new CollectionName(event.getRouteParameters().get("collection").orElse(""));
      crumbs.removeAll();
      crumbs.add(
          new Anchor(Paths.COLLECTIONS, "Collections"),
          new Anchor(Paths.collection(collection), collection.value()));
      DocumentId id = new DocumentId(Paths.idOf(event.getLocation().getPath()));
      title.setText(id.value());
      enter(collection, id, event.getLocation().getQueryParameters());
    } catch (StoreFailure malformed) {
      failed(malformed);
    }
  }

  private void enter(CollectionName collection, DocumentId id, QueryParameters query) {
    PastState then = PastState.of(query);
    Guarantees asked;
    try {
      asked = Guarantees.of(query);
    } catch (StoreFailure unclear) {
      unclear(unclear, new DocumentPlace(collection, id, Guarantees.USUAL));
      return;
    }
    enter(new DocumentPlace(collection, id, asked), then);
  }

  private void unclear(StoreFailure problem, DocumentPlace usual) {
    place = Optional.empty();
    guarantees.setVisible(false);
    tools.setVisible(false);
    content.removeAll();
    content.add(
        Failures.empty(
            "The address is not clear",
            Failures.sentence(problem) + ".",
            new Anchor(usual.path(), "Open the document with the usual guarantees")));
  }

  /** Looking at the past, or choosing guarantees, must not take away what is being edited. */
  private void enter(DocumentPlace next, PastState then) {
    Optional<DocumentPlace> before = place;
    place = Optional.of(next);
    guarantees.setVisible(true);
    guarantees.show(next.guarantees());
    past.look(then);
    if (before.filter(next::sameDocument).isEmpty()) {
      calls.forget();
      load();
    } else if (before.filter(next::readsAlike).isEmpty()) {
      load(next, editor.isAttached() && editor.unsaved());
    } else if (before.filter(next::equals).isEmpty()) {
      past.of(next);
      journey.of(next);
    }
  }

  private void go(Guarantees chosen) {
    place
        .map(at -> new DocumentPlace(at.collection(), at.id(), chosen))
        .ifPresent(at -> UI.getCurrent().navigate(at.path(), at.parameters(past.state())));
  }

  private void load() {
    place.ifPresent(at -> load(at, false));
  }

  /**
   * @param keep the text that is being edited: what is read then shows in the receipt only
   */
  private void load(DocumentPlace at, boolean keep) {
    past.of(at);
    journey.of(at);
    later.show(
        UI.getCurrent(),
        calls.look(at),
        found -> {
          if (isHere(at)) {
            calls.showRead(found.answer(), keep);
            if (!keep) {
              show(at, found);
            }
          }
        },
        failure -> {
          if (isHere(at)) {
            calls.showFailed(failure);
            if (!keep) {
              failed(failure);
            }
          }
        });
  }

  private boolean isHere(DocumentPlace at) {
    return place.filter(at::readsAlike).isPresent();
  }

  /** What is not there can be written: the same page, with an empty document. */
  private void show(DocumentPlace at, Lookup found) {
    Optional<StoredDocument> stored = found.stored();
    if (stored.isPresent() && stored.get() instanceof LiveDocument live) {
      base = Optional.of(live.revision());
      edit(JsonText.pretty(live.body()));
      facts.show(live);
    } else {
      base = Optional.empty();
      edit(NEW);
      facts.none(at.collection(), at.id(), stored.filter(Tombstone.class::isInstance).isPresent());
    }
    save.setText(base.isPresent() ? "Save" : "Create");
    delete.setVisible(base.isPresent());
    revert.setVisible(base.isPresent());
    patch.setVisible(base.isPresent());
  }

  private void edit(String text) {
    content.removeAll();
    content.add(editor, facts);
    tools.setVisible(true);
    editor.edit(text);
  }

  private void failed(StoreFailure failure) {
    tools.setVisible(false);
    content.removeAll();
    content.add(Failures.panel(failure, this::load));
  }

  private void save() {
    save(
        base.<Precondition>map(seen -> new Precondition.AnyOf(List.of(seen)))
            .orElseGet(Precondition.Absent::new));
  }

  private void save(Precondition condition) {
    Optional<Bytes> body = editor.check();
    if (place.isEmpty() || body.isEmpty()) {
      editor.focus();
      return;
    }
    later.show(
        UI.getCurrent(),
        calls.put(place.get(), body.get(), condition),
        result -> written(result, result.created() ? "Created" : "Saved"),
        this::refused);
  }

  private void patch() {
    if (place.isEmpty() || editor.check().isEmpty()) {
      editor.focus();
      return;
    }
    Optional<MergePatch> changes = editor.changes();
    if (changes.isEmpty()) {
      Failures.tell("A merge patch cannot make a member null; Save writes the whole document.");
      return;
    }
    later.show(
        UI.getCurrent(),
        calls.patch(place.get(), changes.get()),
        result -> written(result, "Saved"),
        Failures::tell);
  }

  private void written(WriteResult result, String how) {
    calls.showWritten(result, how);
    load();
  }

  private void refused(StoreFailure failure) {
    if (failure.code() == FailureCode.PRECONDITION_FAILED) {
      explainConflict();
    } else {
      Failures.tell(failure);
    }
  }

  private void explainConflict() {
    later.show(
        UI.getCurrent(),
        calls.look(place.orElseThrow()),
        found ->
            SomebodyElse.ask(
                found.stored(),
                this::load,
                seen ->
                    save(
                        seen.<Precondition>map(theirs -> new Precondition.AnyOf(List.of(theirs)))
                            .orElseGet(Precondition.Absent::new))),
        Failures::tell);
  }

  private void askWhetherToDelete() {
    ConfirmDialog dialog = new ConfirmDialog();
    dialog.setHeader("Delete this document?");
    dialog.setText(
        "It disappears in every region. If somebody changed it since you opened it, nothing"
            + " happens and you are told.");
    dialog.setCancelable(true);
    dialog.setConfirmText("Delete");
    dialog.setConfirmButtonTheme("error primary");
    dialog.addConfirmListener(confirm -> delete());
    dialog.open();
  }

  private void delete() {
    if (place.isEmpty() || base.isEmpty()) {
      return;
    }
    DocumentPlace at = place.get();
    UI page = UI.getCurrent();
    later.show(
        page,
        calls.delete(at, new Precondition.AnyOf(List.of(base.get()))),
        deleted -> {
          if (deleted.unconfirmed().isPresent()) {
            written(deleted, "Deleted"); // who leaves would not see what is not known
          } else {
            ReceiptText receipt =
                ReceiptText.of(ReceiptText.Kind.WRITE, deleted.answer(), deleted.unconfirmed());
            Failures.done("Document " + at.id() + " deleted. " + receipt.sentence());
            page.navigate(Paths.collection(at.collection()));
          }
        },
        this::refused);
  }
}
