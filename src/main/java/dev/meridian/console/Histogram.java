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
import dev.meridian.coordinator.StorageStatus.Bucket;
import java.util.List;

/** How long the last forces took: bars for the eye, and the same as a table. */
class Histogram extends Div {

  private static final double FULL = 100;

  private final Div bars = new Div();
  private final NativeDetails table = new NativeDetails("As a table");
  private List<Bucket> shown = List.of();

  Histogram() {
    addClassName("histogram");
    bars.addClassName("bars");
    bars.getElement().setAttribute("role", "img");
    Span title = new Span("How long a force took");
    title.addClassName("bar-name");
    add(title, bars, table);
  }

  void show(List<Bucket> buckets) {
    if (buckets.equals(shown)) {
      return;
    }
    shown = List.copyOf(buckets);
    long most = buckets.stream().mapToLong(Bucket::count).max().orElse(0);
    long all = buckets.stream().mapToLong(Bucket::count).sum();
    bars.removeAll();
    NativeTableBody body = new NativeTableBody();
    for (int i = 0; i < buckets.size(); i++) {
      Bucket bucket = buckets.get(i);
      String share = Words.percent(bucket.count(), all);
      bars.add(bar(bucket, most, label(buckets, i), share));
      body.add(
          new NativeTableRow(
              new NativeTableCell(label(buckets, i)),
              new NativeTableCell(Words.count(bucket.count())),
              new NativeTableCell(share)));
    }
    bars.getElement().setAttribute("aria-label", summary(buckets, all));
    table.setContent(
        new NativeTable(
            new NativeTableHeader(
                new NativeTableRow(
                    new NativeTableHeaderCell("Took"),
                    new NativeTableHeaderCell("Forces"),
                    new NativeTableHeaderCell("Share"))),
            body));
  }

  private static Div bar(Bucket bucket, long most, String label, String share) {
    Div fill = new Div();
    fill.addClassName("fill");
    double height = most == 0 ? 0 : FULL * bucket.count() / most;
    fill.getStyle().setHeight(height + "%");
    Div column = new Div(fill);
    column.addClassName("column");
    Span name = new Span(Double.isInfinite(bucket.upToMs()) ? "∞" : Words.plain(bucket.upToMs()));
    Div bar = new Div(column, name);
    bar.setTitle(label + ": " + Words.count(bucket.count()) + " (" + share + ")");
    return bar;
  }

  /** Up to 2 ms; in the last bucket more than 500 ms. */
  static String label(List<Bucket> buckets, int index) {
    double bound = buckets.get(index).upToMs();
    if (!Double.isInfinite(bound)) {
      return "up to " + Words.plain(bound) + " ms";
    }
    return index == 0 ? "any" : "over " + Words.plain(buckets.get(index - 1).upToMs()) + " ms";
  }

  private static String summary(List<Bucket> buckets, long all) {
    int fullest = 0;
    for (int i = 1; i < buckets.size(); i++) {
      if (buckets.get(i).count() > buckets.get(fullest).count()) {
        fullest = i;
      }
    }
    return all == 0
        ? "Histogram of force times: nothing was forced yet"
        : "Histogram of "
            + Words.count(all, "force", "forces")
            + "; most often "
            + label(buckets, fullest)
            + ". The table below has the figures.";
  }
}
