package dev.meridian.console;

import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H2;
import com.vaadin.flow.component.html.NativeTable;
import com.vaadin.flow.component.html.NativeTableBody;
import com.vaadin.flow.component.html.NativeTableCell;
import com.vaadin.flow.component.html.NativeTableHeader;
import com.vaadin.flow.component.html.NativeTableHeaderCell;
import com.vaadin.flow.component.html.NativeTableRow;
import com.vaadin.flow.component.html.Section;
import com.vaadin.flow.component.html.Span;
import dev.meridian.coordinator.RepairStatus;
import java.util.List;
import java.util.stream.Collectors;

/** Repairs of this region, the last one first. */
class RepairHistory extends Section {

  private static final List<String> HEADS =
      List.of(
          "When",
          "With",
          "Asked by",
          "State",
          "Differed",
          "Documents",
          "Put back here",
          "Put back there",
          "Exchanged",
          "Took");

  private final NativeTableBody body = new NativeTableBody();
  private final Div table = new Div();
  private final Div none =
      Failures.empty(
          "No repair yet",
          "Repairs run by themselves every now and then; the first one after the start, or the one"
              + " you ask for, appears here.");
  private List<RepairStatus> shown = List.of();

  RepairHistory() {
    NativeTableRow heads = new NativeTableRow();
    for (String name : HEADS) {
      NativeTableHeaderCell cell = new NativeTableHeaderCell(name);
      cell.getElement().setAttribute("scope", "col");
      heads.add(cell);
    }
    table.addClassNames("inbox", "repairs");
    table.add(new NativeTable(new NativeTableHeader(heads), body));
    table.setVisible(false);
    add(new H2("Repairs since the start"), none, table);
  }

  void show(List<RepairStatus> repairs, long wallMillis) {
    none.setVisible(repairs.isEmpty());
    table.setVisible(!repairs.isEmpty());
    if (!repairs.equals(shown)) {
      shown = repairs;
      body.removeAll();
      repairs.forEach(each -> body.add(row(each, wallMillis)));
    }
  }

  private static NativeTableRow row(RepairStatus repair, long wallMillis) {
    NativeTableCell when = new NativeTableCell(Words.utc(text(repair.startedAt())));
    Span state = new Span(repair.state());
    state.addClassNames("key", RepairCard.tone(repair).css());
    NativeTableCell stateCell = new NativeTableCell();
    stateCell.add(state);
    if (repair.detail() != null) {
      Span why = new Span(repair.detail());
      why.addClassName("what");
      stateCell.add(why);
    }
    List<RepairStatus.Collection> all = repair.collections();
    return new NativeTableRow(
        when,
        new NativeTableCell(text(repair.peer())),
        new NativeTableCell(text(repair.reason())),
        stateCell,
        new NativeTableCell(
            all.isEmpty()
                ? Words.NONE
                : all.stream()
                        .map(RepairStatus.Collection::name)
                        .limit(3)
                        .collect(Collectors.joining(", "))
                    + (all.size() > 3 ? " and " + (all.size() - 3) + " more" : "")),
        new NativeTableCell(
            Words.count(all.stream().mapToLong(RepairStatus.Collection::keys).sum())),
        new NativeTableCell(
            Words.count(all.stream().mapToLong(RepairStatus.Collection::received).sum())),
        new NativeTableCell(
            Words.count(all.stream().mapToLong(RepairStatus.Collection::sent).sum())),
        new NativeTableCell(Words.bytes(repair.bytesIn() + repair.bytesOut())),
        new NativeTableCell(took(repair, wallMillis)));
  }

  private static String took(RepairStatus repair, long wallMillis) {
    long start = Words.millisOf(text(repair.startedAt())).orElse(wallMillis);
    long end = Words.millisOf(text(repair.endedAt())).orElse(wallMillis);
    return Words.millis(Math.max(0, end - start));
  }

  private static String text(@org.jspecify.annotations.Nullable String value) {
    return value == null ? "" : value;
  }
}
