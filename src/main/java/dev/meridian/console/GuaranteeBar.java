package dev.meridian.console;

import com.vaadin.flow.component.checkbox.Checkbox;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.select.Select;
import com.vaadin.flow.component.textfield.TextField;
import com.vaadin.flow.data.value.ValueChangeMode;
import dev.meridian.coordinator.ConsistencyLevel.Bounded;
import dev.meridian.coordinator.Durability;
import java.time.Duration;
import java.util.function.Consumer;

/** Chooses what reads and writes ask for; each choice is explained where it is made. */
class GuaranteeBar extends Div {

  private final Select<ReadLevel> level = new Select<>();
  private final TextField staleness = new TextField("At most, ms");
  private final Select<Durability> durability = new Select<>();
  private final Checkbox degrade = new Checkbox("Take less rather than fail");
  private final Consumer<Guarantees> chosen;
  private Guarantees shown = Guarantees.USUAL;

  /**
   * @param chosen gets what a person chose
   */
  GuaranteeBar(Consumer<Guarantees> chosen) {
    this.chosen = chosen;
    addClassName("guarantees");
    getElement().setAttribute("role", "group").setAttribute("aria-label", "Guarantees");
    level.setLabel("Read at level");
    level.setItems(ReadLevel.values());
    level.setItemLabelGenerator(
        each -> each.offered() ? each.text() : each.text() + " (" + each.meaning() + ")");
    level.setItemEnabledProvider(ReadLevel::offered);
    level.addValueChangeListener(
        change -> {
          if (change.isFromClient() && change.getValue() != null) {
            chosen.accept(shown.with(change.getValue().level(maxStaleness())));
          }
        });
    staleness.setAllowedCharPattern("[0-9]");
    staleness.getElement().setAttribute("inputmode", "numeric");
    staleness.setMaxLength(9);
    staleness.setValueChangeMode(ValueChangeMode.ON_CHANGE);
    staleness.setHelperText("age of the answer");
    staleness.addValueChangeListener(
        change -> {
          if (change.isFromClient()) {
            chosen.accept(shown.with(new Bounded(maxStaleness())));
          }
        });
    durability.setLabel("Write with durability");
    durability.setItems(Durability.values());
    durability.setItemLabelGenerator(Durability::text);
    durability.addValueChangeListener(
        change -> {
          if (change.isFromClient() && change.getValue() != null) {
            chosen.accept(shown.with(change.getValue()));
          }
        });
    degrade.addValueChangeListener(
        change -> {
          if (change.isFromClient()) {
            chosen.accept(shown.with(change.getValue().booleanValue()));
          }
        });
    add(level, staleness, durability, degrade);
  }

  private Duration maxStaleness() {
    return Guarantees.staleness(staleness.getValue()).orElse(Guarantees.USUAL_STALENESS);
  }

  void show(Guarantees guarantees) {
    shown = guarantees;
    ReadLevel read = ReadLevel.of(guarantees.level());
    level.setValue(read);
    level.setHelperText(read.meaning());
    staleness.setVisible(read == ReadLevel.BOUNDED);
    Duration most =
        guarantees.level() instanceof Bounded(Duration bound) ? bound : Guarantees.USUAL_STALENESS;
    staleness.setValue(Long.toString(most.toMillis()));
    durability.setValue(guarantees.durability());
    durability.setHelperText(meaning(guarantees.durability()));
    degrade.setValue(guarantees.degrade());
  }

  private static String meaning(Durability durability) {
    return switch (durability) {
      case NONE -> "answered before this region's disk has it";
      case LOCAL -> "forced to this region's disk";
      case REMOTE_WRITE -> "one more region has received it";
      case REMOTE_APPLY -> "one more region has forced and applied it";
      case QUORUM -> "a majority of the regions has forced it";
      case ALL -> "every region has forced it";
    };
  }
}
