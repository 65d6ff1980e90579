package dev.meridian.console;

import com.vaadin.flow.component.Key;
import com.vaadin.flow.component.UI;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.button.ButtonVariant;
import com.vaadin.flow.component.confirmdialog.ConfirmDialog;
import com.vaadin.flow.component.dialog.Dialog;
import com.vaadin.flow.component.grid.ColumnTextAlign;
import com.vaadin.flow.component.grid.Grid;
import com.vaadin.flow.component.html.Anchor;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H1;
import com.vaadin.flow.component.html.Header;
import com.vaadin.flow.component.html.Main;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.component.textfield.TextField;
import com.vaadin.flow.data.value.ValueChangeMode;
import com.vaadin.flow.router.BeforeEnterEvent;
import com.vaadin.flow.router.BeforeEnterObserver;
import com.vaadin.flow.router.PageTitle;
import com.vaadin.flow.router.Route;
import dev.meridian.coordinator.Collections;
import dev.meridian.coordinator.Collections.CollectionInfo;
import dev.meridian.coordinator.WriteOptions;
import dev.meridian.document.Bytes;
import dev.meridian.document.CollectionName;
import dev.meridian.document.StoreFailure;
import jakarta.inject.Inject;
import java.util.List;

/** What collections there are. */
@Route(value = Paths.COLLECTIONS, layout = ConsoleLayout.class)
@PageTitle("Collections · Meridian")
public class CollectionsView extends Main implements BeforeEnterObserver {

  private final Collections collections;
  private final Later later;
  private final TextField search = new TextField();
  private final Grid<CollectionInfo> grid = new Grid<>();
  private final Div content = new Div();
  private List<CollectionInfo> all = List.of();

  @Inject
  CollectionsView(Collections collections, Later later) {
    this.collections = collections;
    this.later = later;
    addClassName("view");
    Button create = new Button("New collection", click -> askForName());
    create.addThemeVariants(ButtonVariant.LUMO_PRIMARY);
    search.setPlaceholder("Find a collection");
    search.setAriaLabel("Find a collection");
    search.setClearButtonVisible(true);
    search.getElement().setAttribute("data-search", "");
    search.setValueChangeMode(ValueChangeMode.EAGER);
    search.addValueChangeListener(change -> show());
    Div tools = new Div(search, create);
    tools.addClassName("tools");
    Header header = new Header(new H1("Collections"), tools);
    header.addClassName("view-header");
    content.addClassName("content");
    columns();
    add(header, content);
  }

  private void columns() {
    grid.setAllRowsVisible(true);
    grid.addComponentColumn(info -> new Anchor(Paths.collection(info.name()), info.name().value()))
        .setHeader("Collection")
        .setWidth("10rem")
        .setFlexGrow(1);
    grid.addColumn(info -> Words.count(info.count()))
        .setHeader("Documents")
        .setTextAlign(ColumnTextAlign.END)
        .setWidth("7.5rem")
        .setFlexGrow(0);
    grid.addColumn(info -> Words.bytes(info.bytes()))
        .setHeader("Size")
        .setTextAlign(ColumnTextAlign.END)
        .setWidth("6.5rem")
        .setFlexGrow(0);
    grid.addColumn(info -> Words.utc(info.createdAtMillis()).substring(0, 10))
        .setHeader("Created")
        .setWidth("8rem")
        .setFlexGrow(0);
    grid.addComponentColumn(this::dropButton).setHeader("").setWidth("6rem").setFlexGrow(0);
  }

  private Button dropButton(CollectionInfo info) {
    Button drop = new Button("Drop", click -> askWhetherToDrop(info));
    drop.setAriaLabel("Drop collection " + info.name());
    drop.addThemeVariants(ButtonVariant.LUMO_TERTIARY, ButtonVariant.LUMO_ERROR);
    return drop;
  }

  @Override
  public void beforeEnter(BeforeEnterEvent event) {
    reload();
  }

  private void reload() {
    try {
      all = collections.list();
      show();
    } catch (StoreFailure failure) {
      content.removeAll();
      content.add(Failures.panel(failure, this::reload));
    }
  }

  private void show() {
    String part = search.getValue().strip();
    List<CollectionInfo> found =
        all.stream().filter(info -> info.name().value().contains(part)).toList();
    content.removeAll();
    if (all.isEmpty()) {
      content.add(
          Failures.empty(
              "No collections yet",
              "A collection holds documents. Create one here, or write a document to it through"
                  + " the API: it is created on the first write.",
              new Button("New collection", click -> askForName())));
    } else if (found.isEmpty()) {
      content.add(Failures.empty("Nothing found", "No collection has “" + part + "” in its name."));
    } else {
      grid.setItems(found);
      content.add(grid);
    }
  }

  private void askForName() {
    Dialog dialog = new Dialog("New collection");
    TextField name = new TextField("Name");
    name.setHelperText("A lower-case letter, then up to 63 of a-z, 0-9, _ and -");
    name.setWidthFull();
    name.setAutofocus(true);
    name.setValueChangeMode(ValueChangeMode.EAGER);
    Button create = new Button("Create", click -> create(dialog, name));
    create.addThemeVariants(ButtonVariant.LUMO_PRIMARY);
    create.addClickShortcut(Key.ENTER);
    dialog.add(name);
    dialog.getFooter().add(new Button("Cancel", click -> dialog.close()), create);
    dialog.setWidth("26rem");
    dialog.open();
  }

  private void create(Dialog dialog, TextField field) {
    try {
      CollectionName name = new CollectionName(field.getValue().strip());
      if (collections.find(name).isPresent()) {
        throw taken(name);
      }
      UI page = UI.getCurrent();
      later.show(
          page,
          collections.configure(name, Bytes.utf8("{}"), WriteOptions.DEFAULTS),
          configured -> {
            dialog.close();
            Failures.done("Collection " + name + " created");
            reload();
          },
          failure -> invalid(field, failure));
    } catch (StoreFailure refused) {
      invalid(field, refused);
    }
  }

  private static StoreFailure taken(CollectionName name) {
    return new StoreFailure.CallerMistake(
        dev.meridian.document.FailureCode.INVALID_REQUEST,
        "there is a collection " + name + " already");
  }

  private static void invalid(TextField field, StoreFailure failure) {
    field.setErrorMessage(Failures.sentence(failure));
    field.setInvalid(true);
  }

  private void askWhetherToDrop(CollectionInfo info) {
    String name = info.name().value();
    ConfirmDialog dialog = new ConfirmDialog();
    dialog.setHeader("Drop " + name + "?");
    TextField typed = new TextField("Type " + name + " to confirm");
    typed.setWidthFull();
    typed.setValueChangeMode(ValueChangeMode.EAGER);
    Button confirm = new Button("Drop " + name);
    confirm.addThemeVariants(ButtonVariant.LUMO_PRIMARY, ButtonVariant.LUMO_ERROR);
    confirm.setEnabled(false);
    typed.addValueChangeListener(change -> confirm.setEnabled(change.getValue().equals(name)));
    confirm.addClickListener(
        click -> {
          dialog.close();
          drop(info.name());
        });
    dialog.add(
        new Paragraph(
            "This deletes "
                + Words.count(info.count(), "document", "documents")
                + " ("
                + Words.bytes(info.bytes())
                + ") in every region. It cannot be undone."),
        typed);
    dialog.setCancelable(true);
    dialog.setConfirmButton(confirm);
    dialog.open();
  }

  private void drop(CollectionName name) {
    later.show(
        UI.getCurrent(),
        collections.drop(name, WriteOptions.DEFAULTS),
        dropped -> {
          Failures.done("Collection " + name + " dropped");
          reload();
        },
        failure -> {
          Failures.tell(failure);
          reload();
        });
  }
}
