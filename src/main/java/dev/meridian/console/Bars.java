package dev.meridian.console;

import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.NativeDetails;
import com.vaadin.flow.component.html.NativeTable;
import com.vaadin.flow.component.html.NativeTableBody;
import com.vaadin.flow.component.html.NativeTableCell;
import com.vaadin.flow.component.html.NativeTableHeader;
import com.vaadin.flow.component.html.NativeTableHeaderCell;
import com.vaadin.flow.component.html.NativeTableRow;
import com.vaadin.flow.component.html.Span;
import java.util.List;

/** Figures as bars for the eye, and the same as a table. */
class Bars extends Div {

  private final List<String> columns;
  private final Div bars = new Div();
  private final NativeDetails table = new NativeDetails("As a table");
  private List<Row> shown = List.of();

  /**
   * @param name in full
   * @param below the bar, as short as can be
   * @param percent of the full height
   * @param figures that follow the name in the table
   */
  record Row(String name, String below, double percent, Links.Tone tone, List<String> figures) {}

  /**
   * @param columns of the table, that of the names first
   */
  Bars(String title, List<String> columns) {
    this.columns = List.copyOf(columns);
    addClassName("histogram");
    bars.addClassName("bars");
    bars.getElement().setAttribute("role", "img");
    Span name = new Span(title);
    name.addClassName("bar-name");
    add(name, bars, table);
  }

  /** A line across all bars, in percent of the full height; below 0 for none. */
  void mark(double percent) {
    bars.setClassName("marked", percent >= 0);
    bars.getStyle().set("--mark", percent + "%");
  }

  /**
   * @param summary what the bars tell, for those who do not see them
   */
  void show(List<Row> rows, String summary) {
    if (rows.equals(shown)) {
      return;
    }
    shown = List.copyOf(rows);
    bars.removeAll();
    rows.forEach(row -> bars.add(bar(row)));
    bars.getElement().setAttribute("aria-label", summary);
    NativeTableRow head = new NativeTableRow();
    for (String column : columns) {
      NativeTableHeaderCell cell = new NativeTableHeaderCell(column);
      cell.getElement().setAttribute("scope", "col");
      head.add(cell);
    }
    NativeTableBody body = new NativeTableBody();
    for (Row row : rows) {
      NativeTableRow line = new NativeTableRow(new NativeTableCell(row.name()));
      row.figures().forEach(figure -> line.add(new NativeTableCell(figure)));
      body.add(line);
    }
    table.setContent(new NativeTable(new NativeTableHeader(head), body));
  }

  private static Div bar(Row row) {
    Div fill = new Div();
    fill.addClassName("fill");
    fill.getElement().setAttribute("data-tone", row.tone().css());
    fill.getStyle().setHeight(row.percent() + "%");
    Div column = new Div(fill);
    column.addClassName("column");
    Div bar = new Div(column, new Span(row.below()));
    bar.setTitle(row.name() + ": " + String.join(", ", row.figures()));
    return bar;
  }
}
