package dev.meridian.console;

import com.vaadin.flow.component.UI;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.button.ButtonVariant;
import com.vaadin.flow.component.checkbox.Checkbox;
import com.vaadin.flow.component.confirmdialog.ConfirmDialog;
import com.vaadin.flow.component.dialog.Dialog;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.NativeTable;
import com.vaadin.flow.component.html.NativeTableCell;
import com.vaadin.flow.component.html.NativeTableHeaderCell;
import com.vaadin.flow.component.html.NativeTableRow;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.component.select.Select;
import com.vaadin.flow.component.textfield.TextArea;
import com.vaadin.flow.component.textfield.TextField;
import com.vaadin.flow.data.value.ValueChangeMode;
import dev.meridian.coordinator.Conflicts;
import dev.meridian.coordinator.Conflicts.Example;
import dev.meridian.coordinator.Conflicts.Replay;
import dev.meridian.coordinator.Conflicts.Tally;
import dev.meridian.coordinator.ReadOptions;
import dev.meridian.coordinator.WriteOptions;
import dev.meridian.document.Bytes;
import dev.meridian.document.CollectionName;
import dev.meridian.document.ConflictSettings;
import dev.meridian.document.ConflictSettings.Policy;
import dev.meridian.document.ConflictSettingsJson;
import dev.meridian.document.StoreFailure;
import java.util.List;
import java.util.Optional;

/**
 * What past conflicts of a collection would have become under another policy, and making that the
 * policy. Nothing is written until that is confirmed.
 */
class PolicyTrial extends Dialog {

  private final Conflicts conflicts;
  private final Later later;
  private final CollectionName collection;
  private final Select<Policy> policy = new Select<>();
  private final TextArea rules = new TextArea("Rules by JSON Pointer");
  private final Checkbox deleteWins = new Checkbox("A deletion wins over what did not see it");
  private final Button adopt = new Button("Make this the policy…", click -> askWhetherToAdopt());
  private final Div outcome = new Div();

  PolicyTrial(Conflicts conflicts, Later later, CollectionName collection) {
    super("Try another policy on " + collection);
    this.conflicts = conflicts;
    this.later = later;
    this.collection = collection;
    policy.setLabel("Policy");
    policy.setItems(Policy.values());
    policy.setItemLabelGenerator(Policy::text);
    policy.setValue(Policy.MERGE);
    policy.addValueChangeListener(
        change -> {
          rules.setVisible(change.getValue() == Policy.MERGE);
          changed();
        });
    rules.setValue("{\n  \n}");
    rules.setHelperText("{\"/qty\":\"max\",\"/items\":{\"rule\":\"union\",\"key\":\"sku\"}}");
    rules.setWidthFull();
    rules.addClassName("editor");
    rules.setValueChangeMode(ValueChangeMode.LAZY);
    rules.addValueChangeListener(change -> changed());
    deleteWins.addValueChangeListener(change -> changed());
    adopt.setEnabled(false);
    adopt.addThemeVariants(ButtonVariant.LUMO_ERROR);
    Button run = new Button("Try it", click -> run());
    run.addThemeVariants(ButtonVariant.LUMO_PRIMARY);
    outcome.addClassName("inbox");
    outcome.getElement().setAttribute("role", "status");
    Paragraph hint =
        new Paragraph("Looks at the conflicts that are remembered and writes nothing.");
    hint.addClassName("hint");
    add(hint, policy, rules, deleteWins, outcome);
    getFooter().add(new Button("Close", click -> close()), adopt, run);
    setWidth("52rem");
  }

  /** What was tried is not what stands there now. */
  private void changed() {
    adopt.setEnabled(false);
    rules.setInvalid(false);
    outcome.removeAll();
  }

  private Optional<ConflictSettings> settings() {
    String block =
        "{\"policy\":\""
            + policy.getValue().text()
            + "\",\"deleteWins\":"
            + deleteWins.getValue()
            + (policy.getValue() == Policy.MERGE ? ",\"rules\":" + rules.getValue() : "")
            + "}";
    try {
      return Optional.of(ConflictSettingsJson.parse(Bytes.utf8(block)));
    } catch (StoreFailure refused) {
      rules.setErrorMessage(Failures.sentence(refused));
      rules.setInvalid(true);
      return Optional.empty();
    }
  }

  private void run() {
    Optional<ConflictSettings> other = settings();
    if (other.isEmpty()) {
      return;
    }
    outcome.removeAll();
    outcome.add(new Paragraph("Trying…"));
    later.show(
        UI.getCurrent(),
        conflicts.replay(
            collection, other.get(), Conflicts.MAX_LIMIT, Optional.empty(), ReadOptions.DEFAULTS),
        this::show,
        failure -> {
          outcome.removeAll();
          outcome.add(Failures.panel(failure, this::run));
        });
  }

  private void show(Replay replay) {
    outcome.removeAll();
    outcome.add(new Paragraph(sentence(replay.tally(), replay.next().isPresent())));
    List<Example> examples =
        replay.examples().stream()
            .filter(example -> example.verdict() != Conflicts.Verdict.SAME)
            .toList();
    if (!examples.isEmpty()) {
      outcome.add(table(examples));
    }
    adopt.setEnabled(true);
  }

  static String sentence(Tally tally, boolean more) {
    if (tally.examined() == 0) {
      return "No conflict of this collection is remembered, so there is nothing to compare.";
    }
    return "Of "
        + Words.count(tally.examined(), "conflict", "conflicts")
        + (more ? " looked at (there are more)" : "")
        + ": "
        + Words.count(tally.same())
        + " the same, "
        + Words.count(tally.different())
        + " different, "
        + Words.count(tally.undecided())
        + " left to a person, "
        + Words.count(tally.unknown())
        + " not known any more.";
  }

  private static NativeTable table(List<Example> examples) {
    NativeTable table = new NativeTable();
    NativeTableRow head = new NativeTableRow();
    for (String name : List.of("Document", "Verdict", "It became", "It would be")) {
      head.add(new NativeTableHeaderCell(name));
    }
    table.getHead().add(head);
    for (Example example : examples) {
      table
          .getBody()
          .add(
              new NativeTableRow(
                  new NativeTableCell(example.key().id().value()),
                  new NativeTableCell(example.verdict().text()),
                  new NativeTableCell(ConflictWords.body(example.now())),
                  new NativeTableCell(ConflictWords.body(example.then()))));
    }
    return table;
  }

  private void askWhetherToAdopt() {
    Optional<ConflictSettings> settings = settings();
    if (settings.isEmpty()) {
      return;
    }
    String name = collection.value();
    ConfirmDialog dialog = new ConfirmDialog();
    dialog.setHeader("Make this the policy of " + name + "?");
    TextField typed = new TextField("Type " + name + " to confirm");
    typed.setWidthFull();
    typed.setValueChangeMode(ValueChangeMode.EAGER);
    Button confirm = new Button("Make it the policy");
    confirm.addThemeVariants(ButtonVariant.LUMO_PRIMARY, ButtonVariant.LUMO_ERROR);
    confirm.setEnabled(false);
    typed.addValueChangeListener(change -> confirm.setEnabled(change.getValue().equals(name)));
    confirm.addClickListener(
        click -> {
          dialog.close();
          adopt(settings.get());
        });
    dialog.add(
        new Paragraph(
            "In every region, versions that stand side by side are shown by the policy "
                + settings.get().policy().text()
                + " from then on, and so is every conflict to come. What was resolved stays as it"
                + " is."),
        typed);
    dialog.setCancelable(true);
    dialog.setConfirmButton(confirm);
    dialog.open();
  }

  private void adopt(ConflictSettings settings) {
    later.show(
        UI.getCurrent(),
        conflicts.adopt(collection, settings, WriteOptions.DEFAULTS),
        done -> {
          Failures.done("Policy of " + collection + " is " + settings.policy().text());
          close();
        },
        Failures::tell);
  }
}
