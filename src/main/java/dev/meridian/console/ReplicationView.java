package dev.meridian.console;

import com.vaadin.flow.component.AttachEvent;
import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.DetachEvent;
import com.vaadin.flow.component.UI;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.confirmdialog.ConfirmDialog;
import com.vaadin.flow.component.grid.ColumnTextAlign;
import com.vaadin.flow.component.grid.Grid;
import com.vaadin.flow.component.html.H2;
import com.vaadin.flow.component.html.Main;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.component.html.Section;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.router.PageTitle;
import com.vaadin.flow.router.Route;
import dev.meridian.console.Links.Link;
import dev.meridian.console.LiveCluster.Picture;
import dev.meridian.coordinator.LinkControl;
import dev.meridian.coordinator.LinkDetail;
import dev.meridian.document.StoreFailure;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Which pair of regions lags, since when, and why? */
@Route(value = "replication", layout = ConsoleLayout.class)
@PageTitle("Replication · Meridian")
public class ReplicationView extends Main {

  private static final int ALL_ROWS = 50;
  private static final String BLOCKS = "▁▂▃▄▅▆▇█";

  private final LiveCluster live;
  private final LinkControl control;
  private final Later later;
  private final HeadlineText headline = new HeadlineText();
  private final Grid<Link> links = new Grid<>();
  private final Section table = new Section(new H2("Links"), links);
  private final Section detail = new Section();
  private final H2 name = new H2();
  private final Facts facts = new Facts();
  private final Component alone =
      Failures.empty("No links", "This region has no peers, so nothing is replicated.");
  private final Button action = new Button();
  private Runnable act = () -> {};
  private String chosen = "";
  private String self = "";
  private Runnable stop = () -> {};

  @Inject
  ReplicationView(LiveCluster live, LinkControl control, Later later) {
    this.live = live;
    this.control = control;
    this.later = later;
    addClassNames("view", "replication");
    Paragraph hint =
        new Paragraph(
            "One row per direction, as the region at its end measures it. Lag is of the last"
                + " minute; a burn over 1 misses the target. Choose a row for its details.");
    hint.addClassName("hint");
    table.addComponentAtIndex(1, hint);
    columns();
    action.addClickListener(click -> act.run());
    detail.add(name, facts, action);
    detail.setVisible(false);
    add(headline.parts());
    add(alone, table, detail);
  }

  private void columns() {
    links.addClassName("links");
    links.getElement().setAttribute("aria-label", "Links");
    links.addColumn(Link::name).setHeader("Link").setWidth("7rem").setFlexGrow(0);
    links.addComponentColumn(ReplicationView::state).setHeader("State").setWidth("11rem");
    number("p50", link -> lag(link, link.status().lagMs().p50()));
    number("p95", link -> lag(link, link.status().lagMs().p95()));
    number("p99", link -> lag(link, link.status().lagMs().p99()));
    number("p99.9", link -> lag(link, link.status().lagMs().p999()));
    number("Burn", ReplicationView::burn);
    number("Ten minutes", link -> sparkline(detail(link).p99PerMinute()));
    number("Pending", link -> Words.count(link.status().pendingChanges()));
    number("Retries", link -> Words.count(link.status().retries()));
    links.addItemClickListener(click -> choose(click.getItem()));
    links.addSelectionListener(
        selected -> {
          if (selected.isFromClient()) {
            selected.getFirstSelectedItem().ifPresent(this::choose);
          }
        });
  }

  private void number(String header, com.vaadin.flow.function.ValueProvider<Link, ?> value) {
    links
        .addColumn(value)
        .setHeader(header)
        .setTextAlign(ColumnTextAlign.END)
        .setWidth("6.2rem")
        .setFlexGrow(0);
  }

  /** A region of an older version tells less. */
  private static LinkDetail detail(Link link) {
    LinkDetail told = link.status().detail();
    return told == null ? LinkDetail.NONE : told;
  }

  private static Span state(Link link) {
    Span state = new Span(link.words());
    state.addClassNames("key", link.tone().css());
    state.setTitle(link.words());
    return state;
  }

  private static String lag(Link link, double millis) {
    return link.measured() ? Words.millis(millis) : "–";
  }

  private static String burn(Link link) {
    return link.measured()
        ? detail(link).slo().stream()
            .map(slo -> slo.minute().burn())
            .max(Double::compare)
            .map(ReplicationView::rounded)
            .orElse("–")
        : "–";
  }

  private static String rounded(double figure) {
    return String.format(Locale.ENGLISH, "%.1f", figure);
  }

  /** Each value by its share of the greatest; a dot where there was none. */
  static String sparkline(List<Double> values) {
    double most = values.stream().max(Double::compare).orElse(0.0);
    return values.stream()
        .map(value -> value < 0 ? "·" : block(most == 0 ? 0 : value / most))
        .collect(Collectors.joining());
  }

  private static String block(double share) {
    int level = (int) Math.round(share * (BLOCKS.length() - 1));
    return BLOCKS.substring(level, level + 1);
  }

  private void confirm(Link link, boolean pause) {
    String from = link.status().from();
    ConfirmDialog dialog = new ConfirmDialog();
    dialog.setHeader((pause ? "Pause " : "Resume ") + link.name() + "?");
    dialog.setText(
        pause
            ? "This region stops reading from "
                + from
                + ". Its changes come through other regions or wait there; nothing is lost."
            : "This region reads from " + from + " again.");
    dialog.setCancelable(true);
    dialog.setConfirmText(pause ? "Pause link" : "Resume link");
    dialog.addConfirmListener(confirmed -> set(from, pause));
    dialog.open();
  }

  private void set(String from, boolean pause) {
    try {
      control.pause(from, pause);
      show(live.now());
    } catch (StoreFailure failure) {
      Failures.tell(failure);
    }
  }

  private void choose(Link link) {
    chosen = link.name();
    show(link);
  }

  private void show(Link link) {
    LinkDetail more = detail(link);
    boolean paused = link.status().state().equals("paused");
    // Only the region at its end can pause a link.
    action.setVisible(link.status().to().equals(self));
    action.setText(paused ? "Resume" : "Pause");
    act = () -> confirm(link, !paused);
    detail.setVisible(true);
    name.setText(link.name());
    facts.put("State", link.words(), "");
    facts.put("Applied", rounded(more.appliedPerSecond()) + " changes/s", "in the last minute");
    facts.count("Queued", more.queued());
    facts.bytes("Pending", link.status().pendingBytes());
    facts.bytes("Received", link.status().bytesIn());
    facts.bytes("Sent in turn", more.bytesOut());
    facts.bytes("Received on the wire", more.wireBytesIn());
    facts.bytes("Sent on the wire", more.wireBytesOut());
    facts.put(
        "Clock offset",
        more.clockOffsetMs()
            + " ms"
            + (more.clockErrorMs() < 0 ? "" : " ± " + more.clockErrorMs() + " ms"),
        "the peer's wall clock against that of the region at the end");
    facts.put("p99, ten minutes", Words.millis(more.tenMinutes().p99()), "");
    facts.put("p99, in all", Words.millis(more.total().p99()), "since the node started");
    facts.put(
        "Targets",
        more.slo().stream()
            .map(
                slo ->
                    slo.percentile()
                        + " "
                        + slo.targetMs()
                        + " ms: burn "
                        + rounded(slo.minute().burn()))
            .collect(Collectors.joining(" · ")),
        "of the last minute");
    facts.put(
        "Last error", more.lastError().isEmpty() ? "none" : more.lastError(), more.lastErrorAt());
  }

  @Override
  protected void onAttach(AttachEvent event) {
    UI page = event.getUI();
    show(live.now());
    stop = live.watch(picture -> later.onPage(page, () -> show(picture)));
  }

  @Override
  protected void onDetach(DetachEvent event) {
    stop.run();
  }

  private void show(Picture now) {
    headline.show(Headline.of(now.regions()));
    self = now.regions().getFirst().region().id();
    List<Link> all = Links.of(now.regions());
    alone.setVisible(all.isEmpty());
    table.setVisible(!all.isEmpty());
    links.setAllRowsVisible(all.size() <= ALL_ROWS);
    links.setItems(all);
    all.stream().filter(link -> link.name().equals(chosen)).findFirst().ifPresent(this::show);
  }
}
