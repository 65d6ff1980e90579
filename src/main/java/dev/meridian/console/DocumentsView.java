package dev.meridian.console;

import com.vaadin.flow.component.UI;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.button.ButtonVariant;
import com.vaadin.flow.component.dialog.Dialog;
import com.vaadin.flow.component.grid.ColumnTextAlign;
import com.vaadin.flow.component.grid.Grid;
import com.vaadin.flow.component.grid.GridVariant;
import com.vaadin.flow.component.html.Anchor;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H1;
import com.vaadin.flow.component.html.Header;
import com.vaadin.flow.component.html.Main;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.component.progressbar.ProgressBar;
import com.vaadin.flow.component.textfield.TextField;
import com.vaadin.flow.data.value.ValueChangeMode;
import com.vaadin.flow.router.BeforeEnterEvent;
import com.vaadin.flow.router.BeforeEnterObserver;
import com.vaadin.flow.router.HasDynamicTitle;
import com.vaadin.flow.router.Route;
import dev.meridian.coordinator.Collections;
import dev.meridian.coordinator.Documents;
import dev.meridian.coordinator.Documents.DocumentPage;
import dev.meridian.coordinator.Documents.ListRequest;
import dev.meridian.coordinator.ReadOptions;
import dev.meridian.document.Bytes;
import dev.meridian.document.CollectionName;
import dev.meridian.document.DocumentId;
import dev.meridian.document.StoreFailure;
import dev.meridian.document.StoredDocument.LiveDocument;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** The documents of a collection, a page at a time: the server keeps one page, never all. */
@Route(value = Paths.COLLECTIONS + "/:collection", layout = ConsoleLayout.class)
public class DocumentsView extends Main implements BeforeEnterObserver, HasDynamicTitle {

  private static final int PAGE = 100;
  private static final int PREVIEW_BYTES = 160;

  /** How many pages one can go back; who went further starts again. */
  private static final int MAX_STEPS_BACK = 10_000;

  private final Documents documents;
  private final Collections collections;
  private final Later later;
  private final H1 title = new H1();
  private final TextField prefix = new TextField();
  private final Grid<Row> grid = new Grid<>();
  private final Div content = new Div();
  private final Div pager = new Div();
  private final Span position = new Span();
  private final Button back = new Button("Previous " + PAGE);
  private final Button on = new Button("Next " + PAGE);
  private final ProgressBar loading = new ProgressBar();

  /** The id each page before this one starts after. */
  private final Deque<Optional<DocumentId>> steps = new ArrayDeque<>();

  private Optional<CollectionName> collection = Optional.empty();
  private Optional<DocumentId> after = Optional.empty();
  private List<Row> shown = List.of();
  private int asked;

  /** What is shown of a document. Its body is not kept: a page of large ones would be 100 MiB. */
  private record Row(
      DocumentId id, String path, String preview, int bytes, String origin, long writtenMillis) {
    static Row of(LiveDocument document) {
      return new Row(
          document.id(),
          Paths.document(document.change().collection(), document.id()),
          DocumentsView.preview(document.body()),
          document.body().length(),
          document.version().origin().value(),
          document.version().hlc().millis());
    }
  }

  @Inject
  DocumentsView(Documents documents, Collections collections, Later later) {
    this.documents = documents;
    this.collections = collections;
    this.later = later;
    addClassName("view");
    prefix.setPlaceholder("Ids that start with…");
    prefix.setAriaLabel("Ids that start with");
    prefix.setClearButtonVisible(true);
    prefix.getElement().setAttribute("data-search", "");
    prefix.setValueChangeMode(ValueChangeMode.LAZY);
    prefix.addValueChangeListener(change -> firstPage());
    Button create = new Button("New document", click -> askForId());
    create.addThemeVariants(ButtonVariant.LUMO_PRIMARY);
    Div tools = new Div(prefix, create);
    tools.addClassName("tools");
    Header header = new Header(title, tools);
    header.addClassName("view-header");
    loading.setIndeterminate(true);
    loading.addClassName("loading");
    loading.getElement().setAttribute("aria-label", "Loading");
    loading.setVisible(false);
    position.getElement().setAttribute("role", "status");
    back.addClickListener(click -> previousPage());
    on.addClickListener(click -> nextPage());
    pager.add(position, back, on);
    pager.addClassName("pager");
    pager.setVisible(false);
    content.addClassName("content");
    columns();
    add(crumbs(), header, loading, content, pager);
  }

  private static Div crumbs() {
    Div crumbs = new Div(new Anchor(Paths.COLLECTIONS, "Collections"));
    crumbs.addClassName("crumbs");
    return crumbs;
  }

  private void columns() {
    grid.addClassName("documents");
    grid.addThemeVariants(GridVariant.LUMO_COMPACT);
    grid.setAllRowsVisible(true);
    grid.addComponentColumn(row -> new Anchor(row.path(), row.id().value()))
        .setHeader("Id")
        .setWidth("12rem")
        .setFlexGrow(2);
    grid.addColumn(Row::preview)
        .setHeader("Document")
        .setWidth("10rem")
        .setFlexGrow(5)
        .setPartNameGenerator(row -> "code");
    grid.addColumn(row -> Words.bytes(row.bytes()))
        .setHeader("Size")
        .setTextAlign(ColumnTextAlign.END)
        .setWidth("6rem")
        .setFlexGrow(0);
    grid.addColumn(Row::origin).setHeader("Origin").setWidth("6rem").setFlexGrow(0);
    grid.addColumn(row -> Words.utc(row.writtenMillis()).substring(0, 19))
        .setHeader("Written (UTC)")
        .setWidth("12rem")
        .setFlexGrow(0);
  }

  /** The start of a document; a character cut at the end is left out. */
  private static String preview(Bytes body) {
    int length = Math.min(body.length(), PREVIEW_BYTES);
    String text =
        new String(body.array(), body.offset(), length, StandardCharsets.UTF_8)
            .replace("\uFFFD", "");
    return length < body.length() ? text + "…" : text;
  }

  @Override
  public String getPageTitle() {
    return collection.map(name -> name + " · Meridian").orElse("Meridian");
  }

  @Override
  public void beforeEnter(BeforeEnterEvent event) {
    String name = event.getRouteParameters().get("collection").orElse("");
    title.setText(name);
    try {
      collection = Optional.of(new CollectionName(name));
      firstPage();
    } catch (StoreFailure malformed) {
      failed(malformed);
    }
  }

  private void firstPage() {
    steps.clear();
    after = Optional.empty();
    load();
  }

  private void nextPage() {
    if (shown.isEmpty()) {
      return;
    }
    if (steps.size() == MAX_STEPS_BACK) {
      steps.removeLast();
    }
    steps.push(after);
    after = Optional.of(shown.getLast().id());
    load();
  }

  private void previousPage() {
    if (!steps.isEmpty()) {
      after = steps.pop();
      load();
    }
  }

  private void load() {
    collection.ifPresent(this::load);
  }

  /** Only the newest question's answer is shown: an older one may come in later. */
  private void load(CollectionName from) {
    int question = ++asked;
    loading.setVisible(true);
    ListRequest request = new ListRequest(prefix.getValue(), PAGE, after, Optional.empty());
    later.show(
        UI.getCurrent(),
        documents.list(from, request, ReadOptions.DEFAULTS),
        page -> {
          if (question == asked) {
            show(from, page);
          }
        },
        failure -> {
          if (question == asked) {
            failed(failure);
          }
        });
  }

  private void show(CollectionName from, DocumentPage page) {
    shown = page.documents().stream().map(Row::of).toList();
    loading.setVisible(false);
    content.removeAll();
    if (shown.isEmpty()) {
      content.add(
          prefix.isEmpty()
              ? Failures.empty("No documents yet", "Create one here or write one through the API.")
              : Failures.empty("Nothing found", "No id starts with “" + prefix.getValue() + "”."));
    } else {
      grid.setItems(shown);
      content.add(grid);
    }
    long first = (long) steps.size() * PAGE + 1;
    long total = collections.find(from).map(Collections.CollectionInfo::count).orElse(0L);
    position.setText(
        Words.count(first)
            + " to "
            + Words.count(first + shown.size() - 1)
            + (prefix.isEmpty() ? " of " + Words.count(total) : " of those found")
            + ReceiptText.ofList(page.answer()));
    back.setEnabled(!steps.isEmpty());
    on.setEnabled(page.more());
    pager.setVisible(!shown.isEmpty() || !steps.isEmpty());
  }

  private void failed(StoreFailure failure) {
    loading.setVisible(false);
    pager.setVisible(false);
    content.removeAll();
    content.add(Failures.panel(failure, this::load));
  }

  private void askForId() {
    if (collection.isEmpty()) {
      return;
    }
    Dialog dialog = new Dialog("New document");
    TextField id = new TextField("Id");
    id.setWidthFull();
    id.setValue(documents.newId().value());
    id.setHelperText("Time-ordered unless you choose another");
    Button open = new Button("Continue", click -> open(dialog, id));
    open.addThemeVariants(ButtonVariant.LUMO_PRIMARY);
    dialog.add(id);
    dialog.getFooter().add(new Button("Cancel", click -> dialog.close()), open);
    dialog.setWidth("28rem");
    dialog.open();
  }

  private void open(Dialog dialog, TextField field) {
    try {
      DocumentId id = new DocumentId(field.getValue());
      dialog.close();
      UI.getCurrent().navigate(Paths.document(collection.orElseThrow(), id));
    } catch (StoreFailure refused) {
      field.setErrorMessage(Failures.sentence(refused));
      field.setInvalid(true);
    }
  }
}
