package dev.meridian.console;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.NativeTable;
import com.vaadin.flow.component.html.NativeTableBody;
import com.vaadin.flow.component.html.NativeTableCell;
import com.vaadin.flow.component.html.NativeTableHeader;
import com.vaadin.flow.component.html.NativeTableHeaderCell;
import com.vaadin.flow.component.html.NativeTableRow;
import com.vaadin.flow.component.html.Span;
import dev.meridian.console.Links.Link;
import dev.meridian.console.Links.Tone;
import dev.meridian.coordinator.LinkDetail.Burn;
import dev.meridian.coordinator.LinkDetail.Lag;
import dev.meridian.coordinator.LinkDetail.Slo;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * All four percentiles of a link, over three spans of time, with what became of their objectives.
 */
class LagTable extends Div {

  private static final List<String> COLUMNS =
      List.of("", "Objective", "Last minute", "Burn", "Ten minutes", "Burn", "Since start");

  private final Map<Percentile, NativeTableRow> rows = new EnumMap<>(Percentile.class);
  private final Map<Percentile, List<Span>> cells = new EnumMap<>(Percentile.class);

  LagTable() {
    addClassName("lag-table");
    NativeTableRow head = new NativeTableRow();
    COLUMNS.forEach(name -> head.add(header(name, "col")));
    NativeTableBody body = new NativeTableBody();
    for (Percentile each : Percentile.values()) {
      List<Span> figures = Stream.generate(Span::new).limit(COLUMNS.size() - 1L).toList();
      NativeTableRow row = new NativeTableRow(header(each.text(), "row"));
      figures.forEach(figure -> row.add(new NativeTableCell(figure)));
      rows.put(each, row);
      cells.put(each, figures);
      body.add(row);
    }
    NativeTable table = new NativeTable();
    table.setCaptionText("Lag of changes");
    table.add(new NativeTableHeader(head), body);
    add(table);
  }

  private static Component header(String text, String scope) {
    NativeTableHeaderCell cell = new NativeTableHeaderCell(text);
    cell.getElement().setAttribute("scope", scope);
    return cell;
  }

  void show(Link link, Percentile chosen) {
    Lag minute =
        new Lag(
            link.status().lagMs().p50(),
            link.status().lagMs().p95(),
            link.status().lagMs().p99(),
            link.status().lagMs().p999(),
            link.status().lagMs().window());
    for (Percentile each : Percentile.values()) {
      Optional<Slo> objective = link.objective(each);
      List<Span> figures = cells.getOrDefault(each, List.of());
      figures.get(0).setText(objective.map(slo -> Words.span(slo.targetMs())).orElse(Words.NONE));
      figures.get(1).setText(lag(minute, each));
      kept(figures.get(2), minute, objective.map(Slo::minute));
      figures.get(3).setText(lag(link.detail().tenMinutes(), each));
      kept(figures.get(4), link.detail().tenMinutes(), objective.map(Slo::tenMinutes));
      figures.get(5).setText(lag(link.detail().total(), each));
      Optional.ofNullable(rows.get(each))
          .ifPresent(row -> row.setClassName("chosen", each == chosen));
    }
  }

  private static String lag(Lag lag, Percentile percentile) {
    return lag.changes() == 0 ? Words.NONE : Words.millis(percentile.of(lag));
  }

  private static void kept(Span cell, Lag lag, Optional<Burn> burn) {
    boolean known = lag.changes() > 0 && burn.isPresent();
    boolean missed = known && burn.orElseThrow().burn() > 1;
    cell.setText(
        !known
            ? Words.NONE
            : Words.decimal(burn.orElseThrow().burn()) + (missed ? " missed" : " kept"));
    cell.setTitle(
        known
            ? Words.percent(Math.round(burn.orElseThrow().over() * lag.changes()), lag.changes())
                + " of the changes were later; over 1, more than may be"
            : "");
    cell.setClassName("key", known);
    cell.setClassName(Tone.GOOD.css(), known && !missed);
    cell.setClassName(Tone.LATE.css(), missed);
  }
}
