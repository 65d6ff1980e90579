package dev.meridian.console;

import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H2;
import com.vaadin.flow.component.html.NativeTable;
import com.vaadin.flow.component.html.NativeTableBody;
import com.vaadin.flow.component.html.NativeTableCell;
import com.vaadin.flow.component.html.NativeTableHeader;
import com.vaadin.flow.component.html.NativeTableHeaderCell;
import com.vaadin.flow.component.html.NativeTableRow;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.component.html.Section;
import dev.meridian.coordinator.ClusterStatus.HintStatus;
import dev.meridian.coordinator.ClusterView.RegionReport;
import java.util.ArrayList;
import java.util.List;

/** Which regions keep changes for others that are away, and how much. */
class HintsTable extends Section {

  private static final List<String> HEADS = List.of("Held in", "For", "Changes", "Bytes", "Oldest");

  private final Paragraph none = new Paragraph();
  private final Div held = new Div();
  private final NativeTableBody body = new NativeTableBody();
  private List<Row> shown = List.of();

  private record Row(String in, HintStatus hint) {}

  HintsTable() {
    Div head = new Div(new H2("Hints"));
    head.addClassName("section-head");
    Paragraph what =
        new Paragraph(
            "Where a collection allows it, another region keeps a write for one that is down and"
                + " hands it over on return.");
    what.addClassName("hint");
    none.addClassName("hint");
    NativeTableRow heads = new NativeTableRow();
    for (String name : HEADS) {
      NativeTableHeaderCell cell = new NativeTableHeaderCell(name);
      cell.getElement().setAttribute("scope", "col");
      heads.add(cell);
    }
    NativeTable table = new NativeTable(new NativeTableHeader(heads), body);
    held.addClassNames("matrix", "hints");
    held.add(table);
    held.setVisible(false);
    add(head, what, none, held);
  }

  void show(List<RegionReport> regions) {
    List<Row> rows = new ArrayList<>();
    List<String> silent = new ArrayList<>();
    for (RegionReport region : regions) {
      String id = region.region().id();
      region
          .status()
          .ifPresentOrElse(
              status -> status.hints().forEach(hint -> rows.add(new Row(id, hint))),
              () -> silent.add(id));
    }
    none.setVisible(rows.isEmpty() || !silent.isEmpty());
    none.setText(
        (rows.isEmpty() ? "No region keeps changes for another one." : "")
            + (silent.isEmpty() ? "" : " Not known of " + String.join(", ", silent) + "."));
    held.setVisible(!rows.isEmpty());
    if (!rows.equals(shown)) {
      shown = rows;
      body.removeAll();
      rows.forEach(row -> body.add(row(row)));
    }
  }

  private static NativeTableRow row(Row row) {
    HintStatus hint = row.hint();
    return new NativeTableRow(
        new NativeTableCell(row.in()),
        new NativeTableCell(hint.owner()),
        new NativeTableCell(Words.count(hint.changes())),
        new NativeTableCell(Words.bytes(hint.bytes())),
        new NativeTableCell(Words.utc(hint.oldestAt())));
  }
}
