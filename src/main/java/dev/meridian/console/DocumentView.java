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
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.component.textfield.TextArea;
import com.vaadin.flow.data.value.ValueChangeMode;
import com.vaadin.flow.router.BeforeEnterEvent;
import com.vaadin.flow.router.BeforeEnterObserver;
import com.vaadin.flow.router.HasDynamicTitle;
import com.vaadin.flow.router.Route;
import dev.meridian.clock.VersionId;
import dev.meridian.coordinator.Documents;
import dev.meridian.coordinator.Documents.DocumentRead;
import dev.meridian.coordinator.History;
import dev.meridian.coordinator.ReadOptions;
import dev.meridian.coordinator.WriteOptions;
import dev.meridian.document.Bytes;
import dev.meridian.document.CollectionName;
import dev.meridian.document.DocumentId;
import dev.meridian.document.FailureCode;
import dev.meridian.document.JsonDocument;
import dev.meridian.document.JsonLimits;
import dev.meridian.document.Precondition;
import dev.meridian.document.Revision;
import dev.meridian.document.StoreFailure;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Optional;

/** One document: what it says, who wrote it and when; and changing it without losing another's. */
@Route(value = Paths.COLLECTIONS + "/:collection/docs/:id*", layout = ConsoleLayout.class)
public class DocumentView extends Main implements BeforeEnterObserver, HasDynamicTitle {

  private static final String NEW = "{\n  \n}";

  private final Documents documents;
  private final Later later;
  private final JsonLimits limits;
  private final Div crumbs = new Div();
  private final H1 title = new H1();
  private final DocumentFacts facts = new DocumentFacts();
  private final TextArea editor = new TextArea();
  private final Span check = new Span();
  private final Button save = new Button("Save", click -> save());
  private final Button revert = new Button("Reload", click -> load());
  private final Button delete = new Button("Delete", click -> askWhetherToDelete());
  private final Div content = new Div();
  private final Div tools = new Div();
  private final DocumentHistory past;

  private Optional<Address> address = Optional.empty();
  private Optional<Revision> base = Optional.empty();
  private String loaded = "";

  private record Address(CollectionName collection, DocumentId id) {}

  @Inject
  DocumentView(Documents documents, History history, JsonLimits limits, Later later) {
    this.documents = documents;
    this.limits = limits;
    this.later = later;
    this.past =
        new DocumentHistory(
            history,
            documents,
            later,
            new DocumentHistory.Editing() {
              @Override
              public boolean unsaved() {
                return !editor.getValue().equals(loaded);
              }

              @Override
              public void changed() {
                load();
              }
            });
    addClassNames("view", "document");
    crumbs.addClassName("crumbs");
    save.addThemeVariants(ButtonVariant.LUMO_PRIMARY);
    delete.addThemeVariants(ButtonVariant.LUMO_TERTIARY, ButtonVariant.LUMO_ERROR);
    Button layOut = new Button("Lay out", click -> layOut());
    tools.add(delete, revert, layOut, save);
    tools.addClassName("tools");
    Header header = new Header(title, tools);
    header.addClassName("view-header");
    editor.setAriaLabel("Document as JSON");
    editor.addClassName("editor");
    editor.setWidthFull();
    editor.setMinHeight("18rem");
    editor.setValueChangeMode(ValueChangeMode.LAZY);
    editor.addValueChangeListener(change -> check());
    editor.getElement().setAttribute("spellcheck", "false");
    check.addClassName("check");
    check.getElement().setAttribute("role", "status");
    content.addClassName("content");
    add(crumbs, header, content, past);
  }

  @Override
  public String getPageTitle() {
    return address.map(at -> at.id() + " · " + at.collection() + " · Meridian").orElse("Meridian");
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
      Address opened = new Address(collection, id);
      past.look(PastState.of(event.getLocation().getQueryParameters()));
      // Looking at the past must not take away what is being edited.
      if (!address.equals(Optional.of(opened))) {
        address = Optional.of(opened);
        title.setText(id.value());
        load();
      }
    } catch (StoreFailure malformed) {
      failed(malformed);
    }
  }

  private void load() {
    address.ifPresent(
        at -> {
          past.of(at.collection(), at.id());
          later.show(
              UI.getCurrent(),
              documents.get(at.collection(), at.id(), ReadOptions.DEFAULTS),
              this::show,
              failure -> missing(at, failure));
        });
  }

  private void show(DocumentRead read) {
    base = Optional.of(read.document().revision());
    edit(JsonText.pretty(read.document().body()));
    facts.show(read.document());
    save.setText("Save");
    delete.setVisible(true);
    revert.setVisible(true);
  }

  /** What is not there can be written: the same page, with an empty document. */
  private void missing(Address at, StoreFailure failure) {
    switch (failure.code()) {
      case DOCUMENT_NOT_FOUND, DOCUMENT_DELETED -> {
        base = Optional.empty();
        edit(NEW);
        facts.none(at.collection(), at.id(), failure.code() == FailureCode.DOCUMENT_DELETED);
        save.setText("Create");
        delete.setVisible(false);
        revert.setVisible(false);
      }
      default -> failed(failure);
    }
  }

  private void edit(String text) {
    content.removeAll();
    Div pane = new Div(editor, check);
    pane.addClassName("pane");
    content.add(pane, facts);
    tools.setVisible(true);
    editor.setValue(text);
    loaded = text;
    check();
  }

  private void failed(StoreFailure failure) {
    tools.setVisible(false);
    content.removeAll();
    content.add(Failures.panel(failure, this::load));
  }

  /** The document to store; empty, and said why, when the text is none. */
  private Optional<Bytes> check() {
    try {
      Bytes body = JsonDocument.compact(Bytes.utf8(editor.getValue()), limits);
      check.setText("Valid JSON, " + Words.bytes(body.length()) + " as stored");
      check.getElement().setAttribute("data-tone", "good");
      editor.setInvalid(false);
      return Optional.of(body);
    } catch (StoreFailure refused) {
      check.setText(Failures.sentence(refused));
      check.getElement().setAttribute("data-tone", "bad");
      editor.setInvalid(true);
      return Optional.empty();
    }
  }

  private void layOut() {
    check().ifPresent(body -> editor.setValue(JsonText.pretty(body)));
  }

  private void save() {
    save(
        base.<Precondition>map(seen -> new Precondition.AnyOf(List.of(seen)))
            .orElseGet(Precondition.Absent::new));
  }

  private void save(Precondition condition) {
    Optional<Bytes> body = check();
    if (address.isEmpty() || body.isEmpty()) {
      editor.focus();
      return;
    }
    Address at = address.get();
    later.show(
        UI.getCurrent(),
        documents.put(at.collection(), at.id(), body.get(), WriteOptions.DEFAULTS.when(condition)),
        written -> {
          Failures.done((written.created() ? "Created" : "Saved") + " as " + written.version());
          load();
        },
        this::refused);
  }

  private void refused(StoreFailure failure) {
    if (failure.code() == FailureCode.PRECONDITION_FAILED) {
      explainConflict();
    } else {
      Failures.tell(failure);
    }
  }

  private void explainConflict() {
    Address at = address.orElseThrow();
    later.show(
        UI.getCurrent(),
        documents.get(at.collection(), at.id(), ReadOptions.DEFAULTS),
        read ->
            conflict(
                "Somebody changed it",
                whoAndWhen(read.document().version()),
                new Precondition.AnyOf(List.of(read.document().revision()))),
        failure -> {
          switch (failure.code()) {
            case DOCUMENT_NOT_FOUND, DOCUMENT_DELETED ->
                conflict(
                    "Somebody deleted it",
                    "The document was deleted while you were editing.",
                    new Precondition.Absent());
            default -> Failures.tell(failure);
          }
        });
  }

  private static String whoAndWhen(VersionId version) {
    return "While you were editing, region "
        + version.origin()
        + " took a change, written "
        + Words.utc(version.hlc().millis())
        + ".";
  }

  /**
   * @param seen what the person was told: only that is overwritten, not what came after it
   */
  private void conflict(String header, String what, Precondition seen) {
    ConfirmDialog dialog = new ConfirmDialog();
    dialog.setHeader(header);
    dialog.setText(
        what + " Your text is still here. Load the stored version, or put yours in its place.");
    dialog.setCancelable(true);
    dialog.setCancelText("Keep editing");
    dialog.setRejectable(true);
    dialog.setRejectText("Load theirs");
    dialog.addRejectListener(reject -> load());
    dialog.setConfirmText("Overwrite with mine");
    dialog.addConfirmListener(confirm -> save(seen));
    dialog.open();
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
    if (address.isEmpty() || base.isEmpty()) {
      return;
    }
    Address at = address.get();
    Precondition unchanged = new Precondition.AnyOf(List.of(base.get()));
    UI page = UI.getCurrent();
    later.show(
        page,
        documents.delete(at.collection(), at.id(), WriteOptions.DEFAULTS.when(unchanged)),
        deleted -> {
          Failures.done("Document " + at.id() + " deleted");
          page.navigate(Paths.collection(at.collection()));
        },
        this::refused);
  }
}
