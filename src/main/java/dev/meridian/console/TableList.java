package dev.meridian.console;

import com.vaadin.flow.component.grid.ColumnTextAlign;
import com.vaadin.flow.component.grid.Grid;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H2;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.component.html.Section;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.function.ValueProvider;
import dev.meridian.coordinator.StorageStatus.TableFigures;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToLongFunction;

/** The tables on disk; hundreds of them scroll within the list. */
class TableList extends Section {

  /** More rows than this do not push what follows out of sight. */
  static final int ROWS_SHOWN = 12;

  private final Paragraph sum = new Paragraph();
  private final Grid<TableFigures> grid = new Grid<>();
  private final Div none =
      Failures.empty(
          "No tables yet",
          "Everything is in the log and in memory. The first table is written when the memtable is"
              + " full or at the next checkpoint.");
  private List<TableFigures> shown = List.of();
  private long now;

  TableList() {
    sum.addClassName("hint");
    grid.addClassName("tables");
    grid.setVisible(false);
    grid.getElement().setAttribute("aria-label", "Tables");
    grid.addColumn(TableFigures::name)
        .setHeader("Table")
        .setPartNameGenerator(table -> "code")
        .setTooltipGenerator(TableFigures::name)
        .setWidth("11rem")
        .setSortable(true);
    number("Versions", "7rem", TableFigures::entries, table -> Words.count(table.entries()));
    size("Size", TableFigures::bytes);
    size("Raw", TableFigures::rawBytes);
    column("Ratio", "5.2rem", table -> Words.times(ratio(table)))
        .setComparator(Comparator.comparingDouble(TableList::ratio));
    number(
        "LSN range",
        "15rem",
        TableFigures::firstLsn,
        table -> Words.count(table.firstLsn()) + " – " + Words.count(table.lastLsn()));
    column("Newest", "7.2rem", table -> Words.ago(table.latest(), now))
        .setTooltipGenerator(table -> Words.utc(table.latest()))
        .setComparator(Comparator.comparing(TableFigures::latest));
    grid.addComponentColumn(TableList::state)
        .setHeader("State")
        .setWidth("8rem")
        .setFlexGrow(0)
        .setSortable(true)
        .setComparator(Comparator.comparing(TableFigures::state));
    add(new H2("Tables"), sum, grid, none);
  }

  void show(List<TableFigures> tables, long wallMillis) {
    now = wallMillis;
    if (!tables.equals(shown)) {
      shown = List.copyOf(tables);
      grid.setAllRowsVisible(tables.size() <= ROWS_SHOWN);
      grid.setItems(shown);
    } else if (grid.isAllRowsVisible()) {
      grid.getDataProvider().refreshAll(); // their ages
    }
    long bytes = tables.stream().mapToLong(TableFigures::bytes).sum();
    long raw = tables.stream().mapToLong(TableFigures::rawBytes).sum();
    sum.setText(
        Words.count(tables.size(), "table", "tables")
            + ", newest first: "
            + Words.bytes(bytes)
            + " on disk for "
            + Words.bytes(raw)
            + " before compression.");
    sum.setVisible(!tables.isEmpty());
    grid.setVisible(!tables.isEmpty());
    none.setVisible(tables.isEmpty());
  }

  private static double ratio(TableFigures table) {
    return table.bytes() == 0 ? 0 : (double) table.rawBytes() / table.bytes();
  }

  private static Span state(TableFigures table) {
    Span state = new Span(table.state());
    state.addClassNames("key", tone(table.state()).css());
    return state;
  }

  private static Links.Tone tone(String state) {
    return switch (state) {
      case "serving" -> Links.Tone.GOOD;
      case "rebuilding" -> Links.Tone.LATE;
      default -> Links.Tone.BAD;
    };
  }

  private void size(String header, ToLongFunction<TableFigures> bytes) {
    number(header, "5.8rem", bytes, table -> Words.bytes(bytes.applyAsLong(table)))
        .setTooltipGenerator(table -> Words.count(bytes.applyAsLong(table)) + " bytes");
  }

  private Grid.Column<TableFigures> number(
      String header,
      String width,
      ToLongFunction<TableFigures> value,
      ValueProvider<TableFigures, String> text) {
    return column(header, width, text).setComparator(Comparator.comparingLong(value));
  }

  private Grid.Column<TableFigures> column(
      String header, String width, ValueProvider<TableFigures, String> text) {
    return grid.addColumn(text)
        .setHeader(header)
        .setTextAlign(ColumnTextAlign.END)
        .setWidth(width)
        .setFlexGrow(0)
        .setSortable(true);
  }
}
