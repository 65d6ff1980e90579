package dev.meridian.console;

import com.vaadin.flow.component.grid.ColumnTextAlign;
import com.vaadin.flow.component.grid.Grid;
import com.vaadin.flow.component.html.H2;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.component.html.Section;
import com.vaadin.flow.component.html.Span;
import dev.meridian.coordinator.StorageStatus.DamageReport;
import java.util.List;

/** What was found damaged, and what became of it; not there while nothing was. */
class DamageList extends Section {

  private final Paragraph hint = new Paragraph("Found since this node started, newest first.");
  private final Grid<DamageReport> grid = new Grid<>();
  private List<DamageReport> shown = List.of();

  DamageList() {
    addClassName("damages");
    hint.addClassName("hint");
    grid.getElement().setAttribute("aria-label", "Damage");
    grid.addComponentColumn(DamageList::state).setHeader("State").setWidth("9.5rem").setFlexGrow(0);
    grid.addColumn(DamageReport::file)
        .setHeader("File")
        .setPartNameGenerator(damage -> "code")
        .setTooltipGenerator(DamageReport::file)
        .setWidth("12rem")
        .setFlexGrow(1);
    grid.addColumn(damage -> damage.offset() < 0 ? Words.NONE : Words.count(damage.offset()))
        .setHeader("Offset")
        .setTextAlign(ColumnTextAlign.END)
        .setWidth("8rem")
        .setFlexGrow(0);
    grid.addColumn(DamageReport::what)
        .setHeader("What")
        .setTooltipGenerator(DamageReport::what)
        .setWidth("16rem")
        .setFlexGrow(3);
    grid.addColumn(damage -> Words.utc(damage.at()))
        .setHeader("Found")
        .setWidth("15rem")
        .setFlexGrow(0);
    add(new H2("Damage"), hint, grid);
    setVisible(false);
  }

  void show(List<DamageReport> damages) {
    setVisible(!damages.isEmpty());
    if (damages.equals(shown)) {
      return;
    }
    shown = List.copyOf(damages);
    grid.setAllRowsVisible(damages.size() <= TableList.ROWS_SHOWN);
    grid.setItems(shown);
  }

  private static Span state(DamageReport damage) {
    Span state = new Span(damage.state().replace('-', ' '));
    state.addClassNames("key", tone(damage.state()).css());
    return state;
  }

  private static Links.Tone tone(String state) {
    return switch (state) {
      case "rebuilt" -> Links.Tone.GOOD;
      case "rebuilding" -> Links.Tone.LATE;
      default -> Links.Tone.BAD;
    };
  }
}
