package dev.meridian.console;

import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.NativeTable;
import com.vaadin.flow.component.html.NativeTableBody;
import com.vaadin.flow.component.html.NativeTableCaption;
import com.vaadin.flow.component.html.NativeTableCell;
import com.vaadin.flow.component.html.NativeTableHeader;
import com.vaadin.flow.component.html.NativeTableHeaderCell;
import com.vaadin.flow.component.html.NativeTableRow;
import com.vaadin.flow.component.html.Span;
import dev.meridian.console.Links.Link;
import dev.meridian.coordinator.ClusterView.RegionReport;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Every region to every other: rows send, columns receive and measure. */
class LinkMatrix extends Div {

  /** With more regions than this a cell shows its figure only. */
  private static final int ROOMY = 6;

  private final NativeTable table = new NativeTable();
  private final NativeTableCaption caption = new NativeTableCaption();
  private final Map<String, LinkCell> cells = new HashMap<>();
  private final Map<String, Span> sources = new HashMap<>();
  private List<String> shown = List.of();

  LinkMatrix() {
    addClassName("matrix");
    caption.addClassName("only-read"); // the page says it beside the matrix
    add(table);
  }

  /**
   * @param reports this region first
   */
  void show(List<RegionReport> reports, List<Link> links, ReplicationState state) {
    List<RegionReport> regions =
        reports.stream().sorted(Comparator.comparing(each -> each.region().id())).toList();
    String self = reports.getFirst().region().id();
    List<String> names = regions.stream().map(each -> each.region().id()).toList();
    if (!names.equals(shown)) {
      shown = names;
      build(regions, self);
    }
    caption.setText(
        "Lag of the last minute at "
            + state.percentile().text()
            + ", from the region of the row to the region of the column");
    for (RegionReport region : regions) {
      Span source = sources.get(region.region().id());
      if (source != null) {
        source.setText(source(region, region.region().id().equals(self)));
      }
    }
    for (Link link : links) {
      LinkCell cell = cells.get(link.key());
      if (cell != null) {
        cell.show(link, state, console(reports, link, state));
      }
    }
  }

  private void build(List<RegionReport> regions, String self) {
    cells.clear();
    sources.clear();
    table.removeAll();
    setClassName("dense", regions.size() > ROOMY);
    NativeTableHeaderCell corner = new NativeTableHeaderCell("from ↓ to →");
    corner.addClassName("corner");
    NativeTableRow head = new NativeTableRow(corner);
    NativeTableBody body = new NativeTableBody();
    for (RegionReport region : regions) {
      String id = region.region().id();
      Span source = new Span();
      source.addClassName("what");
      sources.put(id, source);
      NativeTableHeaderCell column = new NativeTableHeaderCell(new Span(id), source);
      column.getElement().setAttribute("scope", "col");
      head.add(column);
      NativeTableHeaderCell name = new NativeTableHeaderCell(new Span(id));
      name.getElement().setAttribute("scope", "row");
      if (id.equals(self)) {
        Span here = new Span("this region");
        here.addClassName("what");
        name.add(here);
      }
      body.add(row(name, id, regions));
    }
    table.add(caption, new NativeTableHeader(head), body);
  }

  private NativeTableRow row(NativeTableHeaderCell name, String from, List<RegionReport> regions) {
    NativeTableRow row = new NativeTableRow(name);
    for (RegionReport to : regions) {
      if (to.region().id().equals(from)) {
        NativeTableCell same = new NativeTableCell(Words.NONE);
        same.addClassName("same");
        row.add(same);
      } else {
        LinkCell cell = new LinkCell();
        cells.put(from + "~" + to.region().id(), cell);
        row.add(cell);
      }
    }
    return row;
  }

  /** Who says what stands in a column. */
  private static String source(RegionReport region, boolean self) {
    if (self) {
      return "measured here";
    }
    if (region.status().isEmpty()) {
      return "never answered";
    }
    return region.reachable() ? "as it says" : "said " + Words.span(region.ageMillis()) + " ago";
  }

  /** Where the region at the end of a link shows it itself; empty for this region. */
  static String console(List<RegionReport> reports, Link link, ReplicationState state) {
    return reports.stream()
        .skip(1)
        .filter(each -> each.region().id().equals(link.status().to()))
        .findFirst()
        .map(each -> Paths.console(each.region().url(), state.with(Optional.of(link.key())).path()))
        .orElse("");
  }
}
