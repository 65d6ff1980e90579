package dev.meridian.console;

import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.button.ButtonVariant;
import com.vaadin.flow.component.confirmdialog.ConfirmDialog;
import com.vaadin.flow.component.html.Article;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H2;
import com.vaadin.flow.component.html.Header;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.component.select.Select;
import com.vaadin.flow.component.textfield.TextField;
import com.vaadin.flow.data.value.ValueChangeMode;
import dev.meridian.coordinator.Drills;
import java.util.List;

/** Damage on purpose, to see a repair at work; only where that is allowed. */
class DrillCard extends Article {

  private final Select<String> collection = new Select<>();
  private final TextField documents = new TextField("Documents");
  private final Select<Drills.Harm> how = new Select<>();
  private final Button start = new Button("Damage…", click -> ask());
  private final Does does;
  private List<String> offered = List.of();

  /** What is done once it is confirmed. */
  interface Does {
    void damage(String collection, int documents, Drills.Harm harm);
  }

  DrillCard(Does does) {
    this.does = does;
    addClassName("card");
    Span badge = StorageCards.badge();
    StorageCards.badge(badge, "chaos is enabled", Links.Tone.LATE);
    collection.setLabel("Collection");
    collection.addValueChangeListener(change -> start.setEnabled(change.getValue() != null));
    documents.setValue("10");
    documents.setAllowedCharPattern("\\d");
    documents.setMaxLength(6);
    how.setLabel("What happens to them");
    how.setItems(Drills.Harm.values());
    how.setItemLabelGenerator(DrillCard::words);
    how.setValue(Drills.Harm.LOSE);
    start.addThemeVariants(ButtonVariant.LUMO_ERROR);
    start.setEnabled(false);
    Paragraph hint =
        new Paragraph(
            "Damages documents of this region beneath its log, as a failing disk that nobody"
                + " noticed would. Readers here see it until a repair puts it right.");
    hint.addClassName("hint");
    Div fields = new Div(collection, documents, how);
    fields.addClassName("tools");
    add(new Header(new H2("Corruption drill"), badge), fields, hint, start);
  }

  private static String words(Drills.Harm harm) {
    return switch (harm) {
      case LOSE -> "lose them";
      case LOSE_NEWEST -> "lose their newest versions";
      case ALTER -> "alter them";
    };
  }

  private static String happens(Drills.Harm harm) {
    return switch (harm) {
      case LOSE -> "are lost";
      case LOSE_NEWEST -> "lose their newest versions";
      case ALTER -> "get another body";
    };
  }

  void offer(List<String> collections) {
    if (!collections.equals(offered)) {
      offered = collections;
      String chosen = collection.getValue();
      collection.setItems(collections);
      if (collections.contains(chosen)) {
        collection.setValue(chosen);
      }
    }
  }

  private void ask() {
    int count = documents.getValue().isEmpty() ? 0 : Integer.parseInt(documents.getValue());
    if (count < 1 || count > Drills.MAX_DOCUMENTS) {
      documents.setErrorMessage("1 to " + Words.count(Drills.MAX_DOCUMENTS));
      documents.setInvalid(true);
      return;
    }
    documents.setInvalid(false);
    String name = collection.getValue();
    Drills.Harm harm = how.getValue();
    boolean alter = harm == Drills.Harm.ALTER;
    ConfirmDialog dialog = new ConfirmDialog();
    dialog.setHeader((alter ? "Alter" : "Lose") + " documents of " + name + "?");
    TextField typed = new TextField("Type " + name + " to confirm");
    typed.setWidthFull();
    typed.setValueChangeMode(ValueChangeMode.EAGER);
    Button confirm = new Button(alter ? "Alter documents" : "Lose documents");
    confirm.addThemeVariants(ButtonVariant.LUMO_PRIMARY, ButtonVariant.LUMO_ERROR);
    confirm.setEnabled(false);
    typed.addValueChangeListener(change -> confirm.setEnabled(change.getValue().equals(name)));
    confirm.addClickListener(
        click -> {
          dialog.close();
          does.damage(name, count, harm);
        });
    dialog.add(
        new Paragraph(
            Words.count(count, "document", "documents")
                + " of this region, left to chance, "
                + happens(harm)
                + " beneath its log. Other regions keep theirs, and a repair brings them back. With"
                + " no other region it cannot be undone."),
        typed);
    dialog.setCancelable(true);
    dialog.setConfirmButton(confirm);
    dialog.open();
  }
}
